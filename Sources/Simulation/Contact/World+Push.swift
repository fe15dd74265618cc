import Foundation
import Geometry

extension World {
  /// Moves a body and what stands in its way; false, and half done, where something does not give way.
  ///
  /// Quasi-static pushing (Mason 1986) reduced to its translation: a body gives way along the contact's
  /// normal and keeps its heading. What lies on or in it moves along, what it runs into gives way in turn.
  /// Fixed bodies and the table's edge stop the push, at most a sub-step before they are reached.
  ///
  /// - Parameters:
  ///   - displacement: in the world's horizontal plane [m].
  ///   - carried: bodies that the gripper carries; they neither move nor stop the push here.
  mutating func shove(
    _ body: Int, by displacement: Vector2, besides carried: BodySet, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) -> Bool {
    var moved = BodySet()
    var isChain = false
    guard shove(body, by: displacement, carried, model, &moved, &isChain) else { return false }
    disturbed.formUnion(moved)
    guard isChain else { return true }
    // A chain that came round to a body it had moved before may have left an overlap.
    for body in moved {
      for other in model.bodies.indices
      where other != body && !carried.contains(other) && !(moved.contains(other) && other < body) {
        let depth = model.overlapDepth(
          of: body, at: worldFromBody[body], with: other, at: worldFromBody[other])
        guard depth <= model.rules.penetrationTolerance else { return false }
      }
    }
    return true
  }

  private mutating func shove(
    _ body: Int, by displacement: Vector2, _ carried: BodySet, _ model: TabletopModel,
    _ moved: inout BodySet, _ isChain: inout Bool
  ) -> Bool {
    guard !model.bodies[body].isFixed else { return false }
    if let joint = model.articulation(of: body) {
      guard !moved.contains(body) else { return false }
      moved.insert(body)
      let center = worldFromBody[body] * model.bodies[body].centerOfMass
      return yieldJoint(
        joint, to: displacement, at: center, besides: carried, in: model, &moved)
    }
    var group = bodies(carriedBy: body, besides: carried, in: model)
    group.insert(body)
    group.subtract(moved)
    moved.formUnion(group)
    for member in group {
      worldFromBody[member].translation += Vector3(displacement, z: 0)
      guard model.isOnTable(member, at: worldFromBody[member]),
        model.depthInTable(of: member, worldFromBody) <= model.rules.penetrationTolerance
      else { return false }
    }
    let settled = moved.union(carried)
    for member in group {
      let bounds = model.shapes[member].bounds(at: worldFromBody[member])
      for other in model.bodies.indices where !settled.contains(other) && !moved.contains(other) {
        guard bounds.overlaps(model.shapes[other].bounds(at: worldFromBody[other])),
          let way = escape(of: other, from: member, pushed: displacement, in: model)
        else { continue }
        isChain = true
        guard shove(other, by: way, carried, model, &moved, &isChain) else { return false }
      }
    }
    return true
  }

  /// The displacement that frees a body from another beside it, which is pushed; nil where they are apart.
  private func escape(
    of other: Int, from body: Int, pushed displacement: Vector2, in model: TabletopModel
  ) -> Vector2? {
    var pose = worldFromBody[other]
    var way = Vector2.zero
    for _ in 0..<4 {
      guard
        let overlap = model.lateralOverlap(
          of: body, at: worldFromBody[body], with: other, at: pose)
      else { break }
      let step =
        (overlap.depth + 1e-9)
        * model.rules.pushingWay(along: overlap.normal, towards: displacement)
      way += step
      pose.translation += Vector3(step, z: 0)
    }
    return way == .zero ? nil : way
  }
}

extension ContactRules {
  /// The way that a pushed body goes, so long that it takes it one meter along the contact's normal.
  fileprivate func pushingWay(along normal: Vector2, towards push: Vector2) -> Vector2 {
    guard let most = chainFrictionAngle, push.length > 0, push.dot(normal) > 0 else {
      return normal
    }
    let angle = atan2(normal.cross(push), normal.dot(push))
    let turn = min(max(angle, -most), most)
    return normal + tan(turn) * Vector2(-normal.y, normal.x)
  }
}
