import Foundation
import Geometry

/// The faces that a body can rest on, and how it gets from one to another, found from its shape alone.
///
/// A face of the convex hull carries the body where the center of mass is over it; elsewhere the body rolls over
/// the edge that the center of mass is beyond, and so on until one carries it. The quasi-static estimate of
/// Goldberg, Mirtich, Zhuang, Craig, Carlisle and Canny 1999, "Part pose statistics: estimators and experiments".
public struct StablePoses: Sendable, Hashable {
  private let hull: ConvexHull
  private let centerOfMass: Vector3

  /// A center of mass this far inside of an edge is held by the face [m].
  private static let margin = 1e-6

  /// Nil where the body has no volume.
  public init?(of body: BodyModel) {
    let points = body.prisms.flatMap { prism in
      prism.footprint.flatMap { [Vector3($0, z: prism.bottom), Vector3($0, z: prism.top)] }
    }
    guard let hull = ConvexHull(of: points) else { return nil }
    self.hull = hull
    centerOfMass = body.centerOfMass
  }

  /// The ways down, in the body's frame, of the faces that carry the body: unit vectors.
  public var downDirections: [Vector3] {
    hull.faces.filter { overhang(on: $0) == nil }.map(\.normal)
  }

  /// Where a body let go in a pose comes to lie, turned about its center of mass; unchanged where it rests already.
  public func rested(_ worldFromBody: RigidTransform) -> RigidTransform {
    let down = worldFromBody.rotation.inverse * -Vector3.unitZ
    guard var face = face(below: down) else { return worldFromBody }
    for _ in hull.faces {
      guard let edge = overhang(on: face), let next = neighbor(of: face, across: edge) else {
        break
      }
      face = next
    }
    return Self.turned(worldFromBody, about: worldFromBody * centerOfMass, laying: face.normal)
  }

  /// Where a body that rests comes to lie when it is tipped over in a direction; nil where no edge is there.
  ///
  /// - Parameter direction: horizontal, in the world frame.
  public func toppled(_ worldFromBody: RigidTransform, along direction: Vector2) -> RigidTransform?
  {
    let down = worldFromBody.rotation.inverse * -Vector3.unitZ
    guard var face = face(below: down) else { return nil }
    let way = worldFromBody.rotation.inverse * Vector3(direction, z: 0)
    var edge = edges(of: face).max { outward($0, face).dot(way) < outward($1, face).dot(way) }
    var pose = worldFromBody
    // At least once, then for as long as no face carries the body.
    for _ in hull.faces {
      guard let over = edge, let next = neighbor(of: face, across: over) else { break }
      pose = Self.turned(pose, about: pose * ((over.0 + over.1) / 2), laying: next.normal)
      face = next
      edge = overhang(on: face)
    }
    return pose
  }

  /// How far the edge of the face it rests on is from the center of mass, along a horizontal direction [m].
  func footing(of worldFromBody: RigidTransform, along direction: Vector2) -> Double {
    let down = worldFromBody.rotation.inverse * -Vector3.unitZ
    guard let face = face(below: down) else { return 0 }
    let way = worldFromBody.rotation.inverse * Vector3(direction, z: 0)
    let reach = face.corners.reduce(-.infinity) { max($0, ($1 - centerOfMass).dot(way)) }
    return reach.isFinite ? reach : 0
  }

  /// The face that a ray from the center of mass leaves through.
  private func face(below down: Vector3) -> ConvexHull.Face? {
    var nearest: ConvexHull.Face?
    var least = Double.infinity
    for face in hull.faces where face.normal.dot(down) > 1e-9 {
      let distance = (face.offset - face.normal.dot(centerOfMass)) / face.normal.dot(down)
      if distance < least { (least, nearest) = (distance, face) }
    }
    return nearest
  }

  /// The edge of a face that the center of mass is farthest beyond; nil where the face carries the body.
  private func overhang(on face: ConvexHull.Face) -> (Vector3, Vector3)? {
    var farthest: (Vector3, Vector3)?
    var most = -Self.margin
    for edge in edges(of: face) {
      let beyond = outward(edge, face).dot(centerOfMass - edge.0)
      if beyond > most { (most, farthest) = (beyond, edge) }
    }
    return farthest
  }

  private func edges(of face: ConvexHull.Face) -> [(Vector3, Vector3)] {
    face.corners.indices.map { (face.corners[$0], face.corners[($0 + 1) % face.corners.count]) }
  }

  private func outward(_ edge: (Vector3, Vector3), _ face: ConvexHull.Face) -> Vector3 {
    (edge.1 - edge.0).cross(face.normal).normalized
  }

  private func neighbor(
    of face: ConvexHull.Face, across edge: (Vector3, Vector3)
  ) -> ConvexHull.Face? {
    hull.faces.first { other in
      other != face && abs(other.normal.dot(edge.0) - other.offset) < 1e-6
        && abs(other.normal.dot(edge.1) - other.offset) < 1e-6
    }
  }

  /// The pose turned the shortest way so that a direction of the body points straight down.
  private static func turned(
    _ worldFromBody: RigidTransform, about point: Vector3, laying normal: Vector3
  ) -> RigidTransform {
    let from = worldFromBody.rotation * normal
    let axis = from.cross(-.unitZ)
    let angle = atan2(axis.length, -from.z)
    guard angle > 1e-9 else { return worldFromBody }
    let turn = Rotation(about: axis.length > 1e-12 ? axis : .unitX, byRadians: angle)
    return RigidTransform(
      rotation: turn * worldFromBody.rotation,
      translation: point + turn * (worldFromBody.translation - point))
  }
}
