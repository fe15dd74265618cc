import Foundation

/// Keeps two processes from writing one folder.
///
/// A lock of the file system (`flock`) ends with its process and needs no cleaning up. File systems without it, such as
/// Lustre mounted without `flock`, get a file that names its writer instead: made only where none is there, taken over
/// where this machine can see that the writer is gone, and otherwise left for its user to judge.
public final class WriterLock {
  /// Who holds a folder, as its lock file says.
  public struct Writer: Codable, Equatable {
    public var host: String
    /// Differs after every start of a machine.
    public var boot: String
    /// Processes are numbered anew in every container.
    public var processSpace: String
    public var process: Int32
    /// When the process began, in ticks since the machine did: numbers of processes are used again.
    public var began: String

    public static var own: Writer {
      Writer(
        host: ProcessInfo.processInfo.hostName, boot: text("/proc/sys/kernel/random/boot_id"),
        processSpace: (try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/ns/pid")) ?? "",
        process: getpid(), began: start(of: getpid()) ?? "")
    }

    /// Whether this process can see that the writer no longer runs.
    var isKnownToBeGone: Bool {
      let own = Writer.own
      guard host == own.host, boot == own.boot, processSpace == own.processSpace, !boot.isEmpty
      else { return false }
      return Self.start(of: process) != began
    }

    private static func text(_ path: String) -> String {
      (try? FileContents.read(path)).map { String(decoding: $0, as: UTF8.self) }?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// Field 22 of `/proc/PID/stat`; the name before it may hold spaces and parentheses.
    private static func start(of process: Int32) -> String? {
      let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ")
      return fields.flatMap { $0.count > 19 ? String($0[19]) : nil }
    }
  }

  /// The file that names the writer, where the file system has no locks.
  public static let fileName = "writer.lock"

  /// The lock file that is to be removed; nil where the file system itself locks.
  private let ownFile: String?
  /// The open lock file, where nobody else closes it.
  private var ownDescriptor: Int32?

  /// Locks what an open file belongs to, until the file is closed and the lock is let go.
  ///
  /// - Parameters:
  ///   - descriptor: The open file's.
  ///   - path: Its path, for the error.
  ///   - folder: Where a file that names the writer stands, if need be.
  ///   - name: That file's.
  ///   - lock: The system's call, which tests replace.
  public init(
    descriptor: Int32, path: String, folder: String,
    name: String = WriterLock.fileName,
    lock: (Int32, Int32) -> Int32 = { flock($0, $1) }
  ) throws(WriterLockError) {
    if lock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      ownFile = nil
      return
    }
    if errno == EWOULDBLOCK || errno == EINTR { throw .inUse(path) }
    let file = "\(folder)/\(name)"
    try Self.claim(file)
    ownFile = file
  }

  /// Locks a file that is there for nothing else, and makes it where it is missing.
  ///
  /// - Parameter path: The lock file. It stays, so that nobody locks a file that another process is about to remove.
  public convenience init(file path: String) throws(WriterLockError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(FileFault(path, .write)) }
    do {
      try self.init(
        descriptor: descriptor, path: path,
        folder: URL(fileURLWithPath: path).deletingLastPathComponent().path,
        name: URL(fileURLWithPath: path).lastPathComponent + ".writer")
    } catch {
      close(descriptor)
      throw error
    }
    ownDescriptor = descriptor
  }

  deinit {
    if let ownDescriptor { close(ownDescriptor) }
    if let ownFile, Self.writer(of: ownFile) == .own { unlink(ownFile) }
  }

  // MARK: - The lock file

  private static func claim(_ file: String) throws(WriterLockError) {
    if try make(file) { return }
    guard let writer = writer(of: file) else {
      throw .claimed(file: file, by: "an unknown process")
    }
    guard writer.isKnownToBeGone else {
      throw .claimed(file: file, by: "process \(writer.process) on \(writer.host)")
    }
    // Renaming takes it from exactly one of those who try at the same moment.
    let stale = "\(file).gone-\(getpid())"
    guard rename(file, stale) == 0 else { throw .inUse(file) }
    let taken = Self.writer(of: stale)
    guard taken == writer else {
      // Somebody took it over in between: what was moved is theirs.
      link(stale, file)
      unlink(stale)
      throw .inUse(file)
    }
    unlink(stale)
    guard try make(file) else { throw .inUse(file) }
  }

  /// Makes the lock file; false where one is there.
  private static func make(_ file: String) throws(WriterLockError) -> Bool {
    let temporary = "\(file).partial-\(getpid())"
    do {
      try AtomicFile.write(JSONEncoder().encode(Writer.own), to: URL(fileURLWithPath: temporary))
    } catch {
      throw .cannotWrite(error as? FileFault ?? FileFault(file, .write))
    }
    defer { unlink(temporary) }
    // A link to a whole file: nobody ever reads half a lock.
    if link(temporary, file) == 0 { return true }
    if errno == EEXIST { return false }
    // Where there are no links either, the name alone must do.
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return false }
    guard descriptor >= 0 else {
      throw .cannotWrite(FileFault(file, .write))
    }
    close(descriptor)
    guard rename(temporary, file) == 0 else {
      throw .cannotWrite(FileFault(file, .write))
    }
    return true
  }

  private static func writer(of file: String) -> Writer? {
    (try? FileContents.read(file, limit: 1 << 16))
      .flatMap { try? JSONDecoder().decode(Writer.self, from: $0) }
  }
}

/// Why a folder cannot be had for oneself.
public enum WriterLockError: Error, Hashable, Sendable {
  /// Another process has it; the path is that of the locked file.
  case inUse(String)
  /// A file says that somebody has it, and nobody can tell whether they still run.
  case claimed(file: String, by: String)
  case cannotWrite(FileFault)
}

extension WriterLockError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inUse(let path): "another process is writing there and holds \(path); wait for it"
    case .claimed(let file, let writer):
      "\(writer) is writing there, says \(file), and the file system has no locks to tell whether it still is; if it has "
        + "ended, delete that file"
    case .cannotWrite(let fault): fault.description
    }
  }
}
