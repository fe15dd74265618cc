import Geometry

/// A part of an image that is shown at the whole image's size; beyond the image its edges are repeated.
///
/// As `tf.image.crop_and_resize` does it (bilinear, the outermost pixels' centres aligned): shares are of the distance
/// between the first and the last pixel's centre.
public struct ImageCrop: Hashable, Sendable {
  /// Where the part begins, and how long its sides are, as shares of the image's.
  public var left: Double
  public var top: Double
  public var side: Double

  public init(left: Double, top: Double, side: Double) {
    (self.left, self.top, self.side) = (left, top, side)
  }

  /// The middle with so large a share of the area: what policies see that were trained with random crops.
  public static func center(area: Double) -> ImageCrop {
    let side = Double(Float(min(1, max(0, area)).squareRoot()))
    return ImageCrop(left: (1 - side) / 2, top: (1 - side) / 2, side: side)
  }

  /// Where a point of the whole image is in the part, both as fractions of width and height.
  ///
  /// - Parameters:
  ///   - width: of the image [pixels].
  ///   - height: of the image [pixels].
  public func point(_ point: Vector2, width: Int, height: Int) -> Vector2 {
    func moved(_ fraction: Double, _ start: Double, _ count: Int) -> Double {
      let last = Double(count - 1)
      let place = (fraction * Double(count) - 0.5 - start * last) / side
      return (place + 0.5) / Double(count)
    }
    return Vector2(moved(point.x, left, width), moved(point.y, top, height))
  }

  /// Where a point of the part is in the whole image: undoes `point`.
  public func wholePoint(_ point: Vector2, width: Int, height: Int) -> Vector2 {
    func moved(_ fraction: Double, _ start: Double, _ count: Int) -> Double {
      let place = (fraction * Double(count) - 0.5) * side + start * Double(count - 1)
      return (place + 0.5) / Double(count)
    }
    return Vector2(moved(point.x, left, width), moved(point.y, top, height))
  }

  /// The pixel of the whole image that is nearest to each pixel of the part along an axis.
  public func nearest(_ count: Int, from start: Double) -> [Int] {
    let last = Double(count - 1)
    return (0..<count).map { index in
      min(count - 1, max(0, Int((start * last + Double(index) * side).rounded())))
    }
  }

  /// Two neighbours of the whole image and the share of the second, for each pixel of the part along an axis.
  private func neighbours(_ count: Int, from start: Double) -> [(low: Int, high: Int, share: Float)]
  {
    let (start, side) = (Float(start), Float(side))
    return (0..<count).map { index in
      let last = Float(count - 1)
      let place =
        count > 1
        ? start * last + Float(index) * (side * last / last) : 0.5 * (2 * start + side) * last
      let low = min(count - 1, max(0, Int(place.rounded(.down))))
      return (low, min(count - 1, low + 1), min(1, max(0, place - Float(low))))
    }
  }

  /// The part of an image in [0, 1], at its size: `[height, width, 3]`.
  func values(of image: Image) -> [Float] {
    let (rows, columns) = (
      neighbours(image.height, from: top), neighbours(image.width, from: left)
    )
    let width = image.width
    return [Float](unsafeUninitializedCapacity: image.pixels.count) { values, count in
      image.pixels.withUnsafeBufferPointer { pixels in
        for (y, row) in rows.enumerated() {
          for (x, column) in columns.enumerated() {
            for channel in 0..<3 {
              func value(_ y: Int, _ x: Int) -> Float {
                Float(pixels[(y * width + x) * 3 + channel]) / 255
              }
              let top =
                value(row.low, column.low)
                + (value(row.low, column.high) - value(row.low, column.low)) * column.share
              let bottom =
                value(row.high, column.low)
                + (value(row.high, column.high) - value(row.high, column.low)) * column.share
              values[(y * width + x) * 3 + channel] = top + (bottom - top) * row.share
            }
          }
        }
      }
      count = image.pixels.count
    }
  }
}

extension Image {
  /// A part of the image at the image's size.
  public func cropped(_ crop: ImageCrop) -> Image { Image(crop.values(of: self), like: self) }

  /// An image of values that are clipped to [0, 1] and stored as `tf.image.convert_image_dtype(…, saturate=True)` does.
  init(_ values: [Float], like image: Image) {
    self.init(
      height: image.height, width: image.width,
      pixels: values.map { UInt8(min(255, min(1, max(0, $0)) * 255.5)) })
  }
}
