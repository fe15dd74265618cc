import Foundation
import Synchronization
import Testing

@testable import Training

@Suite struct PrefetcherTests {
  @Test(arguments: [1, 4]) func elementsComeInOrder(workers: Int) throws {
    let prefetcher = Prefetcher(numbers: 3..<40, depth: 5, workers: workers) { number in
      // Later ones are done sooner.
      Thread.sleep(forTimeInterval: number.isMultiple(of: 4) ? 0.004 : 0)
      return number * number
    }
    for number in 3..<40 { #expect(try prefetcher.next() == number * number) }
    #expect(throws: CancellationError.self) { try prefetcher.next() }
    prefetcher.cancel()
  }

  @Test(arguments: [1, 4]) func anErrorTakesTheElementsPlace(workers: Int) throws {
    struct Broken: Error {}
    let prefetcher = Prefetcher(numbers: 0..<5, depth: 5, workers: workers) { number in
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
    let prefetcher = Prefetcher(numbers: 0..<1000, depth: 3, workers: 2) { number in
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
