import Foundation
import Synchronization

/// What happens where the machine has no memory left for a tensor, as C++'s new-handler says it for objects.
///
/// An error would be blamed on whatever was computed just then: on a policy that could not answer, on a file that could not
/// be read.
public enum MemoryFailure {
  private static let handler = Mutex<(@Sendable () -> Void)?>(nil)

  /// Calls `body` before the error of such an operation is thrown; it may end the process.
  public static func handle(_ body: @escaping @Sendable () -> Void) {
    handler.withLock { $0 = body }
  }

  /// Calls the handler for the message of a failure that comes of a want of memory.
  static func report(_ message: String) {
    if isShortage(message) { handler.withLock { $0 }?() }
  }

  /// Whether a failure of libtorch comes of a want of memory; a tensor that no memory of this machine could ever hold is
  /// rather what a broken file has asked for.
  static func isShortage(_ message: String) -> Bool {
    if message.contains("std::bad_alloc") { return true }
    let words = /can't allocate memory: you tried to allocate ([0-9]+)/
    guard let asked = message.firstMatch(of: words) else { return false }
    return UInt64(asked.1).map { $0 <= ProcessInfo.processInfo.physicalMemory } ?? false
  }

  /// Calls the handler where `errno` says that no memory is left.
  static func reportSystemError() {
    if errno == ENOMEM { handler.withLock { $0 }?() }
  }
}
