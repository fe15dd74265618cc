import Foundation
import Geometry
import Simulation

/// Opening and shutting: the hand comes to the handle along the joint's way, takes hold and goes with it.
extension Expert {
  /// How far before a handle the hand lines up [m].
  private static let lineUp = 0.09
  /// How far beyond the handle's middle the fingertips go [m].
  private static let beyond = 0.012
  /// The hand comes forward only when turned to within this [rad].
  private static let facing = 0.15

  /// The direction in which a body's joint opens at its handle, level and of unit length.
  private func opening(of body: Int, in world: World) -> Vector3 {
    let handle = world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint
    guard let joint = scene.tabletop.articulations.first(where: { $0.body == body }) else {
      return -.unitX
    }
    switch joint.joint {
    case .slide(let axis): return axis.normalized
    case .hinge(let axis, let through):
      return axis.normalized.cross(handle - through).normalized
    }
  }

  /// The rotation of a hand that points along a level direction, its fingers closing across.
  private static func hand(pointing direction: Vector3) -> Rotation {
    let across = Vector3.unitZ.cross(direction).normalized
    return Rotation(columns: direction, across, direction.cross(across))
  }

  func reachHandle(of body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let handle = world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint
    let ahead = -opening(of: body, in: world)
    let rotation = Self.hand(pointing: ahead)
    let turn = (rotation * hand.rotation.inverse).rotationVector.length
    let offset = handle - hand.translation
    let along = offset.dot(ahead)
    let aside = offset - along * ahead
    // How far before the handle the hand should still be: a funnel about its line, as over an object.
    let before =
      min(Self.lineUp, funnel(aside.length) + 0.3 * max(0, turn - Self.facing)) - Self.beyond
    let isThere =
      aside.length < Self.zone && abs(along - -Self.beyond) < Self.zone && turn < Self.facing
    // Too near while out of line: back off first.
    let isTooNear = along < before - 0.02
    let way = (along - before) * ahead + (isTooNear ? 0.2 : 1) * aside
    return Choice(
      command: move(hand, by: way, turningTo: rotation, gripper: isThere ? 0 : 1),
      subgoal: handle)
  }

  /// With the handle in the hand: open or shut, until the goal holds, then let go.
  func pull(_ body: Int, in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let handle = world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint
    let isDone = goal.holds(in: world, model: scene.tabletop, first: scene.firstPoses)
    let opens = goal.family.opensJoint
    let way = opening(of: body, in: world) * (opens ? 1 : -1)
    return Choice(
      command: move(
        hand, by: isDone ? .zero : scene.setup.step.translation * way,
        turningTo: hand.rotation, gripper: isDone ? 1 : 0), subgoal: handle)
  }

  /// With open fingers, away from what was let go, the way the hand came.
  func backAway(from body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let point = world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint
    let ahead = hand.rotation.columns.x
    let left = max(0, Self.lineUp - (point - hand.translation).dot(ahead))
    return Choice(
      command: move(hand, by: -left * ahead, turningTo: hand.rotation, gripper: 1), subgoal: point)
  }

  // MARK: - Standing up

  /// A thing that leans no further comes to stand when it is let go low over the table [rad].
  private static let nearlyUpright = 0.2

  /// With a lying thing in the hand: lift it, turn it upright, set it down where it is.
  func standUp(_ body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let pose = world.worldFromBody[body]
    let up = pose.rotation * Vector3.unitZ
    let lowest = Self.lowest(of: body, in: world, scene: scene)
    let support = Self.highest(below: body, in: world, scene: scene)
    let axis = up.cross(.unitZ)
    let angle = atan2(axis.length, up.z)
    let turn = Rotation(about: axis.length > 1e-9 ? axis : .unitY, byRadians: angle)
    // High enough to turn about the hand while it lies, down once it stands.
    let isUpright = angle < Self.nearlyUpright
    let height = isUpright ? support + Self.releaseGap : support + 0.06
    let way = Vector3(0, 0, height - lowest)
    let isDown = isUpright && lowest - support < Self.releaseGap + Self.zone
    let turns = lowest - support > 0.03 || isUpright
    return Choice(
      command: move(
        hand, by: way, turningTo: turns ? turn * hand.rotation : hand.rotation,
        gripper: isDown ? 1 : 0),
      subgoal: Vector3(pose.translation.xy, z: support))
  }
}
