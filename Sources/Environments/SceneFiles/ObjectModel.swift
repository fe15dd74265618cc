import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

/// How people call an object.
public struct ObjectWords: Hashable, Sendable {
  /// What kind of thing it is, such as `cup`.
  public var noun: String
  public var plural: String
  /// What an instruction calls it, such as `blue cup`.
  public var phrase: String
  /// Other phrases that training uses for it.
  public var variants: [String]
  /// Phrases that no training text holds: unseen words for a known thing.
  public var unseen: [String]
  /// Which of `ObjectWords.colorNames` it has most of.
  public var color: String
  /// Where the file says them.
  var place: FilePlace?

  /// The color classes that words and patch labels tell apart.
  public static let colorNames = [
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "brown", "gray",
  ]
}

/// A kind of thing on the table: what it looks like, what it is solid like, what it is called.
///
/// The body frame has z up and z = 0 where the thing rests; its long side, if it has one, lies along x.
public struct ObjectModel: Sendable {
  public var name: String
  public var words: ObjectWords
  public var parts: [Part]
  public var body: BodyModel
  /// The grains that it starts with; nil for what is empty or no container.
  public var filling: Filling?
  /// How it moves where it belongs to an arena; nil for what lies free or stands still.
  public var joint: JointModel?

  /// The outline of all prisms seen from above, body frame.
  var outline: ConvexPolygon
  /// Directions in which the hand closes on the resting object, as angles of the body frame in [0, π) [rad];
  /// empty for a round object, which is grasped at any angle.
  var closingAngles: [Double]
  /// The extent along the closing direction [m].
  var graspWidth: Double

  /// The resting height of the top [m].
  var top: Double { body.prisms.map(\.top).max() ?? 0 }

  /// Points of the surface of everything that is drawn, body frame.
  var drawnPoints: [Vector3] {
    parts.flatMap { part in part.shape.surfacePoints.map { part.bodyFromShape * $0 } }
  }

  /// Whether it makes no difference to the hand how the object is turned.
  var isRound: Bool { closingAngles.isEmpty }
}

extension ObjectModel {
  /// An outline whose widths differ by less than this is grasped at any angle [m].
  private static let roundness = 0.004

  /// The directions in which the hand closes on the thing where it lies, as angles on the table, world frame [rad], and the
  /// width there [m]; no angle for what is grasped at any.
  func closing(at worldFromBody: RigidTransform) -> (angles: [Double], width: Double) {
    let up = worldFromBody.rotation * Vector3.unitZ
    guard up.z < 0.95 else {
      let yaw = worldFromBody.rotation.rollPitchYaw.yaw
      return (closingAngles.map { $0 + yaw }, graspWidth)
    }
    // It lies on its side: look at its outline as it lies.
    return Self.closing(
      of: ConvexPolygon(
        hullOf: body.prisms.flatMap { prism in
          prism.footprint.flatMap { corner in
            [prism.bottom, prism.top].map { (worldFromBody * Vector3(corner, z: $0)).xy }
          }
        }))
  }

  /// The directions of least width of an outline, and that width.
  static func closing(of outline: ConvexPolygon) -> (angles: [Double], width: Double) {
    let steps = 180
    let widths = (0..<steps).map { step in
      let angle = Double.pi * Double(step) / Double(steps)
      return outline.width(along: Vector2(cos(angle), sin(angle)))
    }
    guard let least = widths.min(), let most = widths.max() else { return ([], 0) }
    if most - least < roundness { return ([], most) }
    // A square has two directions of least width: each local minimum near the least one counts.
    let angles = (0..<steps).filter { step in
      let (before, after) = (widths[(step + steps - 1) % steps], widths[(step + 1) % steps])
      return widths[step] < least + 0.001 && widths[step] < before && widths[step] <= after
    }.map { Double.pi * Double($0) / Double(steps) }
    return (angles, least)
  }
}
