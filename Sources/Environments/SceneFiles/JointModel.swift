import Geometry
import Simulation
import StrictYAML

/// How a thing of an arena moves that does not lie free: a drawer along its rail, a lid or a door about its hinge.
public struct JointModel: Hashable, Sendable, Codable {
  /// In the thing's own frame as it is when shut.
  public var kind: Kind
  /// How far it opens [m or rad].
  public var travel: Double

  public enum Kind: Hashable, Sendable, Codable {
    /// The way it opens.
    case slide(along: Vector3)
    /// Right-handed about an axis through a point.
    case hinge(about: Vector3, through: Vector3)
  }

  /// The joint of a body that stands somewhere.
  func articulation(of body: Int, at worldFromShut: RigidTransform) -> Articulation {
    let joint: Articulation.Joint =
      switch kind {
      case .slide(let way): .slide(along: worldFromShut.rotation * way.normalized)
      case .hinge(let axis, let point):
        .hinge(about: worldFromShut.rotation * axis.normalized, through: worldFromShut * point)
      }
    return Articulation(body: body, joint: joint, worldFromShut: worldFromShut, limits: 0...travel)
  }
}

extension YAMLValue {
  /// `{slide: [x, y, z], travel: metres}` or `{hinge: [x, y, z], through: [x, y, z], degrees: …}`.
  func jointModel() throws -> JointModel {
    let entries = try mapping(knownKeys: ["slide", "travel", "hinge", "through", "degrees"])
    if let slide = entries["slide"] {
      guard entries["hinge"] == nil else {
        throw error("there is a `hinge` as well", mend: "remove one of the two")
      }
      return JointModel(
        kind: .slide(along: try slide.direction()),
        travel: entries.number("travel", within: .jointTravel))
    }
    return JointModel(
      kind: .hinge(
        about: try entries.required("hinge").direction(),
        through: try entries.required("through").vector3(within: .bodyCoordinate)),
      travel: entries.number("degrees", within: .jointSwing) * .pi / 180)
  }
}

extension NumberLimits {
  /// How far a drawer opens.
  fileprivate static let jointTravel = NumberLimits(0.01...1, "m")
  /// How far a lid or a door opens.
  fileprivate static let jointSwing = NumberLimits(5...180, "degrees")
}
