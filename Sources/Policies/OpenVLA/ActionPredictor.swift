import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

/// What an OpenVLA network answers to one image and prompt.
public struct ActionPrediction: Hashable, Sendable {
  /// The generated ids of the action, one a dimension.
  public var tokens: [Int]
  /// What each token stands for before it is un-normalised, −1 to 1.
  public var levels: [Double]
  /// The numbers they stand for, un-normalised: metres, radians, gripper (1 open).
  public var action: [Double]
  /// The places that a grounded model says first, subgoal then gripper, as fractions of the image's width and height.
  public var places: [Vector2] = []
  /// How the hand stands to the subgoal, where the model says so before it acts.
  public var hand: HandState?
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
  private let scales: ActionScales
  private let processor: ImageProcessor
  /// What is done to images first.
  var preparation: ImagePreparation { processor.preparation }

  /// The id of `▁` in Llama's tokenizer, which ends every prompt of the published model.
  public static let publishedSpaceToken = 29_871

  init(
    network: OpenVLA, vocabulary: Vocabulary, actionChoices: [TokenChoice],
    scales: ActionScales, processor: ImageProcessor
  ) {
    self.network = network
    actions = vocabulary.actions
    locations = vocabulary.locations
    spaceToken = vocabulary.spaceToken
    grounding = vocabulary.grounding
    self.actionChoices = actionChoices
    self.scales = scales
    self.processor = processor
  }

  /// Loads a checkpoint.
  ///
  /// - Parameters:
  ///   - setups: The names of those that it shall act in.
  ///   - tokenizer: The checkpoint's; nil where it has none and the model can do without.
  init(
    checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?,
    setups: [String] = [], tokenizer: SentencePieceTokenizer?
  ) throws {
    try checkpoint.checkModelType("openvla")
    let configuration = checkpoint.configuration
    actionChoices = checkpoint.actionChoices
    scales = try checkpoint.scales(key: statisticsKey, setups: setups)
    network = try OpenVLA(
      folder: checkpoint.folder, dtype: checkpoint.type(for: loading),
      device: loading.device, quantization: loading.quantization, adapter: loading.adapter)
    network.products = loading.products ?? network.products
    grounding = configuration.own?.grounding ?? .none
    actions = try configuration.actions(of: network, in: checkpoint.document)
    try checkpoint.checkGeneration(actions)
    let vocabulary = try tokenizer.map { [network] in
      try checkpoint.vocabulary(of: $0, for: network)
    }
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

  /// What each generated token may be: places, then actions. The published model chooses freely, as long as it takes
  /// the likeliest token; a middle is one of the bins'.
  ///
  /// - Parameter pointing: the places that it shall say; nil lets it choose.
  private func allowedTokens(pointing: [Vector2]?) -> [Range<Int>?] {
    let bins = grounding == .none ? nil : locations?.tokens
    let isFree = bins == nil
    let told = bins == nil ? nil : pointing?.flatMap { locations?.tokens(for: $0) ?? [] }
    let places =
      told?.count == grounding.placeTokenCount
      ? told?.map { $0..<$0 + 1 } : nil
    return (places ?? Array(repeating: bins, count: grounding.placeTokenCount))
      + Array(repeating: bins, count: grounding.handTokenCount)
      + (0..<Action.count).map { index in
        let isLikeliest = index >= actionChoices.count || actionChoices[index] == .likeliest
        return isFree && isLikeliest ? nil : actions.tokenRange
      }
  }

  /// The prediction for one image under a prompt of ids; `▁` is appended where it is not last, as published.
  ///
  /// - Throws: `PolicyError` where the model has no answer: the prompt is too long, or its logits are no numbers.
  public func prediction(image: Image, inputIDs: [Int]) throws -> ActionPrediction {
    let ids = inputIDs.last == spaceToken ? inputIDs : inputIDs + [spaceToken]
    return try predictions(images: [image], prompts: [ids])[0].get()
  }

  /// Whether the model says places before the action.
  var points: Bool { grounding != .none }

  private var choices: [TokenChoice] {
    Array(repeating: .likeliest, count: grounding.tokenCount) + actionChoices
  }

  /// One prediction, or what kept the model from it, for each image and prompt.
  ///
  /// - Parameters:
  ///   - prompts: Ids with the begin token first, without the image's; the model's last one, `▁`, included.
  ///   - pointing: Where the model shall point, subgoal then gripper, instead of choosing itself.
  ///   - setups: Where each image was taken; nil where that does not matter.
  public func predictions(
    images: [Image], prompts: [[Int]], pointing: [Vector2]? = nil, setups: [String?]? = nil
  ) throws -> [Result<ActionPrediction, PolicyError>] {
    let taken = network.vision.patchCount + grounding.tokenCount + Action.count
    let limit = network.configuration.language.maximumLength - taken
    let asked = prompts.indices.filter { prompts[$0].count <= limit }
    var answers: [Int: Result<ActionPrediction, PolicyError>] = [:]
    if !asked.isEmpty {
      let generation = try network.generate(
        images: processor.input(of: asked.map { images[$0] }),
        prompts: asked.map { prompts[$0] }, tokenCount: grounding.tokenCount + Action.count,
        allowed: allowedTokens(pointing: pointing), choices: choices)
      for (row, index) in asked.enumerated() {
        answers[index] =
          generation.isFinite[row]
          ? Result { () throws(PolicyError) in
            try prediction(of: generation.tokens[row], in: setups?[index])
          }
          : .failure(.numbersNotFinite("the logits"))
      }
    }
    return prompts.indices.map { index in
      answers[index]
        ?? .failure(.promptTooLong(tokens: prompts[index].count, limit: limit))
    }
  }

  private func prediction(
    of answer: [Int], in setup: String?
  ) throws(PolicyError) -> ActionPrediction {
    let tokens = Array(answer.dropFirst(grounding.tokenCount))
    let places = stride(from: 0, to: grounding.placeTokenCount, by: 2).compactMap {
      locations?.point(of: Array(answer[$0..<$0 + 2]))
    }
    let levels = tokens.map(actions.value(of:))
    return ActionPrediction(
      tokens: tokens, levels: levels,
      action: try scales.statistics(of: setup).unnormalized(levels), places: places,
      hand: locations?.fractions(
        of: Array(answer[grounding.placeTokenCount..<grounding.tokenCount])
      ).flatMap { HandState(fractions: $0) })
  }
}

extension PolicyError {
  /// A network's numbers are not finite, so that nothing can be read from them.
  static func numbersNotFinite(_ numbers: String) -> PolicyError {
    .failed(
      "\(numbers) are not finite (NaN or infinite); the weights may be damaged or have diverged")
  }

  static func promptTooLong(tokens: Int, limit: Int) -> PolicyError {
    .failed(
      "the prompt has \(tokens) tokens, the model takes at most \(limit); shorten the instruction")
  }
}
