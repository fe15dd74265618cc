import Foundation
import Geometry

/// Finds where a body comes to rest that is let go: it falls straight down to what lies below, slides
/// into a hollow, or tips off what does not carry its center of mass.
///
/// Statics, not dynamics: a body is stable where its center of mass is over the hull of its contacts,
/// the support polygon (McGhee and Frank 1968); where it is not, it goes the shortest way off.
struct RestSearch {
  let body: Int
  /// Where the other bodies are.
  let placed: [RigidTransform]
  /// Bodies that are not there, or that move along.
  let ignored: BodySet
  let model: TabletopModel

  /// The pose at rest, upright (where bodies tumble: on a stable face), with the heading the body has.
  func restingPose(from start: RigidTransform) -> RigidTransform {
    let upright = model.stablePoses[body].map { laid($0, from: start) } ?? upright(start)
    return fall(from: upright) ?? nearestRest(to: upright)
  }

  /// The body set upright about its center of mass, its lowest point where it was.
  private func upright(_ pose: RigidTransform) -> RigidTransform {
    guard abs(pose.rotation.x) + abs(pose.rotation.y) > 1e-9 else { return pose }
    let yaw = Rotation(about: .unitZ, byRadians: pose.rotation.rollPitchYaw.yaw)
    let center = model.bodies[body].centerOfMass
    var upright = RigidTransform(
      rotation: yaw, translation: pose * center - yaw * center)
    upright.translation.z = model.lowestPoint(of: body, at: pose) - model.shapes[body].bottom
    return upright
  }

  /// The body laid on the face that carries it, its lowest point where it was.
  private func laid(_ poses: StablePoses, from start: RigidTransform) -> RigidTransform {
    var laid = poses.rested(start)
    guard laid != start else { return start }
    laid.translation.z +=
      model.lowestPoint(of: body, at: start) - model.lowestPoint(of: body, at: laid)
    return laid
  }

  /// Follows the body down; nil where it finds no place within a few slips.
  private func fall(from start: RigidTransform) -> RigidTransform? {
    var pose = start
    for _ in 0..<12 {
      let hollow = hollow(under: pose)
      if let hollow { pose.translation += Vector3(hollow.way, z: hollow.lift) }
      let landscape = Landscape(
        under: body, at: pose, placed: placed, ignored: ignored,
        container: hollow?.holds == true ? hollow?.container : nil, model: model)
      if let escape = landscape.escape {
        pose.translation += Vector3(escape, z: 0)
        continue
      }
      pose.translation.z += landscape.drop
      guard model.isOnTable(body, at: pose) else { return nil }
      if hollow?.holds == true || landscape.isStable { return pose }
      pose.translation += Vector3(landscape.tipping, z: 0)
    }
    return nil
  }

  /// The nearest place, on rings around, where the body stands without sliding.
  private func nearestRest(to start: RigidTransform) -> RigidTransform {
    let directions = 24
    for ring in 1...100 {
      for direction in 0..<directions {
        let angle = 2 * Double.pi * Double(direction) / Double(directions)
        var pose = start
        pose.translation += 0.01 * Double(ring) * Vector3(cos(angle), sin(angle), 0)
        guard hollow(under: pose) == nil else { continue }
        let landscape = Landscape(
          under: body, at: pose, placed: placed, ignored: ignored, container: nil, model: model)
        pose.translation.z += landscape.drop
        if landscape.escape == nil, landscape.isStable, model.isOnTable(body, at: pose) {
          return pose
        }
      }
    }
    // No place anywhere: on top of everything, where at least nothing overlaps.
    var pose = start
    let highest =
      model.bodies.indices.lazy.filter { !ignored.contains($0) }
      .map { model.shapes[$0].bounds(at: placed[$0]).max.z }.max() ?? 0
    pose.translation.z =
      model.rules.tumbles
      ? pose.translation.z + highest - model.lowestPoint(of: body, at: pose)
      : highest - model.shapes[body].bottom
    return pose
  }

  /// A hollow that the body's center of mass is over.
  private struct Hollow {
    var container: Int
    /// The way inward to where the body is clear of the walls [m].
    var way: Vector2
    /// The way up to the rim, of a body that does not fit [m].
    var lift: Double
    /// Whether the body fits.
    var holds: Bool
  }

  /// The innermost hollow that the body's center of mass is over; nil where there is none.
  private func hollow(under pose: RigidTransform) -> Hollow? {
    var innermost: Hollow?
    var deepest = -Double.infinity
    let lowest =
      model.rules.tumbles
      ? model.lowestPoint(of: body, at: pose) : pose.translation.z + model.shapes[body].bottom
    for container in model.bodies.indices where !ignored.contains(container) {
      guard let cavity = model.bodies[container].cavity else { continue }
      let floor = placed[container].translation.z + cavity.floor
      guard floor > deepest, lowest >= floor - World.touchTolerance,
        model.isOverCavity(body, at: pose, of: container, at: placed[container])
      else { continue }
      deepest = floor
      if let way = wayInto(container, from: pose) {
        innermost = Hollow(container: container, way: way, lift: 0, holds: true)
      } else {
        let rim = placed[container].translation.z + cavity.rim
        innermost = Hollow(
          container: container, way: .zero, lift: max(0, rim - lowest), holds: false)
      }
    }
    return innermost
  }

  /// The way to a place wholly inside a hollow, by projecting onto one wall after the other
  /// (Agmon 1954); nil where the body is too large.
  private func wayInto(_ container: Int, from pose: RigidTransform) -> Vector2? {
    guard let outline = model.shapes[container].cavity else { return nil }
    let placement = Placement(pose)
    let solids = model.shapes[body].prisms.map { Solid($0, at: placement) }
    let corners = outline.vertices.map { (placed[container] * Vector3($0, z: 0)).xy }
    let walls = corners.indices.map { index -> (normal: Vector2, room: Double) in
      let edge = corners[(index + 1) % corners.count] - corners[index]
      let normal = Vector2(edge.y, -edge.x).normalized
      let farthest = solids.lazy.map { $0.support(normal) }.max() ?? 0
      return (normal, normal.dot(corners[index]) - farthest)
    }
    var way = Vector2.zero
    for _ in 0..<100 {
      var isInside = true
      for wall in walls where wall.normal.dot(way) > wall.room + 1e-7 {
        way -= (wall.normal.dot(way) - wall.room) * wall.normal
        isInside = false
      }
      if isInside { return way }
    }
    // Within a tenth of a millimeter is inside for a body as large as the hollow.
    return walls.allSatisfy { $0.normal.dot(way) <= $0.room + 1e-4 } ? way : nil
  }
}
