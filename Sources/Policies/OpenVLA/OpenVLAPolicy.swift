import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

/// OpenVLA as a policy: image and instruction in, one action out (Kim et al. 2024, §3).
///
/// The published model and our small ones are the same code; `config.json` says which prompt, which grounding and how
/// many action tokens.
public final class OpenVLAPolicy: Policy {
  public let name: String
  public var needs: ObservationNeeds {
    vocabulary.instructions == .read ? [.image, .instruction] : [.image]
  }
  private let predictor: ActionPredictor
  private let vocabulary: Vocabulary
  /// Where the last answer pointed, and where the next ones shall, by slot.
  private var pointed: [Int: [Vector2]] = [:]
  private var told: [Int: [Vector2]] = [:]
  /// Where the episodes play, by slot.
  private var setups: [Int: String] = [:]

  public init(
    name: String, network: OpenVLA, vocabulary: Vocabulary, actionChoices: [TokenChoice],
    scales: ActionScales, processor: ImageProcessor
  ) {
    self.name = name
    self.vocabulary = vocabulary
    predictor = ActionPredictor(
      network: network, vocabulary: vocabulary, actionChoices: actionChoices,
      scales: scales, processor: processor)
  }

  /// Loads a checkpoint's network, tokenizer and statistics.
  ///
  /// - Parameter setups: The names of those that it shall act in.
  public init(
    name: String, checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?,
    setups: [String] = []
  ) throws {
    self.name = name
    // Before the weights, which may take their time.
    let tokenizer = try checkpoint.tokenizer()
    predictor = try ActionPredictor(
      checkpoint: checkpoint, loading: loading, statisticsKey: statisticsKey, setups: setups,
      tokenizer: tokenizer)
    vocabulary = try checkpoint.vocabulary(of: tokenizer, for: predictor.network)
  }

  /// The ids of an instruction's prompt, begin token first.
  public func prompt(for instruction: String) throws -> [Int] {
    [Vocabulary.beginToken] + (try vocabulary.promptTokens(forInstruction: instruction))
  }

  /// The prediction for one image under an instruction.
  ///
  /// - Throws: `PolicyError` where the model has no answer.
  public func prediction(image: Image, instruction: String) throws -> ActionPrediction {
    try predictor.predictions(images: [image], prompts: [prompt(for: instruction)])[0].get()
  }

  /// Predictions for images under instructions, as many of one as of the other.
  ///
  /// - Parameter setups: Where each image was taken; nil where that does not matter.
  /// - Throws: `PolicyError` where the model has no answer to one of them.
  public func predictions(
    images: [Image], instructions: [String], setups: [String]? = nil
  ) throws -> [ActionPrediction] {
    try predictor.predictions(
      images: images, prompts: instructions.map(prompt(for:)), setups: setups
    ).map { try $0.get() }
  }

  /// What the last answers were read from, in their order; nil where there was none. For whoever looks on.
  public private(set) var lastPredictions: [ActionPrediction?] = []

  public func begin(slot: Int, episode: EpisodeBriefing) { setups[slot] = episode.setup }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    let answers = try answers(to: requests)
    let preparation = predictor.preparation
    for (request, answer) in zip(requests, answers) {
      let image = try request.image
      pointed[request.slot] = (try? answer.get().places).map { places in
        places.map { preparation.whole($0, of: image) }
      }
    }
    lastPredictions = answers.map { try? $0.get() }
    return answers.map { answer in
      Result { () throws(PolicyError) -> ActionChunk in
        try ActionChunk([Action(answer.get().action)])
      }
    }
  }

  private func answers(to requests: [PolicyRequest]) throws
    -> [Result<ActionPrediction, PolicyError>]
  {
    let images = try requests.map { try $0.image }
    let prompts = try requests.map { request in
      try prompt(for: vocabulary.instructions == .read ? request.instruction : "")
    }
    let setups = requests.map { self.setups[$0.slot] }
    if told.isEmpty {
      return try predictor.predictions(images: images, prompts: prompts, setups: setups)
    }
    // Each has places of its own in its mouth.
    return try requests.indices.flatMap { index in
      try predictor.predictions(
        images: [images[index]], prompts: [prompts[index]],
        pointing: told[requests[index].slot].map { places in
          places.map { predictor.preparation.seen($0, of: images[index]) }
        }, setups: [setups[index]])
    }
  }
}

extension OpenVLAPolicy: PointingPolicy {
  public var points: Bool { predictor.points }

  public func pointed(slot: Int) -> [Vector2] { pointed[slot] ?? [] }

  public func point(at places: [Vector2]?, slot: Int) { told[slot] = places }
}
