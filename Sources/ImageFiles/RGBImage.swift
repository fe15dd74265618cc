/// A decoded picture: `[height, width, 3]`, 8 bits, sRGB-encoded, row-major from the top left.
public struct RGBImage: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let pixels: [UInt8]

  /// - Precondition: `pixels` holds `height * width * 3` bytes.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(pixels.count == height * width * 3, "\(height)×\(width) against \(pixels.count)")
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  /// Neither side of a picture may be longer: a header can claim any size, memory can't follow.
  static let longestSide = 1 << 16
  /// Nor may a picture have more pixels, as many as 8192×8192: a progressive JPEG takes twelve bytes for each.
  static let largestPixelCount = 1 << 26
}

/// A picture file that can't be read or written.
public struct ImageFileError: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}
