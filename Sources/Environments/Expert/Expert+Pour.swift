import Foundation
import Geometry
import Simulation

/// Pouring: the container comes with its lip over the target's middle and is tilted about that lip.
extension Expert {
  /// How high over the target's rim the lip is held [m].
  private static let lipHeight = 0.075
  /// The lean at which next to nothing stays in [rad].
  private static let fullLean = 2.0
  /// The lip may be so far off while the container leans [m].
  private static let lipZone = 0.03

  func pour(in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    guard let target = goal.target, let grasp = world.grasp,
      let cavity = scene.tabletop.bodies[goal.object].cavity
    else { return retreat(in: world, from: goal.object, gripper: 0) }
    let pot = world.worldFromBody[target]
    let middle = (pot * scene.tabletop.bodies[target].centerOfMass).xy
    let lip = Vector3(middle, z: scene.top(of: target, in: world) + Self.lipHeight)
    let way = pouringDirection(over: middle)

    // Where the lip is in the hand, and which way the container leans already.
    let pose = world.worldFromBody[goal.object]
    let up = pose.rotation * Vector3.unitZ
    let lean = atan2(up.xy.dot(way), up.z)
    let axis = Vector3.unitZ.cross(Vector3(way, z: 0))
    let level = Rotation(about: axis, byRadians: -lean) * pose.rotation
    let outline = ConvexPolygon(hullOf: cavity.footprint)
    let ahead = (level.inverse * Vector3(way, z: 0)).xy
    let edge = outline.centroid + outline.moved(by: -outline.centroid).support(along: ahead) * ahead
    let handFromLip = grasp.gripperFromBody * Vector3(edge, z: cavity.rim)
    let offset = lip - (hand * handFromLip)

    let isDone = goal.holds(in: world, model: scene.tabletop, first: scene.firstPoses)
    let isThere = offset.length < Self.lipZone
    let wanted = isThere && !isDone ? Self.fullLean : 0
    let step = scene.setup.step.rotation
    let turn = Rotation(about: axis, byRadians: min(max(wanted - lean, -step), step))
    let rotation = turn * hand.rotation
    var motion = lip - rotation * handFromLip - hand.translation
    // Well below the lip's height, rise first.
    if offset.z > 0.03 { motion = Vector3(0, 0, motion.z) }
    return Choice(
      command: move(hand, by: motion, turningTo: rotation, gripper: 0), subgoal: lip)
  }

  /// The level direction in which a container leans over a place: aside of the arm, to the side from which the hand, which goes
  /// ahead of the lip, stays nearer to the middle of the table.
  private func pouringDirection(over place: Vector2) -> Vector2 {
    Vector2(0, place.y > scene.tabletop.worldFromBase.translation.y ? -1 : 1)
  }
}
