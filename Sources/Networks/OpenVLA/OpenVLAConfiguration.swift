import Foundation
import Torch

/// What `config.json` says of an OpenVLA network, published or our own.
///
/// The published file names timm models and leaves sizes to them and to Llama-2-7B's defaults. A network
/// of our own spells its sizes out under the key `trestle` and in `text_config`. Keys that this type does
/// not know, such as `norm_stats`, are left to others: see `OpenVLA.save`.
public struct OpenVLAConfiguration: Codable, Sendable, Hashable {
  /// Ends in the projector's kind: `gelu-mlp` or `fused-gelu-mlp`.
  public var architecture: String
  /// Image height and width for each vision transformer [pixels].
  public var imageSizes: [Int]
  public var timmModelIDs: [String]?
  /// timm's names of the activations in each vision transformer's MLPs, nil for timm's own; where the whole list is
  /// missing they are those that Prismatic gives the models.
  public var activations: [String?]?
  /// Whether there are two vision transformers; nil where the file does not say.
  public var isFused: Bool?
  /// Heads of each vision transformer where they are not those of its timm id.
  public var visionOverrides: [VisionOverride]?
  public var language: LlamaConfiguration
  /// The token that begins every sequence.
  public var beginToken: Int
  /// The token that fills short prompts up; it is masked, so any does where the file says none.
  public var padToken: Int
  public var own: Own?

  public struct VisionOverride: Codable, Sendable, Hashable {
    public var heads: Int
    enum CodingKeys: String, CodingKey { case heads = "num_heads" }
  }

  /// What `config.json` says under `trestle`: sizes and how inference is batched.
  public struct Own: Codable, Sendable, Hashable {
    public var vision: [VisionTransformerConfiguration]
    /// Prompts are padded to a multiple of this many tokens, so that a result does not depend on what
    /// else is in the batch.
    public var promptLength: Int
    /// Rows that run together, always this many.
    public var rowCount: Int
    /// How linear layers multiply when the network acts in float32 on a CPU; nil: in float32.
    public var products: ProductPrecision?

    public init(
      vision: [VisionTransformerConfiguration], promptLength: Int = 32, rowCount: Int = 8,
      products: ProductPrecision? = nil
    ) {
      self.vision = vision
      self.promptLength = promptLength
      self.rowCount = rowCount
      self.products = products
    }

    enum CodingKeys: String, CodingKey {
      case vision, products
      case promptLength = "prompt_length"
      case rowCount = "rows"
    }
  }

  /// The small default network: two vision transformers of four blocks on 8 × 8 patches, and a Llama of
  /// four layers.
  public static func small(
    vocabularySize: Int, imageSize: Int = 224, patchSize: Int = 28, visionWidth: Int = 128,
    visionDepth: Int = 4, visionHeads: Int = 4, stem: [Int]? = nil, width: Int = 192,
    layerCount: Int = 4,
    heads: Int = 6, mlpWidth: Int = 512, maximumLength: Int = 256, beginToken: Int = 1,
    padToken: Int = 0, products: ProductPrecision? = nil
  ) -> OpenVLAConfiguration {
    let vision = VisionTransformerConfiguration(
      imageSize: imageSize, patchSize: patchSize, width: visionWidth, depth: visionDepth,
      heads: visionHeads, featureBlock: visionDepth - 1)
    // One of two encoders sees edges; the other is as published.
    var stemmed = vision
    stemmed.stem = stem
    return OpenVLAConfiguration(
      architecture: "no-align+fused-gelu-mlp", imageSizes: [imageSize, imageSize],
      language: LlamaConfiguration(
        vocabularySize: vocabularySize, width: width, mlpWidth: mlpWidth, layerCount: layerCount,
        heads: heads, maximumLength: maximumLength),
      beginToken: beginToken, padToken: padToken,
      own: Own(vision: [stemmed, vision], products: products))
  }

  public init(
    architecture: String, imageSizes: [Int], timmModelIDs: [String]? = nil,
    activations: [String?]? = nil, isFused: Bool? = nil,
    visionOverrides: [VisionOverride]? = nil, language: LlamaConfiguration, beginToken: Int = 1,
    padToken: Int? = nil, own: Own? = nil
  ) {
    self.architecture = architecture
    self.imageSizes = imageSizes
    self.timmModelIDs = timmModelIDs
    self.activations = activations
    self.isFused = isFused
    self.visionOverrides = visionOverrides
    self.language = language
    self.beginToken = beginToken
    self.padToken = padToken ?? min(32_000, max(0, language.vocabularySize - 1))
    self.own = own
  }

  /// Throws where sizes are out of bounds or tokens not in the vocabulary.
  func validate() throws {
    let vocabulary = 0..<language.vocabularySize
    for (key, token) in [("bos_token_id", beginToken), ("pad_token_id", padToken)]
    where !vocabulary.contains(token) {
      throw TorchError("config.json: \(key) \(token) is not in the vocabulary \(vocabulary)")
    }
    if let own {
      // Every call computes as many rows of as many tokens as this.
      guard (1...1 << 10).contains(own.rowCount), (1...1 << 12).contains(own.promptLength) else {
        throw TorchError(
          "config.json: trestle.rows \(own.rowCount) must be from 1 to 1024, "
            + "trestle.prompt_length \(own.promptLength) from 1 to 4096")
      }
    }
  }

  // MARK: - JSON

  /// Reads `config.json`; the error names the file and the key.
  public init(contentsOf url: URL) throws {
    self = try readConfiguration(url, known: Self.knownKeys)
  }

  enum CodingKeys: String, CodingKey {
    case architecture = "arch_specifier"
    case imageSizes = "image_sizes"
    case timmModelIDs = "timm_model_ids"
    case activations = "timm_override_act_layers"
    case isFused = "use_fused_vision_backbone"
    case visionOverrides = "vision_overrides"
    case language = "text_config"
    case padToken = "pad_token_id"
    case own = "trestle"
  }

  private enum TextKeys: String, CodingKey { case beginToken = "bos_token_id" }

  public init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let text = try? values.nestedContainer(keyedBy: TextKeys.self, forKey: .language)
    self.init(
      architecture: try values.decode(String.self, forKey: .architecture),
      imageSizes: try values.decodeIfPresent([Int].self, forKey: .imageSizes) ?? [224, 224],
      timmModelIDs: try values.decodeIfPresent([String].self, forKey: .timmModelIDs),
      activations: try values.decodeIfPresent([String?].self, forKey: .activations),
      isFused: try values.decodeIfPresent(Bool.self, forKey: .isFused),
      visionOverrides: try values.decodeIfPresent([VisionOverride].self, forKey: .visionOverrides),
      language: try values.decode(LlamaConfiguration.self, forKey: .language),
      beginToken: try text?.decodeIfPresent(Int.self, forKey: .beginToken) ?? 1,
      padToken: try values.decodeIfPresent(Int.self, forKey: .padToken),
      own: try values.decodeIfPresent(Own.self, forKey: .own))
  }

  public func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(architecture, forKey: .architecture)
    try values.encode(imageSizes, forKey: .imageSizes)
    try values.encodeIfPresent(timmModelIDs, forKey: .timmModelIDs)
    try values.encodeIfPresent(activations, forKey: .activations)
    try values.encodeIfPresent(isFused, forKey: .isFused)
    try values.encodeIfPresent(visionOverrides, forKey: .visionOverrides)
    try values.encode(language, forKey: .language)
    var text = values.nestedContainer(keyedBy: TextKeys.self, forKey: .language)
    try text.encode(beginToken, forKey: .beginToken)
    try values.encode(padToken, forKey: .padToken)
    try values.encodeIfPresent(own, forKey: .own)
  }
}
