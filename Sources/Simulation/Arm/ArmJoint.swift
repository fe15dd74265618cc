import Geometry

/// A hinge of an arm and the link that it carries.
public struct ArmJoint: Sendable, Hashable, Codable {
  public var name: String
  /// Where the hinge sits on the link before it, at angle zero: maps the carried link's coordinates.
  public var parentFromJoint: RigidTransform
  /// What the carried link turns about, a unit vector in the joint's frame; right-handed.
  public var axis: Vector3
  /// The smallest and largest angle [rad].
  public var limits: ClosedRange<Double>
  /// The name of the link that the hinge carries.
  public var link: String

  /// - Parameter axis: of any length but zero.
  public init(
    name: String, parentFromJoint: RigidTransform, axis: Vector3, limits: ClosedRange<Double>,
    link: String
  ) {
    self.name = name
    self.parentFromJoint = parentFromJoint
    self.axis = axis.normalized
    self.limits = limits
    self.link = link
  }
}
