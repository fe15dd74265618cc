import Foundation
import Synchronization
import Threads

/// A thread that owns one headless renderer and does one job after another on it.
final class RenderWorker: Sendable {
  /// The result of a job, once there is one.
  final class Promise<Output: Sendable>: Sendable {
    private let result = Mutex<Result<Output, any Error>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    func fulfill(_ value: Result<Output, any Error>) {
      result.withLock { $0 = value }
      isDone.signal()
    }

    /// Waits for the job. Call it once.
    func wait() -> Result<Output, any Error> {
      isDone.wait()
      return result.withLock { $0 } ?? .failure(CancellationError())
    }
  }

  private typealias Job = @Sendable (ImageRenderer) -> Void

  /// Jobs in order; nil ends the thread.
  private final class Queue: Sendable {
    private let jobs = Mutex<[Job?]>([])
    private let available = DispatchSemaphore(value: 0)

    func add(_ job: Job?) {
      jobs.withLock { $0.append(job) }
      available.signal()
    }

    func next() -> Job? {
      available.wait()
      return jobs.withLock { $0.removeFirst() }
    }
  }

  private let queue = Queue()
  private let thread: JoinedThread

  /// - Throws: `RenderingError.noDriver`, or what else keeps the thread's renderer from starting.
  init(device: RenderingDevice, index: Int, scenesKept: Int = 64) throws {
    let started = Promise<Void>()
    do throws(NoThread) {
      thread = try JoinedThread(stackSize: 8 << 20) { [queue] in
        do {
          let renderer = try ImageRenderer(
            device: device, index: index, scenesKept: scenesKept)
          started.fulfill(.success(()))
          while let job = queue.next() { job(renderer) }
        } catch {
          started.fulfill(.failure(error))
        }
      }
    } catch {
      throw RenderingError.noThread(reason: error.reason)
    }
    // Where this throws, `deinit` runs: all properties have their values.
    try started.wait().get()
  }

  deinit {
    queue.add(nil)
    thread.join()
  }

  /// Starts a job on the worker's thread.
  func start<Output: Sendable>(
    _ job: @escaping @Sendable (ImageRenderer) throws -> Output
  ) -> Promise<Output> {
    let promise = Promise<Output>()
    queue.add { renderer in promise.fulfill(Result { try job(renderer) }) }
    return promise
  }

  /// Does a job on the worker's thread and waits for it.
  func perform<Output: Sendable>(
    _ job: @escaping @Sendable (ImageRenderer) throws -> Output
  ) throws -> Output {
    try start(job).wait().get()
  }
}
