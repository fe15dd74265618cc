import Dispatch

/// Something that is done on a thread of its own, whose end is waited for.
///
/// Whoever begins it leaves alone what it uses until `wait` has returned.
final class BackgroundWork: Sendable {
  private let group = DispatchGroup()
  private let outcome = Outcome()

  /// Written by the work alone, read after its end.
  private final class Outcome: @unchecked Sendable {
    var fault: EvaluationError?
  }

  init(_ work: @escaping () throws(EvaluationError) -> Void) {
    // Handed over: nobody else touches what it uses until its end.
    nonisolated(unsafe) let work = work
    let outcome = outcome
    DispatchQueue.global(qos: .userInitiated).async(group: group) {
      do throws(EvaluationError) {
        try work()
      } catch {
        outcome.fault = error
      }
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: what the work threw.
  func wait() throws(EvaluationError) {
    group.wait()
    if let fault = outcome.fault { throw fault }
  }
}
