import Foundation
import Geometry
import Simulation

/// Where a held object shall be let go: a spot of the plane, and the height of what will carry it there.
struct Destination {
  /// Where the object's center of mass shall be, world frame [m].
  var position: Vector2
  /// The height that the object is lowered onto, or dropped from above [m].
  var supportHeight: Double

  init(of goal: Goal, in world: World, scene: EpisodeScene) {
    guard let target = goal.target else {
      position = world.worldFromGripper(in: scene.tabletop).translation.xy
      supportHeight = 0
      return
    }
    if goal.family.ending == .onTarget {
      let body = scene.tabletop.bodies[target]
      position = (world.worldFromBody[target] * body.centerOfMass).xy
      supportHeight = scene.top(of: target, in: world)
      if let cavity = body.cavity, goal.family.needsHollowTarget,
        let spot = Self.spot(in: cavity, of: target, for: goal.object, in: world, scene: scene)
      {
        position = spot
        supportHeight = world.worldFromBody[target].translation.z + cavity.floor
      }
    } else {
      position = Self.spot(
        beside: target, for: goal.object, within: goal.family.nearClearance, in: world,
        scene: scene)
      supportHeight = 0
    }
  }

  /// The free spot of a wide hollow that is nearest to its middle; nil for one that is too narrow for a hand.
  private static func spot(
    in cavity: Cavity, of target: Int, for object: Int, in world: World, scene: EpisodeScene
  ) -> Vector2? {
    let gripper = scene.tabletop.gripper
    let hand = gripper.maximumOpening / 2 + 2 * gripper.fingerHalfThickness
    let pose = world.worldFromBody[target]
    let walls = ConvexPolygon(hullOf: cavity.footprint.map { (pose * Vector3($0, z: 0)).xy })
    guard [Vector2(1, 0), Vector2(0, 1)].allSatisfy({ walls.width(along: $0) > 4 * hand }) else {
      return nil
    }
    let held = (world.worldFromBody[object] * scene.tabletop.bodies[object].centerOfMass).xy
    let outline = scene.outline(of: object, in: world).moved(by: -held)
    let others = scene.objects.indices.filter { $0 != target && $0 != object }
      .map { scene.outline(of: $0, in: world) }
    let middle = walls.centroid
    for ring in 0..<8 {
      for index in 0..<(ring == 0 ? 1 : directions) {
        let angle = 2 * .pi * Double(index) / Double(directions)
        let spot = middle + 0.02 * Double(ring) * Vector2(cos(angle), sin(angle))
        let there = outline.moved(by: spot)
        let isInside = [Vector2(1, 0), Vector2(-1, 0), Vector2(0, 1), Vector2(0, -1)]
          .allSatisfy { walls.support(along: $0) - spot.dot($0) > hand }
        if isInside, others.allSatisfy({ $0.isClear(of: there, by: gap) }) { return spot }
      }
    }
    return middle
  }

  /// The gap that is left between an object and what lies in the hollow already [m]: room for an opening finger.
  private static let gap = 0.034
  static let directions = 24
}

extension EpisodeScene {
  /// A body's outline seen from above.
  func outline(of body: Int, in world: World) -> ConvexPolygon {
    let pose = world.worldFromBody[body]
    if (pose.rotation * Vector3.unitZ).z > 0.999 {
      return objects[body].model.outline.turned(
        by: pose.rotation.rollPitchYaw.yaw, movedBy: pose.translation.xy)
    }
    return ConvexPolygon(
      hullOf: tabletop.bodies[body].prisms.flatMap { prism in
        prism.footprint.flatMap { corner in
          [prism.bottom, prism.top].map { (pose * Vector3(corner, z: $0)).xy }
        }
      })
  }

  /// The highest point of a body [m].
  func top(of body: Int, in world: World) -> Double {
    let pose = world.worldFromBody[body]
    return tabletop.bodies[body].prisms.reduce(-.infinity) { highest, prism in
      prism.footprint.reduce(highest) { highest, corner in
        max(
          highest, (pose * Vector3(corner, z: prism.top)).z,
          (pose * Vector3(corner, z: prism.bottom)).z)
      }
    }
  }

  /// How far a spot of the table is outside the hand's reach [m].
  func outside(_ spot: Vector2) -> Double {
    let base = tabletop.worldFromBase.translation.xy
    let low = tabletop.workspace.min.xy + base
    let high = tabletop.workspace.max.xy + base
    return max(0, low.x - spot.x) + max(0, spot.x - high.x) + max(0, low.y - spot.y)
      + max(0, spot.y - high.y)
  }
}
