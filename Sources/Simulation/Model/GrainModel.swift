import Foundation
import Geometry

/// What can be poured: grains of one kind, counted one by one.
///
/// A container holds what lies below its rim; a leaning one holds what lies below a surface that meets its lower lip and is
/// no steeper than the angle of repose (Mehta and Barker 1994, "The dynamics of sand"). What is more runs over the lip.
public struct GrainModel: Sendable, Hashable, Codable {
  /// The room that a grain takes with the gaps around it [m³].
  public var volume: Double
  /// The steepest slope on which grains lie still [rad].
  public var angleOfRepose: Double
  /// The most grains that run over a lip in a control step.
  public var flow: Int

  public init(volume: Double, angleOfRepose: Double = 30 * .pi / 180, flow: Int = 20) {
    self.volume = volume
    self.angleOfRepose = angleOfRepose
    self.flow = flow
  }
}

/// Grains that lie on the table.
public struct GrainPile: Sendable, Hashable, Codable {
  /// The middle of the pile, in the world frame [m].
  public var position: Vector2
  public var count: Int
}

extension TabletopModel {
  /// How many grains a container holds in a pose; 0 for what is none.
  public func grainCapacity(of body: Int, at worldFromBody: RigidTransform) -> Int {
    guard let grains, grains.volume > 0, let cavity = bodies[body].cavity,
      let outline = shapes[body].cavity
    else { return 0 }
    let up = worldFromBody.rotation.inverse * Vector3.unitZ
    let lean = atan2(up.xy.length, up.z) - grains.angleOfRepose
    let (area, depth) = (outline.area, cavity.rim - cavity.floor)
    guard lean > 0 else { return Int(area * depth / grains.volume) }
    guard lean < .pi / 2 - 1e-6 else { return 0 }
    // In the container the surface falls from the lower lip by this over half the width.
    let fall = lip(of: outline, up: up).reach * tan(lean)
    let volume =
      2 * fall <= depth ? area * (depth - fall) : area * depth * depth / (4 * fall)
    return Int(volume / grains.volume)
  }

  /// Where grains run over, in the world frame [m].
  func lipPoint(of body: Int, at worldFromBody: RigidTransform) -> Vector3 {
    guard let cavity = bodies[body].cavity, let outline = shapes[body].cavity else {
      return worldFromBody.translation
    }
    let lip = lip(of: outline, up: worldFromBody.rotation.inverse * Vector3.unitZ)
    return worldFromBody * Vector3(outline.centroid + lip.reach * lip.direction, z: cavity.rim)
  }

  /// The way from the middle of an opening to its lower lip, and how far that is [m].
  private func lip(
    of outline: ConvexPolygon, up: Vector3
  ) -> (direction: Vector2, reach: Double) {
    let direction = up.xy.length > 1e-9 ? -up.xy.normalized : Vector2(1, 0)
    let center = outline.centroid
    return (
      direction, outline.vertices.reduce(0) { max($0, ($1 - center).dot(direction)) }
    )
  }
}
