import Geometry

/// Why a model or a world cannot be.
public enum SimulationError: Error, Hashable, Sendable {
  /// Two bodies overlap by more than the tolerance [m].
  case overlap(first: String, second: String, depth: Double)
  /// A body's footprint is not on the table's top.
  case outsideTable(body: String)
  /// The arm cannot bring its gripper to where the episode should start, given in the base frame [m].
  case gripperUnreachable(position: Vector3)
  /// The gripper starts inside a body.
  case gripperInside(body: String)
  /// A world needs one pose for each body.
  case wrongPoseCount(expected: Int, given: Int)
  /// A pose or size is not finite.
  case notFinite(body: String)
  /// A solid is not a convex, counter-clockwise prism with its bottom below its top.
  case invalidShape(body: String, reason: String)
  /// A joint belongs to no body of the model, or to one that is fixed.
  case invalidArticulation(body: Int, count: Int)
  /// A container does not hold the grains that it should start with.
  case tooManyGrains(body: String, count: Int, most: Int)
  /// A world needs one place for each sheet of cloth.
  case wrongClothCount(expected: Int, given: Int)
  /// There are more bodies than the world keeps count of.
  case tooManyBodies(count: Int, most: Int)
}

extension SimulationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .overlap(let first, let second, let depth):
      let millimeters = (depth * 10_000).rounded() / 10
      return "'\(first)' and '\(second)' overlap by \(millimeters) mm: move one of them"
    case .outsideTable(let body):
      return "'\(body)' is not wholly on the table: move it inward or enlarge the table"
    case .gripperUnreachable(let p):
      return "the arm cannot bring its gripper to (\(p.x), \(p.y), \(p.z)) m in its base frame: "
        + "choose a start within reach and the joints' limits"
    case .gripperInside(let body):
      return "the gripper starts inside '\(body)': start it higher or move the body"
    case .wrongPoseCount(let expected, let given):
      return "the model has \(expected) bodies but \(given) poses were given: give one for each"
    case .notFinite(let body):
      return "'\(body)' has a pose that is not finite: give it numbers"
    case .invalidShape(let body, let reason):
      return "the solids of '\(body)' cannot be used: \(reason)"
    case .invalidArticulation(let body, let count):
      return "a joint moves body \(body), which is fixed or not among the \(count) bodies: "
        + "name one that can move"
    case .tooManyGrains(let body, let count, let most):
      return "'\(body)' cannot start with \(count) grains: give it 0 to \(most)"
    case .wrongClothCount(let expected, let given):
      return "the model has \(expected) cloths but \(given) places were given: give one for each"
    case .tooManyBodies(let count, let most):
      return "the model has \(count) bodies; a world holds at most \(most)"
    }
  }
}
