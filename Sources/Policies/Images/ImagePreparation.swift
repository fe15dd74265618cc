import EnvironmentInterface
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
    if cropsCenter { picture = picture.centerCropped(area: 0.9) }
    return Image(picture)
  }
}
