import Torch

/// The sizes of one vision transformer.
///
/// Published checkpoints imply them by timm model id and tensor shapes (`PublishedVision`); networks of our own list
/// them in `config.json` under `trestle.vision`.
public struct VisionTransformerConfiguration: Codable, Sendable, Hashable {
  /// Side of the square input [pixels].
  public var imageSize: Int
  /// Side of a square patch [pixels]; divides `imageSize`.
  public var patchSize: Int
  /// Channels after each of the two early convolutions (`ConvolutionalStem`); nil embeds patches of pixels, as published.
  public var stem: [Int]?
  public var width: Int
  /// Blocks of the whole transformer; those after `featureBlock` are neither built nor computed.
  public var depth: Int
  public var heads: Int
  public var mlpWidth: Int
  public var hasClassToken: Bool
  public var registerTokenCount: Int
  /// Whether class and register tokens have positions of their own, as in CLIP; else the patches alone have.
  public var prefixHasPositions: Bool
  /// Whether a norm precedes the blocks, as in CLIP; the patch embedding has no bias then.
  public var hasPreNorm: Bool
  public var hasLayerScale: Bool
  /// Between the two layers of each block's MLP.
  public var activation: Activation
  /// Of every layer norm.
  public var normEpsilon: Double
  /// The block whose output is the feature, counted from 0; OpenVLA takes the second-to-last.
  public var featureBlock: Int

  public init(
    imageSize: Int = 224, patchSize: Int = 28, stem: [Int]? = nil, width: Int = 128, depth: Int = 4,
    heads: Int = 4,
    mlpWidth: Int? = nil, hasClassToken: Bool = false, registerTokenCount: Int = 0,
    prefixHasPositions: Bool = false, hasPreNorm: Bool = false, hasLayerScale: Bool = false,
    activation: Activation = .gelu, normEpsilon: Double = 1e-6, featureBlock: Int? = nil
  ) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.stem = stem
    self.width = width
    self.depth = depth
    self.heads = heads
    // A file may hold any number; what is out of range is for `validate` to say.
    self.mlpWidth = mlpWidth ?? 4 * min(max(0, width), Int.max / 4)
    self.hasClassToken = hasClassToken
    self.registerTokenCount = registerTokenCount
    self.prefixHasPositions = prefixHasPositions
    self.hasPreNorm = hasPreNorm
    self.hasLayerScale = hasLayerScale
    self.activation = activation
    self.normEpsilon = normEpsilon
    self.featureBlock = featureBlock ?? max(2, depth) - 2
  }

  /// Patches per side; pixels beyond the last whole patch are not looked at, as in timm.
  public var gridSize: Int { imageSize / max(1, patchSize) }
  public var patchCount: Int { gridSize * gridSize }
  /// Tokens before the patches.
  public var prefixTokenCount: Int { (hasClassToken ? 1 : 0) + registerTokenCount }
  /// Tokens that have a position.
  public var positionCount: Int { patchCount + (prefixHasPositions ? prefixTokenCount : 0) }

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case patchSize = "patch"
    case stem, width, depth, heads
    case mlpWidth = "mlp_width"
    case hasClassToken = "class_token"
    case registerTokenCount = "register_tokens"
    case prefixHasPositions = "prefix_positions"
    case hasPreNorm = "pre_norm"
    case hasLayerScale = "layer_scale"
    case activation
    case normEpsilon = "norm_eps"
    case featureBlock = "feature_block"
  }

  public init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      imageSize: try values.decodeIfPresent(Int.self, forKey: .imageSize) ?? 224,
      patchSize: try values.decode(Int.self, forKey: .patchSize),
      stem: try values.decodeIfPresent([Int].self, forKey: .stem),
      width: try values.decode(Int.self, forKey: .width),
      depth: try values.decode(Int.self, forKey: .depth),
      heads: try values.decode(Int.self, forKey: .heads),
      mlpWidth: try values.decodeIfPresent(Int.self, forKey: .mlpWidth),
      hasClassToken: try values.decodeIfPresent(Bool.self, forKey: .hasClassToken) ?? false,
      registerTokenCount: try values.decodeIfPresent(Int.self, forKey: .registerTokenCount) ?? 0,
      prefixHasPositions: try values.decodeIfPresent(Bool.self, forKey: .prefixHasPositions)
        ?? false,
      hasPreNorm: try values.decodeIfPresent(Bool.self, forKey: .hasPreNorm) ?? false,
      hasLayerScale: try values.decodeIfPresent(Bool.self, forKey: .hasLayerScale) ?? false,
      activation: try values.decodeIfPresent(Activation.self, forKey: .activation) ?? .gelu,
      normEpsilon: try values.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? 1e-6,
      featureBlock: try values.decodeIfPresent(Int.self, forKey: .featureBlock))
  }

  /// Throws where the sizes do not fit together.
  func validate() throws {
    func check(_ condition: Bool, _ message: String) throws {
      if !condition { throw TorchError("vision transformer: \(message)") }
    }
    let sizes: [(CodingKeys, Int)] = [
      (.imageSize, imageSize), (.patchSize, patchSize), (.width, width), (.depth, depth),
      (.heads, heads), (.mlpWidth, mlpWidth),
    ]
    for (key, size) in sizes {
      try check(
        (1...1 << 20).contains(size), "\(key.rawValue) is \(size); 1 to 1048576 are possible")
    }
    try check(
      (0...1 << 20).contains(registerTokenCount),
      "register_tokens is \(registerTokenCount); 0 to 1048576 are possible")
    try check(patchSize <= imageSize, "patch \(patchSize) exceeds image_size \(imageSize)")
    if let stem {
      try check(
        stem.count == 2 && stem.allSatisfy { (1...1 << 12).contains($0) },
        "stem is \(stem); two widths from 1 to 4096 are needed")
      try check(
        patchSize.isMultiple(of: ConvolutionalStem.stride) && imageSize.isMultiple(of: patchSize),
        "a stem needs a patch that divides image_size and is a multiple of \(ConvolutionalStem.stride), not \(patchSize)"
      )
      try check(!hasPreNorm, "a stem and pre_norm do not go together")
    }
    try check(normEpsilon > 0, "norm_eps must be positive")
    try check(width.isMultiple(of: heads), "heads \(heads) does not divide width \(width)")
    try check(
      (0..<depth).contains(featureBlock), "feature_block \(featureBlock) is not in 0..<\(depth)")
  }

  /// Throws where patches leave a margin of the image unseen, which a network of our own has no reason for.
  func validateMargin() throws {
    guard imageSize.isMultiple(of: max(1, patchSize)) else {
      throw TorchError(
        "vision transformer: patch \(patchSize) does not divide image_size \(imageSize)")
    }
  }
}
