import Foundation
import Testing
import Threads
import Torch

@Suite("Side by side")
struct SideBySideTests {
  private struct Stop: Error, Equatable { var index: Int }

  @Test("results come in order, with the bytes of one after the other")
  func keepsOrder() throws {
    func product(_ index: Int) throws -> [Float] {
      let values = (0..<4096).map { Float(($0 * 31 + index * 17) % 97) / 97 }
      let x = Tensor(values, shape: [64, 64])
      return try checked { try x.matmul(x).softmax(-1).floats() }
    }
    let together = try sideBySide(6, product)
    #expect(try together == (0..<6).map { try product($0) })
    #expect(try sideBySide(0, product).isEmpty)
  }

  @Test("operations within are single-threaded, and afterwards as before")
  func threads() throws {
    let before = threadCount
    #expect(try sideBySide(4) { _ in threadCount } == [1, 1, 1, 1])
    #expect(threadCount == before)
  }

  @Test(
    "operations within are single-threaded whatever another thread sets meanwhile",
    .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
  func threadsOfOthers() throws {
    let earlier = threadCount
    setThreadCount(2)
    defer { setThreadCount(earlier) }
    // Both at once, so that one of them is on a new thread, whose first operation comes after the other number was set.
    let arrivals = (0..<2).map { _ in DispatchSemaphore(value: 0) }
    let counts = try sideBySide(2) { index in
      if index == 0 {
        _ = arrivals[0].wait(timeout: .now() + 20)
        try JoinedThread { setThreadCount(2) }.join()
        arrivals[1].signal()
      } else {
        arrivals[0].signal()
        _ = arrivals[1].wait(timeout: .now() + 20)
      }
      return threadCount
    }
    #expect(counts == [1, 1])
  }

  @Test(
    "a body that is alone has the other threads for bodies of its own",
    .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
  func spareThreads() throws {
    let earlier = threadCount
    setThreadCount(2)
    defer { setThreadCount(earlier) }
    let arrivals = (0..<2).map { _ in DispatchSemaphore(value: 0) }
    let met = try sideBySide(1) { _ in
      try sideBySide(2) { index in
        arrivals[index].signal()
        return arrivals[1 - index].wait(timeout: .now() + 20) == .success
      }
    }
    #expect(met == [[true, true]])
  }

  @Test("bodies record gradients and multiply as the caller does")
  func settings() throws {
    let values = (0..<64).map { Float($0 * 37 % 61) / 61 }
    func product() throws -> [Float] {
      try checked {
        try Tensor(values, shape: [8, 8]).linear(Tensor(values, shape: [8, 8])).floats()
      }
    }
    let (exact, reduced) = try withoutGradient {
      (try product(), try withProducts(in: .bfloat16) { try product() })
    }
    #expect(exact != reduced)
    let all = try withoutGradient {
      try withProducts(in: .bfloat16) { try sideBySide(4) { _ in try product() } }
    }
    #expect(all == Array(repeating: reduced, count: 4))
  }

  @Test("the first failure in order is thrown, an operation's too")
  func failures() {
    #expect(throws: Stop(index: 2)) {
      try sideBySide(5) { if $0 >= 2 { throw Stop(index: $0) } }
    }
    #expect(throws: TorchError.self) {
      try sideBySide(3) { index in
        try checked {
          try Tensor([Float(1), 2]).matmul(Tensor([Float(1), 2, 3])).floats()
        }
      }
    }
  }
}
