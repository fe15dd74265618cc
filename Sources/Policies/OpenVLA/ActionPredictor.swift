import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

/// Where and how a checkpoint's weights are kept while they run.
public struct WeightLoading {
  public var device: Device
  /// The weights' type; nil runs small models in float32 and large ones in bfloat16, as they are stored.
  public var dtype: DType?
  /// How linear layers keep their weights; nil at their type.
  public var quantization: WeightQuantization?
  /// Added to the weights as they are read.
  public var adapter: LoRAAdapter?

  public init(
    device: Device, dtype: DType? = nil, quantization: WeightQuantization? = nil,
    adapter: LoRAAdapter? = nil
  ) {
    self.device = device
    self.dtype = dtype
    self.quantization = quantization
    self.adapter = adapter
  }
}

/// What an OpenVLA network answers to one image and prompt.
public struct ActionPrediction: Hashable, Sendable {
  /// The generated ids of the action, one a dimension.
  public var tokens: [Int]
  /// The numbers they stand for, un-normalised: metres, radians, gripper (1 open).
  public var action: [Double]
  /// The places that a grounded model says first, subgoal then gripper, as fractions of the image's width and height.
  public var places: [Vector2] = []
}

/// Image and prompt ids in, action tokens and the action out: the published `predict_action`.
///
/// It needs no tokenizer unless the model says places first, so a checkpoint without one can be asked with ids.
public final class ActionPredictor {
  public let network: OpenVLA
  private let actions: ActionTokenizer
  private let locations: LocationTokenizer?
  private let spaceToken: Int
  private let grounding: Grounding
  private let actionChoices: [TokenChoice]
  private let statistics: ActionStatistics
  private let processor: ImageProcessor

  /// The id of `▁` in Llama's tokenizer, which ends every prompt of the published model.
  public static let publishedSpaceToken = 29_871

  init(
    network: OpenVLA, actions: ActionTokenizer, locations: LocationTokenizer?,
    spaceToken: Int, grounding: Grounding, actionChoices: [TokenChoice],
    statistics: ActionStatistics,
    processor: ImageProcessor
  ) {
    self.network = network
    self.spaceToken = spaceToken
    self.actions = actions
    self.locations = locations
    self.grounding = grounding
    self.actionChoices = actionChoices
    self.statistics = statistics
    self.processor = processor
  }

  /// Loads a checkpoint.
  ///
  /// - Parameters:
  ///   - vocabulary: What the checkpoint's tokenizer says; nil where there is none.
  init(
    checkpoint: PolicyCheckpoint, loading: WeightLoading, statisticsKey: String?,
    vocabulary: (OpenVLA) throws -> Vocabulary?
  ) throws {
    let configuration = try checkpoint.configuration
    statistics = try checkpoint.statistics(key: statisticsKey)
    network = try OpenVLA(
      folder: checkpoint.folder, dtype: loading.dtype ?? checkpoint.preferredType,
      device: loading.device, quantization: loading.quantization, adapter: loading.adapter)
    grounding = configuration.own?.grounding ?? .none
    actionChoices = configuration.own?.actionChoices ?? []
    let vocabulary = try vocabulary(network)
    actions =
      vocabulary?.actions
      ?? ActionTokenizer(vocabularyEnd: configuration.vocabularyEnd(of: network))
    locations = vocabulary?.locations
    spaceToken = vocabulary?.spaceToken ?? Self.publishedSpaceToken
    processor = try checkpoint.imageProcessor(
      side: network.configuration.imageSizes.first ?? 224,
      timmModelIDs: network.configuration.timmModelIDs
        ?? Array(repeating: "", count: network.vision.transformers.count))
  }

  /// Loads a checkpoint to be asked with ids.
  public convenience init(
    checkpoint: PolicyCheckpoint, loading: WeightLoading, statisticsKey: String?
  ) throws {
    try self.init(checkpoint: checkpoint, loading: loading, statisticsKey: statisticsKey) {
      try checkpoint.vocabularyIfPresent(for: $0)
    }
  }

  /// What each generated token may be: places, then actions. The published model chooses freely.
  private var allowedTokens: [Range<Int>?] {
    guard let locations, grounding == .point else { return [] }
    return Array(repeating: locations.tokens, count: grounding.tokenCount)
      + Array(repeating: actions.tokenRange, count: Action.count)
  }

  /// The prediction for one image under a prompt of ids; `▁` is appended where it is not last, as published.
  ///
  /// - Throws: `CheckpointError.promptTooLong` where the model has no places for so many tokens.
  public func prediction(image: Image, inputIDs: [Int]) throws -> ActionPrediction {
    let ids = inputIDs.last == spaceToken ? inputIDs : inputIDs + [spaceToken]
    return try predictions(images: [image], prompts: [ids])[0]
  }

  private var choices: [TokenChoice] {
    Array(repeating: .likeliest, count: grounding.tokenCount) + actionChoices
  }

  /// One prediction for each image and prompt.
  ///
  /// - Parameter prompts: Ids with the begin token first, without the image's; the model's last one, `▁`, included.
  public func predictions(images: [Image], prompts: [[Int]]) throws -> [ActionPrediction] {
    let taken = network.vision.patchCount + grounding.tokenCount + Action.count
    let limit = network.configuration.language.maximumLength - taken
    if let longest = prompts.map(\.count).max(), longest > limit {
      throw CheckpointError.promptTooLong(tokens: longest, limit: limit)
    }
    let answers = try network.generate(
      pixelValues: processor.pixelValues(of: images), prompts: prompts,
      tokenCount: grounding.tokenCount + Action.count, allowed: allowedTokens,
      choices: choices)
    return answers.tokens.map { answer in
      let tokens = Array(answer.dropFirst(grounding.tokenCount))
      let places = stride(from: 0, to: grounding.tokenCount, by: 2).compactMap {
        locations?.point(of: Array(answer[$0..<$0 + 2]))
      }
      return ActionPrediction(
        tokens: tokens, action: statistics.unnormalized(tokens.map(actions.value(of:))),
        places: places)
    }
  }
}

extension PolicyConfiguration {
  /// Where the text vocabulary ends and, below it, action tokens end; the rest is padding.
  func vocabularyEnd(of network: OpenVLA) -> Int {
    network.configuration.language.vocabularySize - (padToMultipleOf ?? 64)
  }
}

extension PolicyCheckpoint {
  /// Above this size weights stay as they are stored [bytes].
  private static let smallSize = 4 << 30

  /// float32 for small models, bfloat16 for those that would not fit twice.
  var preferredType: DType {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let size = files.filter { $0.hasSuffix(".safetensors") }.reduce(0) { sum, name in
      let path = folder.appendingPathComponent(name).resolvingSymlinksInPath().path
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
    return size > Self.smallSize ? .bfloat16 : .float32
  }

  /// All that the model says and hears.
  func vocabulary(for network: OpenVLA) throws -> Vocabulary {
    let configuration = try configuration
    return try Vocabulary(
      text: try tokenizer(), vocabularyEnd: configuration.vocabularyEnd(of: network),
      template: configuration.own?.prompt ?? .openVLA,
      grounding: configuration.own?.grounding ?? .none,
      locationBins: configuration.own?.locationBins ?? 0,
      source: folder.appendingPathComponent("tokenizer.model").path)
  }

  /// The same, nil where the folder has no tokenizer and the model can do without.
  func vocabularyIfPresent(for network: OpenVLA) throws -> Vocabulary? {
    let path = folder.appendingPathComponent("tokenizer.model").path
    let isNeeded = try configuration.own?.grounding == .point
    return try isNeeded || FileManager.default.fileExists(atPath: path)
      ? vocabulary(for: network) : nil
  }
}
