import Foundation
import Synchronization

/// Calls `body` with 0 to `count` − 1, on as many threads as there are processors at most, the caller's among them.
///
/// Where the system has no thread to give, those that are there do the work. Not Dispatch, which waits for ever for a
/// thread where memory for its stack has run out.
public func concurrently(_ count: Int, _ body: @Sendable (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    let work = SharedWork(count: count, body: body)
    let helpers = min(count, ProcessInfo.processInfo.activeProcessorCount) - 1
    // Without more threads the rest is left to those that there are.
    let threads = (0..<max(0, helpers)).compactMap { _ in try? JoinedThread { work.doAll() } }
    work.doAll()
    for thread in threads { thread.join() }
  }
}

/// Numbers that several threads take, each the next one.
private final class SharedWork: Sendable {
  private let count: Int
  private let body: @Sendable (Int) -> Void
  private let next = Atomic(0)

  init(count: Int, body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Takes numbers until none is left.
  func doAll() {
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      body(number)
    }
  }
}
