import Foundation
import Geometry
import Simulation

/// Whether open fingers fit between an object and its neighbors, and how far they may open where they do not.
struct FingerRoom {
  let scene: EpisodeScene
  let world: World
  /// What shall be grasped.
  let around: Int
  /// Where the fingertips shall be.
  let at: Vector3

  init(scene: EpisodeScene, world: World, around: Int, at: Vector3) {
    self.scene = scene
    self.world = world
    self.around = around
    self.at = at
  }

  /// Half of what is left of the opening beyond the width, where fingers have to squeeze in [m].
  private static let squeeze = 0.010

  /// Fingertips this far below a thing's top pass over it [m].
  static let overlook = 0.005

  /// Both fingers of a wide open hand that points down, seen from above.
  ///
  /// - Parameter closing: the direction in which the fingers close, of length 1.
  static func openFingers(
    of gripper: Gripper, at place: Vector2, closing: Vector2
  ) -> [ConvexPolygon] {
    let side = Vector2(-closing.y, closing.x) * gripper.fingerHalfWidth
    let inner = gripper.maximumOpening / 2
    let outer = inner + 2 * gripper.fingerHalfThickness
    return [closing, -closing].map { direction in
      let near = place + inner * direction
      let far = place + outer * direction
      return ConvexPolygon(hullOf: [near + side, near - side, far + side, far - side])
    }
  }

  /// The opening to come with, as a fraction of the widest: 1 unless a finger would land on a neighbor.
  func opening(width: Double, hand: RigidTransform, turn: Double) -> Double {
    let gripper = scene.tabletop.gripper
    let axis = hand.rotation.columns.y
    let angle = atan2(axis.y, axis.x) + turn
    let fingers = Self.openFingers(
      of: gripper, at: at.xy, closing: Vector2(cos(angle), sin(angle)))
    let isBlocked = scene.objects.indices.contains { other in
      other != around && scene.top(of: other, in: world) > at.z - Self.overlook
        && !carries(other)
        && fingers.contains { !$0.isClear(of: scene.outline(of: other, in: world), by: 1e-4) }
    }
    return isBlocked ? min(1, (width + 2 * Self.squeeze) / gripper.maximumOpening) : 1
  }

  /// Whether a body is what the object stands on or in: fingers come down inside of it.
  private func carries(_ other: Int) -> Bool {
    world.supporter(of: around, in: scene.tabletop) == .body(other)
  }
}
