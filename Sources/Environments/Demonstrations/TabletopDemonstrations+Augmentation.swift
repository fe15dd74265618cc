import EnvironmentInterface
import RandomNumbers
import Rendering

/// Images as they are learned from: cropped and coloured anew, with points and labels of what is shown.
extension TabletopDemonstrations {
  /// What is done to a frame's image; nil for nothing.
  func augmentation(of request: DemonstrationRequest, stream: RandomStream) -> ImageAugmentation? {
    switch request.augmentation {
    case .none: return nil
    case .centered: return .centered
    case .random:
      var source = stream.named("augmentation")
      return ImageAugmentation(&source)
    case .shifted:
      var source = stream.named("augmentation")
      return .shifted(&source)
    }
  }
}

extension LabelImage {
  /// The labels of a part of the image, at the image's size.
  func cropped(_ crop: ImageCrop) -> LabelImage {
    let columns = crop.nearest(width, from: crop.left)
    let rows = crop.nearest(height, from: crop.top)
    return LabelImage(
      height: height, width: width,
      labels: rows.flatMap { row in columns.map { self[row, $0] } })
  }
}
