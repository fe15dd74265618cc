import EnvironmentInterface
import Foundation
import Networks
import Torch

/// What an OpenVLA-OFT checkpoint answers to one observation: actions to execute one after the other.
public struct ChunkPrediction: Hashable, Sendable {
  /// Un-normalised actions: metres, radians, gripper (1 open).
  public var actions: [[Double]]
  /// The token ids that they stand for; empty where a head made the numbers.
  public var tokens: [[Int]] = []
}

/// What a robot sees and feels at one step, as OpenVLA-OFT takes it.
public struct ChunkObservation: Hashable, Sendable {
  /// The third-person image, then those of the wrists.
  public var images: [Image]
  /// The robot's state in the dataset's own numbers; nil where the checkpoint takes none.
  public var state: [Double]?

  public init(images: [Image], state: [Double]? = nil) {
    self.images = images
    self.state = state
  }
}

/// Images, state and prompt ids in, a chunk of actions out: the published `predict_action` of OpenVLA-OFT.
///
/// It needs no tokenizer to be asked with ids. The published un-normalisation widens every range by 1e-8, which is left
/// out here.
public final class ChunkPredictor {
  public let decoder: ParallelDecoder
  /// Images of an observation; nil where the checkpoint doesn't say.
  public let imageCount: Int?
  /// The folder, for errors.
  private let path: String
  private let statistics: ActionStatistics
  private let stateStatistics: ProprioceptionStatistics?
  private let tokens: ActionTokenizer
  private let vocabulary: Vocabulary?
  private let processor: ImageProcessor

  /// What is in training: one image, no state.
  public init(
    decoder: ParallelDecoder, vocabulary: Vocabulary, statistics: ActionStatistics,
    processor: ImageProcessor
  ) {
    self.decoder = decoder
    self.vocabulary = vocabulary
    self.statistics = statistics
    self.processor = processor
    (imageCount, stateStatistics, tokens) = (1, nil, vocabulary.actions)
    path = "the decoder"
  }

  /// Loads a checkpoint.
  ///
  /// - Parameters:
  ///   - statisticsKey: The dataset whose statistics scale state and actions; nil where there is one.
  ///   - chunkLength: Actions of a chunk; nil takes what the checkpoint says, or the published number.
  ///   - readsInstructions: Needs the checkpoint's tokenizer, which is loaded before the weights.
  /// - Throws: `CheckpointError` for parts that are not built (FiLM, the diffusion head); `TorchError` for files that
  ///   are not what they should be.
  public init(
    checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?,
    chunkLength: Int? = nil, readsInstructions: Bool
  ) throws {
    try checkpoint.checkModelType("openvla")
    path = checkpoint.folder.path
    let tokenizer =
      try readsInstructions ? checkpoint.tokenizer() : checkpoint.tokenizerIfPresent()
    statistics = try checkpoint.statistics(key: statisticsKey)
    imageCount = checkpoint.parallelDecodingSizes.imageCount
    let parts = try checkpoint.openedParts()
    let network = try OpenVLA(
      folder: checkpoint.folder, dtype: checkpoint.type(for: loading),
      device: loading.device, quantization: loading.quantization, adapter: loading.adapter)
    network.products = loading.products ?? network.products
    decoder = try checkpoint.parallelDecoder(
      network: network, parts: parts, loading: loading, chunkLength: chunkLength)
    stateStatistics = try decoder.projector.map {
      try checkpoint.proprioceptionStatistics(key: statisticsKey, count: $0.stateLength)
    }
    tokens = try checkpoint.configuration.actions(of: network, in: checkpoint.document)
    vocabulary = try tokenizer.map { try checkpoint.vocabulary(of: $0, for: network) }
    processor = try checkpoint.imageProcessor(for: network, loading.preparation)
  }

  /// The chunk for one observation under an instruction.
  public func prediction(
    _ observation: ChunkObservation, instruction: String
  ) throws -> ChunkPrediction {
    try prediction(observation, inputIDs: prompt(for: instruction))
  }

  /// The ids of an instruction's prompt, begin token first.
  func prompt(for instruction: String) throws -> [Int] {
    guard let vocabulary else { throw PolicyError.missingInput("a tokenizer") }
    return [Vocabulary.beginToken] + (try vocabulary.promptTokens(forInstruction: instruction))
  }

  /// Whether prompts hold the instruction.
  var instructions: InstructionUse { vocabulary?.instructions ?? .read }

  /// The chunk for one observation under a prompt of ids, begin token first; `▁` is appended where it is not last.
  ///
  /// - Throws: `CheckpointError.unusable` where images or state are not those the checkpoint takes; `PolicyError` where
  ///   the model has no answer: the prompt is too long, or its numbers are not finite.
  public func prediction(
    _ observation: ChunkObservation, inputIDs: [Int]
  ) throws -> ChunkPrediction {
    try check(observation)
    let spaceToken = vocabulary?.spaceToken ?? ActionPredictor.publishedSpaceToken
    let ids = inputIDs.last == spaceToken ? inputIDs : inputIDs + [spaceToken]
    let limit = decoder.promptLimit(imageCount: observation.images.count)
    guard ids.count <= limit else {
      throw PolicyError.promptTooLong(tokens: ids.count, limit: max(0, limit))
    }
    let answer = try decoder.answer(
      pixelValues: processor.pixelValues(of: observation.images), prompt: ids,
      state: observation.state.flatMap { stateStatistics?.normalized($0) })
    switch answer {
    case .actions(let actions):
      return ChunkPrediction(actions: actions.map(statistics.unnormalized))
    case .notFinite: throw PolicyError.numbersNotFinite("the numbers behind the actions")
    case .tokens(let ids):
      return ChunkPrediction(
        actions: ids.map { statistics.unnormalized($0.map(tokens.value(of:))) }, tokens: ids)
    }
  }

  private func check(_ observation: ChunkObservation) throws {
    if let reason = flaw(of: observation) {
      throw CheckpointError.unusable(path: path, reason: reason)
    }
  }

  /// Why the checkpoint can't be asked about an observation, nil where it can.
  private func flaw(of observation: ChunkObservation) -> String? {
    if let imageCount, observation.images.count != imageCount {
      return "the number of images that it takes is \(imageCount), not \(observation.images.count)"
    }
    switch (decoder.projector?.stateLength, observation.state?.count) {
    case (nil, .some): return "it takes no state of the robot (no proprio_projector is there)"
    case (let length?, nil): return "it needs the robot's state, \(length) numbers"
    case (let length?, let count?) where length != count:
      return "the robot's state has \(length) numbers, not \(count)"
    default: return nil
    }
  }
}
