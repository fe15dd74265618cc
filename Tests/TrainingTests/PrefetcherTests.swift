import Foundation
import Synchronization
import Testing

@testable import Training

@Suite struct PrefetcherTests {
  @Test func elementsComeInOrder() throws {
    let prefetcher = Prefetcher(numbers: 3..<40, depth: 2) { $0 * $0 }
    for number in 3..<40 { #expect(try prefetcher.next() == number * number) }
    prefetcher.cancel()
  }

  @Test func anErrorTakesTheElementsPlace() throws {
    struct Broken: Error {}
    let prefetcher = Prefetcher(numbers: 0..<5, depth: 5) { number in
      if number == 2 { throw Broken() }
      return number
    }
    #expect(try prefetcher.next() == 0)
    #expect(try prefetcher.next() == 1)
    #expect(throws: Broken.self) { try prefetcher.next() }
    prefetcher.cancel()
  }

  @Test func nothingIsMadeAfterCancelling() throws {
    let made = Counter()
    let prefetcher = Prefetcher(numbers: 0..<1000, depth: 3) { number in
      Thread.sleep(forTimeInterval: 0.002)
      made.add()
      return number
    }
    _ = try prefetcher.next()
    prefetcher.cancel()
    let atCancelling = made.count
    Thread.sleep(forTimeInterval: 0.05)
    #expect(made.count == atCancelling)
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)
  func add() { value.withLock { $0 += 1 } }
  var count: Int { value.withLock { $0 } }
}
