import Foundation
import Geometry
import Simulation

/// Tipping a thing over, or upright again, by a push with closed fingers above its center of mass.
extension Expert {
  /// The push is made this far up the thing, from its lowest point to its highest.
  private static let pushHeight = 0.8
  /// From the thing's side to the middle of the fingers before the push [m].
  private static let standoff = 0.035
  /// From the thing's side to the middle of the fingers where they touch it, and some [m].
  private static let touching = 0.012
  /// How far beyond its side the push goes [m].
  private static let follow = 0.06
  /// How far aside of the way of the push, and above or below it, the hand may be [m].
  private static let aside = 0.012

  /// One step of the push: to the place before the thing while the hand is elsewhere, else along.
  func tip(_ body: Int, in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let pose = world.worldFromBody[body]
    let center = (pose * scene.tabletop.bodies[body].centerOfMass).xy
    let way = pushDirection(for: body, in: world, goal: goal)
    let outline = scene.outline(of: body, in: world).moved(by: -center)
    let side = outline.support(along: -way)
    let (low, high) = (
      Self.lowest(of: body, in: world, scene: scene), scene.top(of: body, in: world)
    )
    let height = low + Self.pushHeight * (high - low)
    let offset = hand.translation.xy - center
    let (along, across) = (offset.dot(way), offset.cross(way))
    let isBefore = along < -side - Self.touching + Self.follow
    let isInLine =
      abs(across) < Self.aside && abs(hand.translation.z - height) < Self.aside
      && along > -side - Self.standoff - Self.zone
    let start = center - (side + Self.standoff) * way
    let distance = (start - hand.translation.xy).length
    let target =
      isInLine && isBefore
      ? Vector3(center - (side - Self.follow) * way, z: height)
      : Vector3(
        start,
        z: height + min(max(0, Self.travelHeight - height), funnel(distance)))
    return Choice(
      command: servo(hand, to: target, turn: 0, gripper: 0), subgoal: Vector3(center, z: height))
  }

  /// The horizontal direction in which a push does what the goal lacks.
  ///
  /// A thing that lies is tipped upright from its open end; one that stands is pushed over the way that is freest, away
  /// from the arm rather than towards it. The choice depends on where things are and not on the hand, so that it stays.
  private func pushDirection(for body: Int, in world: World, goal: Goal) -> Vector2 {
    let pose = world.worldFromBody[body]
    let up = (pose.rotation * Vector3.unitZ).xy
    if up.length > 0.5 { return -up.normalized }
    let center = (pose * scene.tabletop.bodies[body].centerOfMass).xy
    let base = scene.tabletop.worldFromBase.translation.xy
    let others = scene.objects.indices.filter { $0 != body && !scene.objects[$0].isFixture }
      .map { scene.outline(of: $0, in: world) }
    let height = scene.top(of: body, in: world) - Self.lowest(of: body, in: world, scene: scene)
    var best = Vector2(1, 0)
    var least = Double.infinity
    for index in 0..<16 {
      let angle = 2 * .pi * Double(index) / 16
      let way = Vector2(cos(angle), sin(angle))
      // Room for the hand before it and for the thing where it falls.
      let places = [center - 0.06 * way, center + height * way]
      let room = others.reduce(0.04) { least, other in
        places.reduce(least) { min($0, (other.nearestPoint(to: $1) - $1).length) }
      }
      let cost =
        (1 - way.dot((center - base).normalized)) * 0.01 + 2 * max(0, 0.04 - room)
        + places.reduce(0) { $0 + 5 * scene.outside($1) }
      if cost < least { (least, best) = (cost, way) }
    }
    return best
  }
}
