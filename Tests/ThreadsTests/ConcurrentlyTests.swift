import Foundation
import Synchronization
import Testing

@testable import Threads

struct ConcurrentlyTests {
  @Test(arguments: [0, 1, 2, 7, 1000])
  func everyNumberIsTakenOnce(count: Int) {
    // Without a lock: no two threads take one number.
    nonisolated(unsafe) let taken = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    defer { taken.deallocate() }
    taken.initialize(repeating: 0)
    concurrently(count) { number in taken[number] += 1 }
    #expect(Array(taken) == Array(repeating: 1, count: count))
  }

  /// A stack that no address space holds is what a process without memory left meets.
  @Test func aThreadThatCannotBeMadeIsAnError() {
    let error = #expect(throws: NoThread.self) {
      try JoinedThread(stackSize: 1 << 50) {}
    }
    #expect(error?.reason.isEmpty == false)
  }

  @Test func aThreadsWorkIsDoneWhenItIsJoined() throws {
    let done = Atomic(false)
    let thread = try JoinedThread { done.store(true, ordering: .releasing) }
    thread.join()
    let isDone = done.load(ordering: .acquiring)
    #expect(isDone)
  }

  /// The system gives the handle of a thread that was joined to the next one, which goes on here until it is told to end.
  @Test(.timeLimit(.minutes(1))) func aSecondJoinLeavesOtherThreadsAlone() throws {
    let first = try JoinedThread {}
    first.join()
    let mayEnd = DispatchSemaphore(value: 0)
    let others = try (0..<4).map { _ in try JoinedThread { mayEnd.wait() } }
    first.join()
    for _ in others { mayEnd.signal() }
    for other in others { other.join() }
  }
}
