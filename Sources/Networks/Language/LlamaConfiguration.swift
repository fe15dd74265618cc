import Torch

/// The sizes of a Llama model; what `text_config` omits defaults to Llama-2-7B, as in
/// transformers' `LlamaConfig`.
public struct LlamaConfiguration: Codable, Sendable, Hashable {
  public var vocabularySize: Int
  public var width: Int
  public var mlpWidth: Int
  public var layerCount: Int
  public var heads: Int
  /// Heads of keys and values; fewer than `heads` is grouped-query attention.
  public var keyValueHeads: Int
  /// 1e-6 where the file does not say: the published OpenVLA runs with this, although Llama-2 itself was
  /// trained with 1e-5.
  public var rmsNormEpsilon: Double
  public var ropeTheta: Double
  public var maximumLength: Int

  public init(
    vocabularySize: Int, width: Int = 4096, mlpWidth: Int = 11008, layerCount: Int = 32,
    heads: Int = 32, keyValueHeads: Int? = nil, rmsNormEpsilon: Double = 1e-6,
    ropeTheta: Double = 10_000, maximumLength: Int = 2048
  ) {
    self.vocabularySize = vocabularySize
    self.width = width
    self.mlpWidth = mlpWidth
    self.layerCount = layerCount
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.rmsNormEpsilon = rmsNormEpsilon
    self.ropeTheta = ropeTheta
    self.maximumLength = maximumLength
  }

  public var headWidth: Int { width / max(1, heads) }

  /// Transformers' `head_dim` where the file states it: checked, since it follows from the other sizes here.
  private var statedHeadWidth: Int?

  enum CodingKeys: String, CodingKey {
    case vocabularySize = "vocab_size"
    case width = "hidden_size"
    case mlpWidth = "intermediate_size"
    case layerCount = "num_hidden_layers"
    case heads = "num_attention_heads"
    case keyValueHeads = "num_key_value_heads"
    case rmsNormEpsilon = "rms_norm_eps"
    case ropeTheta = "rope_theta"
    case maximumLength = "max_position_embeddings"
  }

  /// What is read and, where it says what is computed here, not written.
  private enum ReadKeys: String, CodingKey {
    case headWidth = "head_dim"
    case ropeScaling = "rope_scaling"
    case ropeParameters = "rope_parameters"
  }

  private struct RopeParameters: Decodable {
    var theta: Double?
    enum CodingKeys: String, CodingKey { case theta = "rope_theta" }
  }

  /// The base of rotary angles: transformers 5 keeps it within `rope_parameters`, earlier ones beside it.
  private static func ropeTheta(_ decoder: Decoder) throws -> Double? {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let nested = try decoder.container(keyedBy: ReadKeys.self)
    let stated = [
      try nested.decodeIfPresent(RopeParameters.self, forKey: .ropeParameters)?.theta,
      try nested.decodeIfPresent(RopeParameters.self, forKey: .ropeScaling)?.theta,
      try values.decodeIfPresent(Double.self, forKey: .ropeTheta),
    ].compactMap { $0 }
    guard Set(stated).count <= 1 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "rope_theta is stated as \(stated[0]) and as \(stated[1])"))
    }
    return stated.first
  }

  public init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func integer(_ key: CodingKeys) throws -> Int? {
      try values.decodeIfPresent(Int.self, forKey: key)
    }
    self.init(
      vocabularySize: try integer(.vocabularySize) ?? 32_000,
      width: try integer(.width) ?? 4096, mlpWidth: try integer(.mlpWidth) ?? 11008,
      layerCount: try integer(.layerCount) ?? 32, heads: try integer(.heads) ?? 32,
      keyValueHeads: try integer(.keyValueHeads),
      rmsNormEpsilon: try values.decodeIfPresent(Double.self, forKey: .rmsNormEpsilon) ?? 1e-6,
      ropeTheta: try Self.ropeTheta(decoder) ?? 10_000,
      maximumLength: try integer(.maximumLength) ?? 2048)
    statedHeadWidth = try decoder.container(keyedBy: ReadKeys.self)
      .decodeIfPresent(Int.self, forKey: .headWidth)
  }

  /// The longest sequences that tables are made for: Llama 3's.
  private static let greatestLength = 131_072

  func validate() throws {
    let sizes: [(CodingKeys, Int)] = [
      (.vocabularySize, vocabularySize), (.width, width), (.mlpWidth, mlpWidth),
      (.layerCount, layerCount), (.heads, heads), (.keyValueHeads, keyValueHeads),
      (.maximumLength, maximumLength),
    ]
    for (key, size) in sizes where !(1...1 << 20).contains(size) {
      throw TorchError("text_config: \(key.rawValue) is \(size); 1 to 1048576 are possible")
    }
    guard width.isMultiple(of: 2 * heads) else {
      throw TorchError(
        "text_config: hidden_size \(width) is not an even multiple of its \(heads) heads")
    }
    guard heads.isMultiple(of: keyValueHeads) else {
      throw TorchError(
        "text_config: num_key_value_heads \(keyValueHeads) does not divide \(heads) heads")
    }
    guard statedHeadWidth ?? headWidth == headWidth else {
      throw TorchError(
        "text_config: head_dim \(statedHeadWidth ?? 0) is not hidden_size \(width) by \(heads) heads"
      )
    }
    guard rmsNormEpsilon > 0, rmsNormEpsilon.isFinite, ropeTheta > 0, ropeTheta.isFinite else {
      throw TorchError("text_config: rms_norm_eps and rope_theta must be positive")
    }
    // A table of angles is made for every position.
    guard maximumLength <= Self.greatestLength else {
      throw TorchError(
        "text_config: max_position_embeddings \(maximumLength) is above \(Self.greatestLength)")
    }
  }
}
