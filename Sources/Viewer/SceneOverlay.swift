internal import CImGui
import Foundation
import Geometry
import Rendering

/// Lines over a scene: where the gripper is sent, and where objects begin.
struct SceneOverlay {
  let camera: Camera
  let place: ViewerLayout.Rectangle

  /// An action is drawn so many times as long as it is: a step is a few centimetres at most.
  private static let magnification = 4.0
  private static let head = (length: 11.0, width: 6.0)

  /// Where a point of the world is in the window; nil behind the camera.
  func point(_ world: Vector3) -> Vector2? {
    let aspect = Double(place.width) / Double(place.height)
    guard let seen = camera.project(world, aspectRatio: aspect) else { return nil }
    return Vector2(
      Double(place.x) + seen.x * Double(place.width),
      Double(place.y) + seen.y * Double(place.height))
  }

  func begin() {
    CImGui_beginClip(
      false, Float(place.x), Float(place.y), Float(place.width), Float(place.height))
  }

  func end() { CImGui_endClip(false) }

  /// An arrow from the fingertips to where they are sent.
  func draw(_ action: ViewerAction) {
    guard let start = point(action.start),
      let end = point(action.start + (action.end - action.start) * Self.magnification)
    else { return }
    let way = end - start
    let length = (way.x * way.x + way.y * way.y).squareRoot()
    CImGui_disk(false, Float(start.x), Float(start.y), 4, ViewerInk.amber)
    guard length > 4 else { return }
    line([start, end], ViewerInk.amber, thickness: 3)
    let ahead = Vector2(way.x / length, way.y / length)
    let aside = Vector2(-ahead.y, ahead.x)
    let (size, back) = (Self.head, min(Self.head.length, length))
    line(
      [
        end - ahead * back + aside * size.width, end, end - ahead * back - aside * size.width,
      ], ViewerInk.amber, thickness: 3)
  }

  /// The outline of a region.
  func draw(region corners: [Vector3]) {
    let points = corners.compactMap(point)
    guard points.count == corners.count, points.count > 2 else { return }
    line(points, ViewerInk.blue, thickness: 2, isClosed: true)
  }

  /// What is written in the scene's corner.
  func draw(title: String, _ ink: UInt32) {
    CImGui_plate(false, Float(place.x) + 12, Float(place.y) + 12, title, ink)
  }

  private func line(
    _ points: [Vector2], _ ink: UInt32, thickness: Float, isClosed: Bool = false
  ) {
    let numbers = points.flatMap { [Float($0.x), Float($0.y)] }
    CImGui_lines(false, numbers, Int32(points.count), isClosed, thickness, ink)
  }
}
