import Foundation
import Synchronization

/// The process that began to draw: the threads of a driver do not survive a fork, and waiting for them has no end.
enum DrawingProcess {
  private static let first = Mutex<Int32?>(nil)

  /// Notes that this process draws.
  ///
  /// - Throws: `CallError.forked` where the process was forked from one that had drawn.
  static func claim() throws(CallError) {
    let own = getpid()
    let claimed = first.withLock { first in
      if first == nil { first = own }
      return first == own
    }
    guard claimed else { throw .forked }
  }
}
