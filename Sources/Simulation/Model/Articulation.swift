import Geometry

/// One joint between a body and what stands still: a drawer's rail, a lid's or door's hinge.
public struct Articulation: Sendable, Hashable, Codable {
  /// How the body moves.
  public enum Joint: Sendable, Hashable, Codable {
    /// Along a unit vector of the world frame, by the position [m].
    case slide(along: Vector3)
    /// Right-handed about an axis through a point of the world frame, by the position [rad].
    case hinge(about: Vector3, through: Vector3)
  }

  /// The number of the body that moves.
  public var body: Int
  public var joint: Joint
  /// Where the body is when shut: at position zero.
  public var worldFromShut: RigidTransform
  /// The smallest and largest position [m or rad].
  public var limits: ClosedRange<Double>

  public init(
    body: Int, joint: Joint, worldFromShut: RigidTransform, limits: ClosedRange<Double>
  ) {
    self.body = body
    self.joint = joint
    self.worldFromShut = worldFromShut
    self.limits = limits
  }

  /// Where the body is at a position.
  public func worldFromBody(at position: Double) -> RigidTransform {
    motion(by: position) * worldFromShut
  }

  /// What a change of the position does to what moves along, in the world frame.
  ///
  /// Exact from any position on, since a joint's motions follow one another along one line.
  func motion(by change: Double) -> RigidTransform {
    switch joint {
    case .slide(let axis):
      return RigidTransform(translation: change * axis.normalized)
    case .hinge(let axis, let point):
      let turn = Rotation(about: axis, byRadians: change)
      return RigidTransform(rotation: turn, translation: point - turn * point)
    }
  }

  /// The velocity of a point of the body for a unit velocity of the joint, world frame.
  func velocity(of point: Vector3) -> Vector3 {
    switch joint {
    case .slide(let axis): return axis.normalized
    case .hinge(let axis, let through): return axis.normalized.cross(point - through)
    }
  }

  /// The position limited to where the joint can be.
  func clamped(_ position: Double) -> Double {
    min(max(position, limits.lowerBound), limits.upperBound)
  }
}
