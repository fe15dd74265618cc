import Foundation
import Geometry

/// A camera worked out for the shaders and for an image's size.
struct View {
  let clipFromWorld: Matrix4
  let eye: SIMD3<Float>
  private let camera: Camera
  private let cameraFromWorld: RigidTransform
  private let focalPixels: Double

  /// Whether the image is drawn upside down, so that its rows are stored from the top.
  let isTopDown: Bool

  /// - Parameter height: the height of the image that is looked at, which sets the level of detail,
  ///   whatever the number of samples it is averaged from.
  init(_ camera: Camera, width: Int, height: Int, isTopDown: Bool) {
    self.camera = camera
    self.isTopDown = isTopDown
    cameraFromWorld = camera.worldFromCamera.inverse
    let flip = Matrix4(diagonal: SIMD4(1, isTopDown ? -1 : 1, 1, 1))
    clipFromWorld =
      flip
      * Matrix4(
        perspectiveWithVerticalFieldOfView: camera.verticalFieldOfView,
        aspectRatio: Double(width) / Double(height), near: camera.nearDistance,
        far: camera.farDistance)
      * Matrix4(cameraFromWorld)
    eye = SIMD3(camera.worldFromCamera.translation)
    focalPixels = Double(height) / 2 / tan(camera.verticalFieldOfView / 2)
  }

  /// Pixels that a meter across the view spans where this point is.
  func pixelsPerMeter(at worldPoint: Vector3) -> Double {
    focalPixels / max(-(cameraFromWorld * worldPoint).z, camera.nearDistance)
  }
}

extension Background {
  /// Its linear colors at the upper and lower edge of clip space.
  func colors(from view: View) -> (top: SIMD3<Float>, bottom: SIMD3<Float>) {
    view.isTopDown ? (bottom.linear, top.linear) : (top.linear, bottom.linear)
  }
}
