import Geometry

/// A policy that says where in the primary camera's picture it is heading before it acts.
public protocol PointingPolicy: Policy {
  /// Whether it does: the same kind of policy may be trained without.
  var points: Bool { get }

  /// Where the last answer in a slot pointed: at the subgoal, then at the gripper, as fractions of width and height from
  /// the top left; empty where it pointed nowhere.
  func pointed(slot: Int) -> [Vector2]

  /// Puts these places in the mouth of the policy from its next answer in a slot on; nil leaves it to itself.
  func point(at places: [Vector2]?, slot: Int)
}
