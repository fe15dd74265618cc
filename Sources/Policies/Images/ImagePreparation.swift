import EnvironmentInterface
import Geometry
import ImageFiles

/// What published evaluations do to an image before the checkpoint's own processor sees it
/// (`experiments/robot/openvla_utils.py` and `libero_utils.py` of the published code), without their JPEG step.
public struct ImagePreparation: Hashable, Sendable {
  /// Resizes to 224 × 224 by Lanczos first, as training data was.
  public var resizesByLanczos: Bool
  /// Keeps the middle 0.9 of the area, for checkpoints that were trained with random crops.
  public var cropsCenter: Bool

  public init(resizesByLanczos: Bool = false, cropsCenter: Bool = false) {
    self.resizesByLanczos = resizesByLanczos
    self.cropsCenter = cropsCenter
  }

  func prepared(_ image: Image) -> Image {
    guard resizesByLanczos || cropsCenter else { return image }
    var picture = RGBImage(image)
    if resizesByLanczos { picture = picture.lanczosResized(height: 224, width: 224) }
    if cropsCenter { picture = picture.centerCropped(area: ImageAugmentation.area) }
    return Image(picture)
  }

  /// Where a point of an image is in what is left of it, both as fractions of width and height.
  func seen(_ point: Vector2, of image: Image) -> Vector2 {
    guard cropsCenter else { return point }
    return ImageCrop.center(area: ImageAugmentation.area)
      .point(point, width: image.width, height: image.height)
  }

  /// Where a point of what is left is in the image: undoes `seen`.
  func whole(_ point: Vector2, of image: Image) -> Vector2 {
    guard cropsCenter else { return point }
    return ImageCrop.center(area: ImageAugmentation.area)
      .wholePoint(point, width: image.width, height: image.height)
  }
}
