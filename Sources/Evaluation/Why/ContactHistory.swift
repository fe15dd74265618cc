import EnvironmentInterface

/// What an episode's contacts were, step by step, as far as they explain a failure.
struct ContactHistory: Sendable {
  private var latest: TaskContact?
  private var firstTouch: (role: TaskRole, step: Int)?
  private var firstOtherHeld: Int?
  /// The last loss of the right object: when, and whether the fingers were told to open.
  private var loss: (step: Int, isRelease: Bool)?

  /// The progress from which the object was over its target (`Goal.progress`).
  private static let overTarget = 0.85

  /// Takes in a step.
  ///
  /// - Parameters:
  ///   - contact: nil where the environment tells nothing of contacts.
  ///   - action: what was done; nil for the start.
  mutating func observe(_ contact: TaskContact?, step: Int, action: Action?) {
    guard let contact else { return }
    if let role = contact.firstTouched, firstTouch == nil { firstTouch = (role, step) }
    if let held = contact.held, held != .object, firstOtherHeld == nil { firstOtherHeld = step }
    if latest?.held == .object, contact.held != .object {
      loss = (step, (action?.gripper ?? 0) > 0.5)
    }
    latest = contact
  }

  /// Why the episode failed after `steps` with this most progress; nil where nothing is known of contacts.
  func failure(steps: Int, progress: Double) -> EpisodeFailure? {
    guard let latest else { return nil }
    if latest.held == .object { return EpisodeFailure(reason: .outOfTimeHolding, step: steps) }
    if let loss {
      let reason: FailureReason =
        !loss.isRelease ? .slipped : progress >= Self.overTarget ? .placedBeside : .dropped
      return EpisodeFailure(reason: reason, step: loss.step)
    }
    if let firstOtherHeld { return EpisodeFailure(reason: .heldAnother, step: firstOtherHeld) }
    guard let firstTouch else { return EpisodeFailure(reason: .neverReached, step: steps) }
    return EpisodeFailure(
      reason: firstTouch.role == .object ? .neverGrasped : .reachedAnother, step: firstTouch.step)
  }
}
