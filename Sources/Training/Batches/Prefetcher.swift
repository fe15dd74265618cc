import Foundation

/// Makes numbered things ahead of their use on a thread of its own, in order, a few at a time.
///
/// Errors arrive in the place of the thing that could not be made. The lock guards all shared state, which is why the
/// class may claim to be sendable.
final class Prefetcher<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var ready: [Result<Element, any Error>] = []
  private var isCancelled = false
  private var isFinished = false
  private let depth: Int

  /// Starts making the elements of `numbers`, at most `depth` ahead.
  init(numbers: Range<Int>, depth: Int, make: @escaping @Sendable (Int) throws -> Element) {
    self.depth = depth
    let thread = Thread { [self] in
      defer {
        condition.lock()
        isFinished = true
        condition.broadcast()
        condition.unlock()
      }
      for number in numbers {
        let result = Result { try make(number) }
        condition.lock()
        while ready.count >= depth, !isCancelled { condition.wait() }
        if isCancelled {
          condition.unlock()
          return
        }
        ready.append(result)
        condition.broadcast()
        condition.unlock()
        if case .failure = result { return }
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The next element; waits for it.
  func next() throws -> Element {
    condition.lock()
    defer { condition.unlock() }
    while ready.isEmpty { condition.wait() }
    let result = ready.removeFirst()
    condition.broadcast()
    return try result.get()
  }

  /// Ends the thread after the element it is at, and waits for that: a program that ends must not draw any more.
  func cancel() {
    condition.lock()
    isCancelled = true
    condition.broadcast()
    while !isFinished { condition.wait() }
    condition.unlock()
  }
}
