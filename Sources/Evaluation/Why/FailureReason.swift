/// Why an episode failed, as the states of its world show it.
public enum FailureReason: String, Hashable, Sendable, Codable, CaseIterable {
  /// The gripper touched nothing at all.
  case neverReached = "never_reached"
  /// It touched something else first and never held the right object.
  case reachedAnother = "reached_another_first"
  /// It held something else and never the right object.
  case heldAnother = "held_another"
  /// It touched the right object first and never held it.
  case neverGrasped = "never_grasped"
  /// It held the right object and lost it with the fingers closed.
  case slipped
  /// It let go of the right object away from where it belongs.
  case dropped
  /// It let go of the right object beside where it belongs, after being over it.
  case placedBeside = "placed_beside"
  /// It still held the right object when time was up.
  case outOfTimeHolding = "out_of_time_holding"

  /// In words, for tables.
  public var words: String {
    switch self {
    case .neverReached: "never reached anything"
    case .reachedAnother: "reached another thing first"
    case .heldAnother: "held another thing"
    case .neverGrasped: "reached, never grasped"
    case .slipped: "grasped and slipped"
    case .dropped: "let go too early"
    case .placedBeside: "placed beside"
    case .outOfTimeHolding: "out of time, holding"
    }
  }
}

/// A reason with the control step at which it came about: the last step that could still have gone well.
public struct EpisodeFailure: Hashable, Sendable, Codable {
  public var reason: FailureReason
  public var step: Int

  public init(reason: FailureReason, step: Int) {
    self.reason = reason
    self.step = step
  }
}
