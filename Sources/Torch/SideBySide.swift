import Foundation
import Threads

/// The results of `body` for 0 to `count` − 1, in order: as many at once as operations may use threads, each with
/// single-threaded operations on a thread of its own.
///
/// Small networks gain little from two threads in one operation, and twice the speed from two inputs side by side. Since
/// each body's operations are single-threaded either way, its result is the same to the bit whatever runs beside it. A body that
/// is alone has the other threads for bodies of its own, if it calls this again.
///
/// Whether gradients are recorded and how linear layers multiply is as on the calling thread.
///
/// - Parameter body: must only read what bodies share; operations' failures are recorded for its thread, so it catches
///   them with `checked`.
/// - Throws: the error of the first body, in order, that failed.
public func sideBySide<Result>(
  _ count: Int, _ body: (Int) throws -> Result
) throws -> [Result] {
  let earlier = threadCount
  let available = max(earlier, SpareThreads.count)
  if earlier > 1 { setThreadCount(1) }
  defer { if earlier > 1 { setThreadCount(earlier) } }
  guard available > 1, count > 1 else {
    return try SpareThreads.$count.withValue(available) { try (0..<count).map(body) }
  }
  let settings = ThreadSettings.current
  func caught(_ index: Int) -> Swift.Result<Result, any Error> {
    // Each thread's own, whatever others set for theirs meanwhile.
    setThreadCount(1)
    return Swift.Result {
      try SpareThreads.$count.withValue(1) { try settings.holding { try body(index) } }
    }
  }
  return try withoutActuallyEscaping(caught) { caught in
    let slots = Slots<Result>(count)
    nonisolated(unsafe) let caught = caught
    concurrently(count) { slots[$0] = caught($0) }
    return try slots.results.compactMap(\.self).map { try $0.get() }
  }
}

/// How many threads the body that runs here may use for bodies of its own.
private enum SpareThreads {
  @TaskLocal static var count = 1
}

/// Results that several threads write, each its own.
private final class Slots<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var results: [Result<Value, any Error>?]

  init(_ count: Int) { results = Array(repeating: nil, count: count) }

  subscript(index: Int) -> Result<Value, any Error>? {
    get { lock.withLock { results[index] } }
    set { lock.withLock { results[index] = newValue } }
  }
}
