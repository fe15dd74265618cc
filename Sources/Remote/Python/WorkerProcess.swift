#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Python process that runs `worker.py` and talks over a socket, which is its standard input.
///
/// What the user's code prints goes to this program's standard error. The process ends when its socket does.
final class WorkerProcess {
  /// At most this many bytes of JSON or data in one message of the worker.
  static let messageLimit = 64 << 20

  private let name: String
  private let channel: Int32
  private let process: pid_t

  /// Starts the process; it greets by itself when it is ready.
  ///
  /// - Parameters:
  ///   - python: a path, or a command that is looked for on PATH.
  ///   - arguments: what the user's class or function is called with, as a JSON object.
  init(python: String, policy: String, arguments: String) throws(RemoteError) {
    name = policy
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Self.streamType, 0, &ends) == 0 else {
      throw .cannotStart(policy, reason: systemError())
    }
    defer { close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    do {
      process = try Self.spawn(
        [python, "-c", Self.firstLine, policy, arguments], input: ends[1], policy: policy)
    } catch {
      close(ends[0])
      throw error
    }
    channel = ends[0]
    // Waiting is done in `poll`, so that a worker that hangs costs its time limit and no more.
    _ = fcntl(channel, F_SETFL, fcntl(channel, F_GETFL) | O_NONBLOCK)
    let source = PackageResources.worker_py
    try send([UInt32(source.count).bigEndianBytes, source], before: Deadline(seconds: 60))
  }

  deinit {
    close(channel)
    kill(process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
  }

  /// Reads the worker's source from the socket and becomes it; a file of its own need not be installed.
  private static let firstLine = """
    import os
    size, source = int.from_bytes(os.read(0, 4), "big"), b""
    while len(source) < size:
        source += os.read(0, size - len(source)) or os._exit(0)
    exec(compile(source, "<trestle worker>", "exec"))
    """

  // MARK: - Messages

  /// Sends a message whose data are the parts one after the other.
  func send(text: [UInt8], data parts: [[UInt8]], before deadline: Deadline) throws(RemoteError) {
    let size = parts.reduce(0) { $0 + $1.count }
    guard let textSize = UInt32(exactly: text.count), let dataSize = UInt32(exactly: size) else {
      throw .malformed(name, reason: "a request of \(size) bytes is too large")
    }
    try send(
      [textSize.bigEndianBytes, dataSize.bigEndianBytes, text] + parts, before: deadline)
  }

  /// The next message: its JSON and its data.
  func receive(before deadline: Deadline, timeout: Double) throws(RemoteError)
    -> (text: [UInt8], data: [UInt8])
  {
    let head = try receive(8, before: deadline, timeout: timeout)
    let text = UInt32(bigEndianBytes: head[0..<4])
    let data = UInt32(bigEndianBytes: head[4..<8])
    guard text <= Self.messageLimit, data <= Self.messageLimit else {
      throw .malformed(name, reason: "a message of \(text) and \(data) bytes")
    }
    return (
      try receive(Int(text), before: deadline, timeout: timeout),
      try receive(Int(data), before: deadline, timeout: timeout)
    )
  }

  private func send(_ parts: [[UInt8]], before deadline: Deadline) throws(RemoteError) {
    for part in parts {
      var sent = 0
      while sent < part.count {
        let count = part.withUnsafeBytes {
          platformSend(channel, $0.baseAddress! + sent, part.count - sent)
        }
        if count > 0 {
          sent += count
        } else if errno == EAGAIN {
          try wait(for: POLLOUT, before: deadline, timeout: nil)
        } else if errno != EINTR {
          throw .lost(name, reason: ending)
        }
      }
    }
  }

  private func receive(_ count: Int, before deadline: Deadline, timeout: Double)
    throws(RemoteError) -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    var received = 0
    while received < count {
      let got = bytes.withUnsafeMutableBytes {
        recv(channel, $0.baseAddress! + received, count - received, 0)
      }
      if got > 0 {
        received += got
      } else if got < 0, errno == EAGAIN {
        try wait(for: POLLIN, before: deadline, timeout: timeout)
      } else if got == 0 || errno != EINTR {
        throw .lost(name, reason: ending)
      }
    }
    return bytes
  }

  private func wait(for event: Int32, before deadline: Deadline, timeout: Double?)
    throws(RemoteError)
  {
    var descriptor = pollfd(fd: channel, events: Int16(event), revents: 0)
    let ready = poll(&descriptor, 1, deadline.milliseconds)
    if ready == 0, deadline.hasPassed { throw .late(name, seconds: timeout ?? 60) }
  }

  // MARK: - The process

  /// How the process ended, waiting a moment for it to do so.
  private var ending: String {
    var status: Int32 = 0
    for _ in 0..<100 {
      // The status is left for `deinit` to collect.
      var information = siginfo_t()
      if waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
        information.si_signo == SIGCHLD
      {
        status = information._sifields._sigchld.si_status
        return information.si_code == CLD_EXITED
          ? "its process ended with exit code \(status)"
          : "its process was ended by signal \(status)"
      }
      usleep(10_000)
    }
    return "its process closed the connection"
  }

  private static func spawn(_ command: [String], input: Int32, policy: String)
    throws(RemoteError) -> pid_t
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, 2, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: an interrupt at the terminal is this program's to handle.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, command[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else {
      throw .cannotStart(
        policy,
        reason: "\(command[0]): \(String(cString: strerror(code))); --python PATH names another")
    }
    return process
  }

  private static var streamType: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }
}

/// `send` without SIGPIPE where the other end is gone.
private func platformSend(_ socket: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  #if canImport(Glibc)
    Glibc.send(socket, bytes, count, Int32(MSG_NOSIGNAL))
  #else
    Darwin.send(socket, bytes, count, 0)
  #endif
}

/// What the last system call says went wrong.
func systemError() -> String { String(cString: strerror(errno)) }

extension UInt32 {
  var bigEndianBytes: [UInt8] {
    [UInt8(truncatingIfNeeded: self >> 24), UInt8(truncatingIfNeeded: self >> 16)]
      + [UInt8(truncatingIfNeeded: self >> 8), UInt8(truncatingIfNeeded: self)]
  }

  init(bigEndianBytes bytes: ArraySlice<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
