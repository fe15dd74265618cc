import Foundation
import Synchronization
import Testing

@testable import Threads

struct ConcurrentlyTests {
  @Test(arguments: [0, 1, 2, 7, 1000])
  func everyNumberIsTakenOnce(count: Int) {
    let taken = Mutex([Int](repeating: 0, count: count))
    concurrently(count) { number in taken.withLock { $0[number] += 1 } }
    #expect(taken.withLock { $0 } == Array(repeating: 1, count: count))
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
}
