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

  /// Those of openvla-7b's two encoders.
  public static let defaultNormalizations: [Normalization] = [.dino, .sigLIP]

  /// How an image of another size or shape is made to fit.
  public enum Strategy: String, Hashable, Sendable, Codable {
    /// Stretched.
    case naive = "resize-naive"
    /// Made square by margins of one colour, then as `crop`: an odd margin leaves a pixel to cut off.
    case letterbox
    /// The shorter side resized, then the middle cut out.
    case crop = "resize-crop"
  }

  public let height: Int
  public let width: Int
  public let normalizations: [Normalization]
  public let strategy: Strategy
  public let filter: ResamplingFilter
  /// Red, green and blue of a letterbox's margins: the last encoder's mean, as the published processor has it.
  public let marginColor: [UInt8]
  /// What is done to observations' images first.
  public var preparation = ImagePreparation()

  public init(
    height: Int, width: Int, normalizations: [Normalization] = defaultNormalizations,
    strategy: Strategy = .naive, filter: ResamplingFilter = .bicubic, marginColor: [UInt8]? = nil
  ) {
    self.height = height
    self.width = width
    self.normalizations = normalizations
    self.strategy = strategy
    self.filter = filter
    self.marginColor =
      marginColor
      ?? (normalizations.last ?? .sigLIP).mean.map { UInt8(min(255, max(0, $0 * 255))) }
  }

  /// The image at the model's size.
  public func fitted(_ image: Image) -> Image {
    guard image.height != height || image.width != width else { return image }
    let picture = RGBImage(image)
    func cropped(_ picture: RGBImage) -> RGBImage {
      picture.resized(shorterSide: width, filter: filter)
        .centerCropped(height: height, width: width)
    }
    let fitted =
      switch strategy {
      case .naive: picture.resized(height: height, width: width, filter: filter)
      case .letterbox: cropped(picture.letterboxed(fill: marginColor))
      case .crop: cropped(picture)
      }
    return Image(fitted)
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

  /// How many times longer than wide an image may be that is made square.
  private static let longestShape = 64

  /// The pixel values of observations' images, fitted where they are of another size.
  ///
  /// - Throws: `PolicyError` where an image has no pixels, or is so long that fitting it takes more memory than it should.
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
      let (long, short) = (max(image.height, image.width), min(image.height, image.width))
      guard strategy == .naive || long / short < Self.longestShape else {
        throw PolicyError.failed(
          "an image of \(image.height)×\(image.width) is too long to be made square")
      }
      pixels += fitted(preparation.prepared(image)).pixels
    }
    return input(pixels, count: images.count)
  }
}
