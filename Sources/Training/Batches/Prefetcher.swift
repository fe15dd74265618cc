import Foundation

/// Makes numbered things ahead of their use on threads of its own, a few at a time, and hands them out in order.
///
/// Errors arrive in the place of the thing that could not be made. The lock guards all shared state, which is why the
/// class may claim to be sendable.
final class Prefetcher<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let numbers: Range<Int>
  private let depth: Int
  private let make: @Sendable (Int) throws -> Element
  /// What is made and not handed out yet, by number.
  private var ready: [Int: Result<Element, any Error>] = [:]
  /// The next number to be made, and to be handed out.
  private var (nextMade, nextUsed): (Int, Int)
  private var isStopped = false
  private var workersLeft: Int

  /// Starts making the elements of `numbers`, at most `depth` ahead.
  ///
  /// - Parameter workers: so many are made at once: one where making one takes all cores, more where it waits for a device.
  init(
    numbers: Range<Int>, depth: Int, workers: Int = 1,
    make: @escaping @Sendable (Int) throws -> Element
  ) {
    self.numbers = numbers
    self.depth = depth
    self.make = make
    (nextMade, nextUsed) = (numbers.lowerBound, numbers.lowerBound)
    workersLeft = workers
    for _ in 0..<workers {
      let thread = Thread { [self] in work() }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  private func work() {
    while let number = claimed() {
      let result = Result { try make(number) }
      condition.withLock {
        ready[number] = result
        // What comes after an error is not asked for.
        if case .failure = result { isStopped = true }
        condition.broadcast()
      }
    }
    condition.withLock {
      workersLeft -= 1
      condition.broadcast()
    }
  }

  /// The next number to be made, once it is near enough; nil where there is none.
  private func claimed() -> Int? {
    condition.withLock {
      while !isStopped, nextMade < numbers.upperBound, nextMade - nextUsed >= depth {
        condition.wait()
      }
      guard !isStopped, nextMade < numbers.upperBound else { return nil }
      defer { nextMade += 1 }
      return nextMade
    }
  }

  /// The next element; waits for it.
  func next() throws -> Element {
    try condition.withLock {
      while ready[nextUsed] == nil, workersLeft > 0 { condition.wait() }
      guard let result = ready.removeValue(forKey: nextUsed) else { throw CancellationError() }
      nextUsed += 1
      condition.broadcast()
      return try result.get()
    }
  }

  /// Ends the threads after the elements they are at, and waits for that: a program that ends must not draw any more.
  func cancel() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
      while workersLeft > 0 { condition.wait() }
    }
  }
}
