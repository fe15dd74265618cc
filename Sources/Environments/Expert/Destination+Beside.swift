import Foundation
import Geometry
import Simulation

extension Destination {
  /// The gap that is left between an object and what it is put near to [m]: less than half of what counts as near, so that
  /// who learns from it may err either way.
  static let besideGap = 0.022
  /// The gap that is left between fingers that open and what stands near [m].
  static let fingerGap = 0.003
  /// A gap this much wider is as good [m]; a way that is longer by this much for each meter beyond is better than that.
  static let leeway = 0.006
  static let farther = 3.0
  /// How much nearer than what counts as near an object must stand [m].
  static let nearMargin = 0.006

  /// The free spot beside a body that is nearest to where the object is now.
  ///
  /// The spots form a ring that does not move, and on the way to the nearest one of a set it stays the nearest:
  /// the choice needs no memory. Where fingers that let go would meet the body, the ring is wider.
  static func spot(
    beside target: Int, for object: Int, within clearance: Double, in world: World,
    scene: EpisodeScene
  ) -> Vector2 {
    let center = (world.worldFromBody[target] * scene.tabletop.bodies[target].centerOfMass).xy
    let held = (world.worldFromBody[object] * scene.tabletop.bodies[object].centerOfMass).xy
    let targetOutline = scene.outline(of: target, in: world)
    let outline = scene.outline(of: object, in: world).moved(by: -held)
    let hand = world.worldFromGripper(in: scene.tabletop)
    let fingers = FingerRoom.openFingers(
      of: scene.tabletop.gripper, at: hand.translation.xy - held,
      closing: hand.rotation.columns.y.xy.normalized)
    // Fingers that let go above a flat thing do not meet it.
    let tips = hand.translation.z - Expert.lowest(of: object, in: world, scene: scene)
    func meetsFingers(_ other: Int) -> Bool {
      scene.top(of: other, in: world) > tips - FingerRoom.overlook
    }
    let targetMeetsFingers = meetsFingers(target)
    let others = scene.objects.indices.filter { $0 != target && $0 != object }
      .map { (outline: scene.outline(of: $0, in: world), meetsFingers: meetsFingers($0)) }
    var best = center
    var least = Double.infinity
    for index in 0..<directions {
      let angle = 2 * .pi * Double(index) / Double(directions)
      let direction = Vector2(cos(angle), sin(angle))
      // No nearer than this may a part be to the target: first by what reaches farthest along the direction, which is
      // safe, then by the true distance.
      let near = targetOutline.support(along: direction) - center.dot(direction)
      var parts = [(outline: outline, gap: besideGap)]
      if targetMeetsFingers { parts += fingers.map { ($0, fingerGap) } }
      let safe = parts.reduce(0) {
        max($0, near + $1.outline.support(along: -direction) + $1.gap)
      }
      let spare = parts.reduce(Double.infinity) {
        let there = $1.outline.moved(by: center + safe * direction)
        return min($0, there.distance(to: targetOutline) - $1.gap)
      }
      let spot = center + (safe - max(0, spare)) * direction
      var cost = (spot - held).length + 20 * scene.outside(spot)
      guard cost < least else { continue }
      let there = outline.moved(by: spot)
      let distance = there.distance(to: targetOutline)
      cost += farther * max(0, distance - besideGap - leeway)
      if distance > clearance - nearMargin { cost += 1 }
      let opened = fingers.map { $0.moved(by: spot) }
      let room = others.reduce((object: besideGap, finger: fingerGap)) { room, other in
        (
          object: min(room.object, other.outline.distance(to: there)),
          finger: !other.meetsFingers
            ? room.finger
            : opened.reduce(room.finger) { min($0, other.outline.distance(to: $1)) }
        )
      }
      cost += 20 * max(0, besideGap - 0.004 - room.object) + 20 * (fingerGap - room.finger)
      if cost < least { (least, best) = (cost, spot) }
    }
    return best
  }
}
