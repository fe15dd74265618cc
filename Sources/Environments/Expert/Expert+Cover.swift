import Foundation
import Geometry
import Simulation

/// Covering: the cloth is taken by its middle, carried hanging over all that stands about, let down over the body, let go.
extension Expert {
  /// The fingers close this high over the table on what lies flat [m].
  private static let pinchHeight = 0.008
  /// What is left between a hanging hem and what it is carried over [m].
  private static let hemRoom = 0.02
  /// The hand lets go this high over the top of what is covered [m].
  private static let dropHeight = 0.03

  func cover(_ body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    guard let cloth = world.cloths.first, let kind = scene.cloths.first?.kind else {
      return Choice(
        command: move(hand, by: .zero, turningTo: hand.rotation, gripper: 1), subgoal: .zero)
    }
    guard cloth.held != nil else {
      let place = Vector3(cloth.position, z: Self.pinchHeight)
      let distance = (place - hand.translation).xy.length
      let height = place.z + min(max(0, Self.travelHeight - place.z), funnel(distance))
      // Fingers that are shut already have hold of nothing.
      let isThere =
        distance < Self.zone && hand.translation.z - place.z < Self.pinchHeight / 2
        && world.gripperOpening > Self.widthToSpare
      return Choice(
        command: servo(
          hand, to: Vector3(place.xy, z: height), turn: 0, gripper: isThere ? 0 : 1),
        subgoal: place)
    }
    let center = (world.worldFromBody[body] * scene.tabletop.bodies[body].centerOfMass).xy
    let top = scene.top(of: body, in: world)
    let tallest = scene.objects.indices.reduce(0) { max($0, scene.top(of: $1, in: world)) }
    let hanging = min(kind.model.size.x, kind.model.size.y) / 2
    let release = top + Self.dropHeight
    let travel = max(release, tallest + hanging + Self.hemRoom)
    let distance = (center - hand.translation.xy).length
    // Straight down only when over it: a hem that is let down aside meets what stands there.
    let height = release + min(travel - release, 2 * funnel(distance))
    let isThere = distance < Self.zone && hand.translation.z - release < Self.zone
    return Choice(
      command: servo(hand, to: Vector3(center, z: height), turn: 0, gripper: isThere ? 1 : 0),
      subgoal: Vector3(center, z: top))
  }
}
