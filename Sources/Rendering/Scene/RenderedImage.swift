/// A drawn picture: `[height, width, 3]`, 8 bits, sRGB-encoded, row-major from the top left.
public struct RenderedImage: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let pixels: [UInt8]

  /// - Precondition: `pixels` holds `height * width * 3` bytes.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == height * width * 3,
      "an image of \(height)×\(width) holds \(height * width * 3) bytes, not \(pixels.count)")
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  /// Red, green and blue of the pixel in this row from the top and column from the left.
  public subscript(row: Int, column: Int) -> SIMD3<UInt8> {
    let start = (row * width + column) * 3
    return SIMD3(pixels[start], pixels[start + 1], pixels[start + 2])
  }
}

/// Which instance each pixel's center shows: `[height, width]`, row-major from the top left, 0 for none.
public struct LabelImage: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let labels: [UInt16]

  /// - Precondition: `labels` holds `height * width` numbers.
  public init(height: Int, width: Int, labels: [UInt16]) {
    precondition(
      labels.count == height * width, "labels of \(height)×\(width), not \(labels.count)")
    self.height = height
    self.width = width
    self.labels = labels
  }

  /// The label of the pixel in this row from the top and column from the left.
  public subscript(row: Int, column: Int) -> UInt16 { labels[row * width + column] }
}

/// How far along the view axis what each pixel's center shows is [m], as a camera's depth image:
/// `[height, width]`, row-major from the top left; infinite where nothing is.
public struct DepthImage: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let distances: [Float]

  /// The distance at the pixel in this row from the top and column from the left.
  public subscript(row: Int, column: Int) -> Float { distances[row * width + column] }
}
