import Geometry

/// Drawers, doors and lids: bodies that move along their joint only and take along what lies in or on them.
///
/// Quasi-static kinematic constraints: of a push or a pull, the part along the joint moves the body and the rest is borne by
/// the joint (Mason 1981, "Compliance and force control for computer controlled manipulators"). Nothing falls shut.
extension World {
  /// How far a body's joint is open, 0 shut and 1 at the end; nil for a body without one.
  public func openFraction(of body: Int, in model: TabletopModel) -> Double? {
    guard let index = model.articulation(of: body) else { return nil }
    let limits = model.articulations[index].limits
    let range = limits.upperBound - limits.lowerBound
    guard range > 0 else { return 0 }
    return (articulationPositions[index] - limits.lowerBound) / range
  }

  /// Whether a drawer, door or lid is open at least so far.
  public func isOpen(
    _ body: Int, atLeast fraction: Double = 0.5, in model: TabletopModel
  ) -> Bool {
    (openFraction(of: body, in: model) ?? 0) >= fraction
  }

  /// Moves a joint by as much as its limits and what stands in the way allow, with what the body carries.
  ///
  /// - Parameters:
  ///   - excluded: bodies that go with the gripper instead.
  /// - Returns: by how much it moved [m or rad].
  mutating func moveJoint(
    _ index: Int, by change: Double, besides excluded: BodySet, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) -> Double {
    let joint = model.articulations[index]
    let start = articulationPositions[index]
    let target = joint.clamped(start + change)
    guard target != start else { return 0 }
    let (poses, alreadyDisturbed) = (worldFromBody, disturbed)
    var group = bodies(carriedBy: joint.body, besides: excluded, in: model)
    let motion = joint.motion(by: target - start)
    for member in group { worldFromBody[member] = motion * worldFromBody[member] }
    worldFromBody[joint.body] = joint.worldFromBody(at: target)
    group.insert(joint.body)
    guard clear(group, besides: excluded, after: poses, in: model, &disturbed) else {
      (worldFromBody, disturbed) = (poses, alreadyDisturbed)
      return 0
    }
    articulationPositions[index] = target
    return target - start
  }

  /// Pushes away what a moved group runs into; false, and half done, where something does not give way.
  private mutating func clear(
    _ group: BodySet, besides excluded: BodySet, after poses: [RigidTransform],
    in model: TabletopModel, _ disturbed: inout BodySet
  ) -> Bool {
    for member in group {
      for other in model.bodies.indices where !group.contains(other) && !excluded.contains(other) {
        let depth = model.overlapDepth(
          of: member, at: worldFromBody[member], with: other, at: worldFromBody[other])
        let before = model.overlapDepth(
          of: member, at: poses[member], with: other, at: poses[other])
        // A drawer that fits its cabinet tightly touches it all the way.
        guard depth > max(model.rules.penetrationTolerance, before + 1e-9) else { continue }
        guard
          let overlap = model.lateralOverlap(
            of: member, at: worldFromBody[member], with: other, at: worldFromBody[other]),
          shove(
            other, by: (overlap.depth + 1e-9) * overlap.normal, besides: excluded.union(group),
            in: model, &disturbed)
        else { return false }
      }
    }
    return true
  }

  /// Gives way to a push along the joint; false where the push is across it or the joint is at its end.
  ///
  /// - Parameter displacement: how far the body's side must go [m], horizontal.
  mutating func yieldJoint(
    _ index: Int, to displacement: Vector2, at point: Vector3, besides excluded: BodySet,
    in model: TabletopModel, _ disturbed: inout BodySet
  ) -> Bool {
    let way = Vector3(displacement, z: 0)
    let length = way.length
    guard length > 0 else { return true }
    let speed = model.articulations[index].velocity(of: point).dot(way) / length
    // Less than a third along the joint is a push across it: it jams.
    guard abs(speed) > 0.3 * model.articulations[index].velocity(of: point).length else {
      return false
    }
    let change = length / speed
    return abs(
      moveJoint(index, by: change, besides: excluded, in: model, &disturbed) - change) < 1e-9
  }

  /// Moves the hand that holds a joint's body: along the joint only, as far as joint and arm allow.
  ///
  /// - Parameter way: where the hand is asked to go, world frame [m].
  mutating func pullJoint(
    _ index: Int, by way: Vector3, in model: TabletopModel, _ disturbed: inout BodySet
  ) {
    let carried = carriedByGripper
    let count = max(1, (way.length / model.rules.substepLength).rounded(.up))
    for _ in 0..<Int(count) {
      let hand = worldFromGripper(in: model)
      let velocity = model.articulations[index].velocity(of: hand.translation)
      let square = velocity.dot(velocity)
      guard square > 1e-9 else { return }
      let before = self
      let moved = moveJoint(
        index, by: (way / count).dot(velocity) / square, besides: BodySet(), in: model, &disturbed)
      guard moved != 0 else { return }
      // The handle turns in the fingers, which keep their direction.
      let there = model.articulations[index].motion(by: moved) * hand.translation
      let pose = model.baseFromWorld * RigidTransform(rotation: hand.rotation, translation: there)
      guard model.workspace.clamped(pose.translation) == pose.translation,
        model.arm.follow(pose, moving: &jointAngles),
        !handIsBlocked(at: model.worldFromBase * pose, besides: carried, in: model)
      else {
        self = before
        return
      }
      baseFromGripper = pose
      grasp?.gripperFromBody =
        (model.worldFromBase * pose).inverse * worldFromBody[model.articulations[index].body]
    }
  }

  /// Whether the hand would be in a body or in the table.
  private func handIsBlocked(
    at worldFromGripper: RigidTransform, besides carried: BodySet, in model: TabletopModel
  ) -> Bool {
    var solids: [Solid] = []
    model.hand.place(at: worldFromGripper, opening: gripperOpening, into: &solids)
    var hand = MovingSolids()
    hand.solids = solids
    for solid in solids { hand.bounds.formUnion(solid) }
    guard hand.bottom >= -model.rules.penetrationTolerance else { return true }
    return model.bodies.indices.contains { body in
      !carried.contains(body)
        && hand.depth(in: body, at: worldFromBody[body], model) > model.rules.penetrationTolerance
    }
  }
}

extension TabletopModel {
  /// The number of a body's joint among `articulations`; nil for a body that is free.
  func articulation(of body: Int) -> Int? {
    articulations.isEmpty ? nil : articulations.firstIndex { $0.body == body }
  }
}
