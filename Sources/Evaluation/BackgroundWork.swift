import Foundation

/// Something that is done on a thread of its own, whose end is waited for; where the system has no thread to give, it is
/// done at once.
///
/// Whoever begins it leaves alone what it uses until `wait` has returned. Not Dispatch, which waits for ever where memory
/// for its threads has run out.
final class BackgroundWork {
  private var thread: pthread_t?
  private let task: Task

  /// The work, and what came of it once the thread is joined.
  private final class Task {
    let work: () throws(EvaluationError) -> Void
    var fault: EvaluationError?

    init(_ work: @escaping () throws(EvaluationError) -> Void) { self.work = work }

    func run() {
      do throws(EvaluationError) {
        try work()
      } catch {
        fault = error
      }
    }
  }

  private static let stackSize = 1 << 20

  init(_ work: @escaping () throws(EvaluationError) -> Void) {
    task = Task(work)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackSize)
    let context = Unmanaged.passRetained(task)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<Task>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    if status == 0 {
      self.thread = thread
    } else {
      context.release()
      task.run()
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: what the work threw.
  func wait() throws(EvaluationError) {
    if let thread { pthread_join(thread, nil) }
    thread = nil
    if let fault = task.fault { throw fault }
  }
}
