import Threads

/// Something that is done on a thread of its own, whose end is waited for; where the system has no thread to give, it is
/// done at once.
///
/// Whoever begins it leaves alone what it uses until `wait` has returned.
final class BackgroundWork {
  private var thread: JoinedThread?
  private let task: Task

  /// The work, and what came of it once the thread is joined: until then it is the thread's alone.
  private final class Task: @unchecked Sendable {
    private let work: () throws(EvaluationError) -> Void
    private(set) var fault: EvaluationError?

    init(_ work: @escaping () throws(EvaluationError) -> Void) { self.work = work }

    func run() {
      do throws(EvaluationError) {
        try work()
      } catch {
        fault = error
      }
    }
  }

  init(_ work: @escaping () throws(EvaluationError) -> Void) {
    let task = Task(work)
    self.task = task
    thread = try? JoinedThread { task.run() }
    if thread == nil { task.run() }
  }

  /// Waits for the end.
  ///
  /// - Throws: what the work threw.
  func wait() throws(EvaluationError) {
    thread?.join()
    thread = nil
    if let fault = task.fault { throw fault }
  }
}
