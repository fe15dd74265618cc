import Torch

/// The sizes of a `DiffusionPolicyNetwork`, as `config.json` holds them.
public struct DiffusionPolicyConfiguration: Codable, Sendable, Hashable {
  public var vision: [VisionTransformerConfiguration]
  public var vocabularySize: Int
  /// Instructions are padded to this many tokens; longer ones are refused.
  public var textLength: Int
  public var padToken: Int
  public var width: Int
  public var heads: Int
  public var mlpWidth: Int
  /// Layers that read patches and instruction together.
  public var encoderLayerCount: Int
  /// Layers that denoise.
  public var decoderLayerCount: Int
  /// Actions in a chunk.
  public var horizon: Int
  public var actionWidth: Int
  /// Frames that are seen: this control step's, and the one before where it is 2; nil is this one alone.
  public var history: Int?
  /// Numbers of proprioception that come with each frame; nil reads none.
  public var stateSize: Int?
  /// Whether the network says how far the hand has to turn, beside the places that it points at; nil does not.
  public var tellsTurn: Bool?
  /// Whether the denoiser is told the way from the hand to the subgoal, which both places, the way between them in the image and
  /// the hand's state together say; nil is not.
  public var tellsWay: Bool?
  public var trainingStepCount: Int
  public var inferenceStepCount: Int
  /// Rows that run together in inference, always this many, so that a result does not depend on what else
  /// is in the batch.
  public var rowCount: Int

  /// The small default: vision as in `OpenVLAConfiguration.small`.
  public init(
    vision: [VisionTransformerConfiguration] = Array(
      repeating: VisionTransformerConfiguration(featureBlock: 3), count: 2),
    vocabularySize: Int, textLength: Int = 32, padToken: Int = 0, width: Int = 192,
    heads: Int = 6, mlpWidth: Int = 512, encoderLayerCount: Int = 2, decoderLayerCount: Int = 4,
    horizon: Int = 8, actionWidth: Int = 7, history: Int? = nil, stateSize: Int? = nil,
    tellsTurn: Bool? = nil, tellsWay: Bool? = nil, trainingStepCount: Int = 100,
    inferenceStepCount: Int = 10, rowCount: Int = 8
  ) {
    self.vision = vision
    self.vocabularySize = vocabularySize
    self.textLength = textLength
    self.padToken = padToken
    self.width = width
    self.heads = heads
    self.mlpWidth = mlpWidth
    self.encoderLayerCount = encoderLayerCount
    self.decoderLayerCount = decoderLayerCount
    self.horizon = horizon
    self.actionWidth = actionWidth
    self.history = history
    self.stateSize = stateSize
    self.tellsTurn = tellsTurn
    self.tellsWay = tellsWay
    self.trainingStepCount = trainingStepCount
    self.inferenceStepCount = inferenceStepCount
    self.rowCount = rowCount
  }

  enum CodingKeys: String, CodingKey {
    case vision
    case vocabularySize = "vocab_size"
    case textLength = "text_length"
    case padToken = "pad_token_id"
    case width = "hidden_size"
    case heads = "num_attention_heads"
    case mlpWidth = "intermediate_size"
    case encoderLayerCount = "num_encoder_layers"
    case decoderLayerCount = "num_decoder_layers"
    case horizon, history
    case actionWidth = "action_size"
    case stateSize = "state_size"
    case tellsTurn = "tells_turn"
    case tellsWay = "tells_way"
    case trainingStepCount = "train_steps"
    case inferenceStepCount = "inference_steps"
    case rowCount = "rows"
  }

  /// Frames that are seen.
  public var frameCount: Int { history ?? 1 }

  func validate() throws {
    let sizes: [(CodingKeys, Int)] = [
      (.vocabularySize, vocabularySize), (.textLength, textLength), (.width, width),
      (.heads, heads), (.mlpWidth, mlpWidth), (.encoderLayerCount, encoderLayerCount),
      (.decoderLayerCount, decoderLayerCount), (.horizon, horizon), (.actionWidth, actionWidth),
      (.trainingStepCount, trainingStepCount), (.inferenceStepCount, inferenceStepCount),
      (.rowCount, rowCount), (.stateSize, stateSize ?? 1),
    ]
    for (key, size) in sizes where !(1...1 << 20).contains(size) {
      throw TorchError(
        "diffusion policy: \(key.rawValue) is \(size); 1 to 1048576 are possible")
    }
    // Every call computes as many rows of as many actions and tokens as these.
    for (key, size) in [("rows", rowCount), ("horizon", horizon), ("text_length", textLength)]
    where size > 1 << 10 {
      throw TorchError("diffusion policy: \(key) \(size) is above 1024")
    }
    guard (1...2).contains(frameCount) else {
      throw TorchError("diffusion policy: history is \(frameCount); 1 and 2 are possible")
    }
    guard trainingStepCount <= 100_000 else {
      throw TorchError("diffusion policy: train_steps \(trainingStepCount) is above 100,000")
    }
    for transformer in vision { try transformer.validateMargin() }
    guard width.isMultiple(of: 2 * heads) else {
      throw TorchError(
        "diffusion policy: hidden_size \(width) is not an even multiple of its \(heads) heads")
    }
    guard (0..<vocabularySize).contains(padToken) else {
      throw TorchError("diffusion policy: pad_token_id \(padToken) is not in the vocabulary")
    }
    guard inferenceStepCount <= trainingStepCount else {
      throw TorchError("diffusion policy: inference_steps exceeds train_steps")
    }
  }
}
