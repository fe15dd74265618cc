import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

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
    network: OpenVLA, vocabulary: Vocabulary, actionChoices: [TokenChoice],
    statistics: ActionStatistics, processor: ImageProcessor
  ) {
    self.network = network
    actions = vocabulary.actions
    locations = vocabulary.locations
    spaceToken = vocabulary.spaceToken
    grounding = vocabulary.grounding
    self.actionChoices = actionChoices
    self.statistics = statistics
    self.processor = processor
  }

  /// Loads a checkpoint.
  ///
  /// - Parameter tokenizer: The checkpoint's; nil where it has none and the model can do without.
  init(
    checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?,
    tokenizer: SentencePieceTokenizer?
  ) throws {
    guard checkpoint.modelType == "openvla" else {
      throw CheckpointError.unknownModelType(
        checkpoint.modelType, known: ["openvla"],
        path: checkpoint.folder.appendingPathComponent("config.json").path)
    }
    let configuration = try checkpoint.configuration
    actionChoices = try checkpoint.actionChoices
    statistics = try checkpoint.statistics(key: statisticsKey)
    network = try OpenVLA(
      folder: checkpoint.folder, dtype: checkpoint.type(for: loading),
      device: loading.device, quantization: loading.quantization, adapter: loading.adapter)
    grounding = configuration.own?.grounding ?? .none
    let vocabulary = try tokenizer.map { [network] in
      try checkpoint.vocabulary(of: $0, for: network)
    }
    actions =
      vocabulary?.actions
      ?? ActionTokenizer(vocabularyEnd: configuration.vocabularyEnd(of: network))
    locations = vocabulary?.locations
    spaceToken = vocabulary?.spaceToken ?? Self.publishedSpaceToken
    processor = try checkpoint.imageProcessor(for: network, loading.preparation)
  }

  /// Loads a checkpoint to be asked with ids.
  public convenience init(
    checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?
  ) throws {
    try self.init(
      checkpoint: checkpoint, loading: loading, statisticsKey: statisticsKey,
      tokenizer: checkpoint.tokenizerIfPresent())
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
      images: processor.input(of: images), prompts: prompts,
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
