import Foundation
import Synchronization

/// The one place in a program that writes to the standard streams.
///
/// Standard error is a convenience: what cannot be written there is dropped, and the work goes on. Standard output is
/// what was asked for: where it cannot be written that is said once, and the program ends with `failureCode` unless
/// something graver has happened.
public enum StandardStreams {
  /// The exit status of a program whose work is done and whose table could not be printed.
  public static let failureCode: Int32 = 2

  private static let failed = Mutex(false)

  /// Whether standard output is a terminal, as it was at the start: one that has gone is none any more.
  private static let printsToTerminal = isatty(1) != 0

  /// Whether something that was asked for could not be printed.
  public static var hasFailed: Bool { failed.withLock { $0 } }

  /// Makes writing safe, before anything else opens a file.
  public static func prepare() {
    // A file that is opened while 0, 1 or 2 is closed gets that number, and prints would land in it.
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      _ = open("/dev/null", O_RDWR)
    }
    _ = printsToTerminal
    // A reader that stops early becomes an error of the write, which is told like any other.
    signal(SIGPIPE, SIG_IGN)
    // So does a file that grows beyond the shell's limit (ulimit -f).
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes to standard error, or not at all.
  public static func say(_ text: String) { _ = write(text, to: 2) }

  /// Writes to standard output.
  public static func print(_ text: String) {
    guard let code = write(text, to: 1) else { return }
    // The terminal was closed under a run that was told to outlive it: nobody is there to read, and nothing is lost.
    if code == EIO, printsToTerminal { return }
    if failed.withLock({ failed in
      defer { failed = true }; return failed
    }) {
      return
    }
    let program = CommandLine.arguments.first?.split(separator: "/").last ?? "bench"
    say("\(program): cannot write to standard output: \(String(cString: strerror(code)))\n")
  }

  /// - Returns: the system's error number where not all could be written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody made the stream non-blocking: wait until it takes more.
        var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&stream, 1, -1) < 0, errno != EINTR { return errno }
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
