import EnvironmentInterface
import ImageFiles
import Networks
import Torch

/// Images as a vision backbone wants them: resized, in [0, 1], then one copy per encoder normalised with its own mean
/// and deviation, stacked along the channels (DINOv2's first).
///
/// As the published `PrismaticImageProcessor`; the constants are those that `openvla-7b`'s preprocessor file holds.
public struct ImageProcessor: Hashable, Sendable {
  /// Mean and standard deviation of red, green, blue for one encoder.
  public struct Normalization: Hashable, Sendable, Codable {
    public var mean: [Float]
    public var std: [Float]

    public init(mean: [Float], std: [Float]) {
      self.mean = mean
      self.std = std
    }

    /// ImageNet's, rounded to bfloat16 as in the published preprocessor file.
    public static let dino = Normalization(
      mean: [0.484375, 0.455078125, 0.40625], std: [0.228515625, 0.2236328125, 0.224609375])
    public static let sigLIP = Normalization(mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
  }

  /// How an image of another size or shape is made to fit.
  public enum Strategy: String, Hashable, Sendable, Codable {
    /// Stretched.
    case naive = "resize-naive"
    /// Made square by margins of the first encoder's mean colour, then resized.
    case letterbox
    /// The shorter side resized, then the middle cut out.
    case crop = "resize-crop"
  }

  public let height: Int
  public let width: Int
  public let normalizations: [Normalization]
  public let strategy: Strategy
  public let filter: ResamplingFilter
  /// What is done to observations' images first.
  public var preparation = ImagePreparation()

  public init(
    height: Int, width: Int, normalizations: [Normalization] = [.dino, .sigLIP],
    strategy: Strategy = .naive, filter: ResamplingFilter = .bicubic
  ) {
    self.height = height
    self.width = width
    self.normalizations = normalizations
    self.strategy = strategy
    self.filter = filter
  }

  /// The image at the model's size.
  public func fitted(_ image: Image) -> Image {
    guard image.height != height || image.width != width else { return image }
    let picture = RGBImage(height: image.height, width: image.width, pixels: image.pixels)
    let fitted =
      switch strategy {
      case .naive: picture.resized(height: height, width: width, filter: filter)
      case .letterbox:
        picture.letterboxed(fill: marginColor)
          .resized(height: height, width: width, filter: filter)
      case .crop:
        picture.resized(shorterSide: width, filter: filter)
          .centerCropped(height: height, width: width)
      }
    return Image(height: height, width: width, pixels: fitted.pixels)
  }

  private var marginColor: [UInt8] {
    (normalizations.first ?? .dino).mean.map { UInt8(min(255, max(0, $0 * 255))) }
  }

  /// `[B, 3 · encoders, height, width]` float32 of images that have the model's size already.
  ///
  /// - Parameter pixels: `[B, height, width, 3]`, 8 bits.
  public func pixelValues(_ pixels: [UInt8], count: Int) -> Tensor {
    input(pixels, count: count).normalized
  }

  private func input(_ pixels: [UInt8], count: Int) -> VisionInput {
    .raw(
      Tensor(pixels, shape: [count, height, width, 3]),
      normalizations.map { PixelNormalization(mean: $0.mean, std: $0.std) })
  }

  /// The pixel values of observations' images, fitted where they are of another size.
  ///
  /// - Throws: `PolicyError` where an image has no pixels.
  public func pixelValues(of images: [Image]) throws(PolicyError) -> Tensor {
    try input(of: images).normalized
  }

  /// The same images, for a network to normalize as suits it.
  ///
  /// - Throws: `PolicyError` where an image has no pixels.
  public func input(of images: [Image]) throws(PolicyError) -> VisionInput {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(images.count * height * width * 3)
    for image in images {
      guard image.height > 0, image.width > 0 else {
        throw PolicyError.failed("an image of \(image.height)×\(image.width) shows nothing")
      }
      pixels += fitted(preparation.prepared(image)).pixels
    }
    return input(pixels, count: images.count)
  }
}
