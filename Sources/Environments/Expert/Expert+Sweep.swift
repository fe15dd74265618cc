import Foundation
import Geometry
import Simulation

/// Sweeping: the held thing goes behind what lies farthest back and pushes everything through the target's mouth.
extension Expert {
  /// The sweeper's underside is so far over the table when it sweeps [m].
  private static let sweepHeight = 0.003
  /// From the sweeper's front to what it will push when it comes down behind it [m].
  private static let runUp = 0.03
  /// How far through the mouth the front goes [m].
  private static let follow = 0.02
  /// So much of the sweeper's ends pushes nothing [m].
  private static let blunt = 0.012
  /// Higher over the table than this the sweeper would go over what it shall push [m].
  private static let lowEnough = 0.012
  /// How far turned the sweeper may be while it sweeps [rad].
  private static let square = 0.15

  func sweep(in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let left = goal.companions.filter { companion in
      !(goal.target.map { world.isInside(companion, cavityOf: $0, in: scene.tabletop) } ?? true)
    }
    guard let target = goal.target, let mouth = scene.mouth(of: target, in: world), !left.isEmpty
    else {
      let up = max(0, Self.travelHeight - hand.translation.z)
      return Choice(
        command: move(hand, by: Vector3(0, 0, up), turningTo: hand.rotation, gripper: 0),
        subgoal: hand.translation)
    }
    let way = mouth.inward
    let side = Vector2(-way.y, way.x)
    let sweeper = scene.outline(of: goal.object, in: world)
    let front = sweeper.support(along: way) - mouth.middle.dot(way)
    let reach = sweeper.width(along: side) / 2 - Self.blunt
    let aside = (sweeper.centroid - mouth.middle).dot(side)

    // What lies farthest back is pushed first; the sweeper keeps to the mouth's middle where it gets all.
    let places = left.map { body -> (back: Double, aside: Double) in
      let outline = scene.outline(of: body, in: world)
      return (
        -outline.support(along: -way) - mouth.middle.dot(way),
        (outline.centroid - mouth.middle).dot(side)
      )
    }
    guard let last = places.min(by: { $0.back < $1.back }) else {
      return retreat(in: world, from: goal.object, gripper: 0)
    }
    let lane = places.allSatisfy { abs($0.aside) < reach } ? 0 : last.aside

    let axis = hand.rotation.columns.y
    let turn = atan2(way.y, way.x) - atan2(axis.y, axis.x)
    let squared = turn - .pi * (turn / .pi).rounded()
    let ground =
      hand.translation.z - Self.lowest(of: goal.object, in: world, scene: scene)
      + Self.sweepHeight
    let height = hand.translation.z - ground
    let isBehind = front <= last.back + Self.zone / 2
    let isSweeping =
      isBehind && height < Self.lowEnough && abs(aside - lane) < 2 * Self.zone
      && abs(squared) < Self.square
    if isSweeping {
      let share = max(0, 1 - height / Self.lowEnough)
      let motion = share * (Self.follow - front) * way + (lane - aside) * side
      return Choice(
        command: servo(
          hand, to: Vector3(hand.translation.xy + motion, z: ground), turn: squared, gripper: 0),
        subgoal: Vector3(mouth.middle, z: 0))
    }
    let motion = (last.back - Self.runUp - front) * way + (lane - aside) * side
    let distance = motion.length + 0.1 * max(0, abs(squared) - Self.square / 2)
    return Choice(
      command: servo(
        hand,
        to: Vector3(
          hand.translation.xy + motion, z: ground + min(Self.travelHeight, funnel(distance))),
        turn: squared, gripper: 0),
      subgoal: Vector3(hand.translation.xy + motion, z: 0))
  }
}

extension EpisodeScene {
  /// How high a wall of a hollow must be to keep things from being swept in [m].
  private static let wall = 0.005

  /// Where a hollow that lies on the table is open to the side, and the level way in; nil where walls are all around.
  func mouth(of container: Int, in world: World) -> (middle: Vector2, inward: Vector2)? {
    let body = tabletop.bodies[container]
    guard let cavity = body.cavity else { return nil }
    let outline = ConvexPolygon(hullOf: cavity.footprint)
    let walls = body.prisms.filter { $0.top > cavity.floor + Self.wall }
      .map { ConvexPolygon(hullOf: $0.footprint) }
    var widest: (middle: Vector2, inward: Vector2, length: Double)?
    for (index, corner) in outline.vertices.enumerated() {
      let next = outline.vertices[(index + 1) % outline.vertices.count]
      let middle = (corner + next) / 2
      let edge = next - corner
      let outward = Vector2(edge.y, -edge.x).normalized
      let isOpen = !walls.contains { $0.contains(middle + 0.002 * outward, margin: 1e-6) }
      if isOpen, edge.length > widest?.length ?? 0 { widest = (middle, -outward, edge.length) }
    }
    let pose = world.worldFromBody[container]
    return widest.map {
      (
        (pose * Vector3($0.middle, z: 0)).xy,
        (pose.rotation * Vector3($0.inward, z: 0)).xy.normalized
      )
    }
  }
}
