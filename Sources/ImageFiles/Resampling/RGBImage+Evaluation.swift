import EnvironmentInterface

/// What the published evaluation scripts do to a camera image before the model's own preprocessing, with TensorFlow.
extension RGBImage {
  /// The picture at another size by antialiased Lanczos resampling in float32, rounded at the end, as
  /// `tf.image.resize(…, method="lanczos3", antialias=True)`, rounding and clipping make it.
  ///
  /// - Precondition: both sides are positive.
  public func lanczosResized(height: Int, width: Int) -> RGBImage {
    precondition(height > 0 && width > 0, "\(height)×\(width) is no size")
    let rows = ResamplingTaps.all(from: self.height, to: height, .lanczos3)
    let columns = ResamplingTaps.all(from: self.width, to: width, .lanczos3)
    let rowLength = self.width * 3
    var narrow = [Float](repeating: 0, count: height * rowLength)
    for (y, tap) in rows.enumerated() {
      for (step, weight) in tap.weights.enumerated() {
        let source = (tap.first + step) * rowLength
        for offset in 0..<rowLength {
          narrow[y * rowLength + offset] += Float(weight) * Float(pixels[source + offset])
        }
      }
    }
    var result = [UInt8](repeating: 0, count: height * width * 3)
    for y in 0..<height {
      for (x, tap) in columns.enumerated() {
        for channel in 0..<3 {
          var sum: Float = 0
          for (step, weight) in tap.weights.enumerated() {
            sum += Float(weight) * narrow[y * rowLength + (tap.first + step) * 3 + channel]
          }
          let rounded = min(255, max(0, sum.rounded(.toNearestOrEven)))
          result[(y * width + x) * 3 + channel] = UInt8(rounded)
        }
      }
    }
    return RGBImage(height: height, width: width, pixels: result)
  }

  /// The middle of the picture by area, at the picture's own size: what a checkpoint that was trained with random crops
  /// sees when it is evaluated.
  ///
  /// As `tf.image.crop_and_resize` (bilinear, corners aligned) on values in [0, 1], stored back with
  /// `convert_image_dtype`.
  ///
  /// - Parameter area: The share of the area that is kept, above 0 and at most 1.
  public func centerCropped(area: Double) -> RGBImage {
    RGBImage(Image(self).cropped(.center(area: area)))
  }
}
