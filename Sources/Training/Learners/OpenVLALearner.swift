import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Policies
import RandomNumbers
import Torch

/// Teaches an OpenVLA network next tokens: answers, places and actions, with dense patch labels beside them.
final class OpenVLALearner: Learner {
  private let network: OpenVLA
  private let patches: PatchLosses
  private let both: NetworkWithHead
  private let vocabulary: Vocabulary
  /// By dataset.
  private let statistics: [String: DatasetStatistics]
  private let processor: ImageProcessor
  private let recipe: Recipe
  private let actionChoices: [TokenChoice]
  /// The checkpoint that is adapted, nil for a network of the recipe's own.
  private let base: PolicyCheckpoint?
  private let encoders: StageEncoders

  init(_ recipe: Recipe, source: any DemonstrationSource, root: URL) throws {
    self.recipe = recipe
    let start = try OpenVLAStart(recipe, corpus: source.corpus, root: root)
    network = start.network
    vocabulary = start.vocabulary
    processor = start.processor
    actionChoices = start.actionChoices
    base = start.adapted
    statistics = try source.actionStatistics(seed: recipe.seed, frames: 512)
    encoders = StageEncoders(vocabulary, statistics)
    let heads = ParameterSource(seed: recipe.seed)
    patches = try PatchLosses(network, vocabulary, recipe: recipe, source: source, heads: heads)
    both = NetworkWithHead(
      parameters: network.parameters + (network.adapter?.parameters ?? []) + heads.parameters)
  }

  var module: any Module { both }
  var patchGrid: Int { network.vision.transformers[0].configuration.gridSize }

  // MARK: - Learning

  func loss(of frames: [DemonstrationFrame], stage: Stage, number: Int) throws -> BatchLoss {
    try checked {
      let features = network.patchFeatures(try pixelValues(of: frames))
      let (total, patches) = patches.loss(of: frames, features: features, stage: stage)
      // A stage without texts trains the vision encoders alone.
      if let total, frames.allSatisfy({ $0.decisions.isEmpty && $0.questions.isEmpty }) {
        return BatchLoss(total: total, main: total, patches: patches)
      }
      let encoded = try segments(
        of: frames, stage: stage, noise: actionNoise(in: stage, number: number))
      let losses = network.packedLoss(
        patchFeatures: features, encoded.packed,
        looking: stage.gazeWeight > 0 ? encoded.gazes(grid: patchGrid) : [])
      var sum = losses.gazes.reduce(losses.tokens) { $0 + stage.gazeWeight * $1 }
      if let total { sum = sum + total }
      return BatchLoss(
        total: sum, main: losses.tokens, patches: patches,
        gaze: losses.gazes.isEmpty ? nil : losses.gazes.dropFirst().reduce(losses.gazes[0], +))
    }
  }

  /// Tokens of which near misses count less than far ones: places always, actions where the recipe says so.
  private func scales(in stage: Stage) -> [TokenScale] {
    let places = vocabulary.locations.map { TokenScale($0.tokens) }
    let actions = (stage.actionSpread ?? recipe.model?.actionSpread).map {
      TokenScale(vocabulary.actions.tokenRange, deviation: $0)
    }
    return [places, actions].compactMap(\.self)
  }

  private var locationBins: Int { vocabulary.locations?.binCount ?? 0 }

  private func pixelValues(of frames: [DemonstrationFrame]) throws -> Tensor {
    try processor.pixelValues(of: frames.map(\.image))
  }

  private func actionNoise(in stage: Stage, number: Int) -> ActionNoise? {
    guard stage.actionNoise > 0 else { return nil }
    return ActionNoise(
      source: RandomStream(seed: recipe.seed).named("action-noise").numbered(number),
      deviation: stage.actionNoise, tokens: vocabulary.actions.tokenRange)
  }

  private func segments(
    of frames: [DemonstrationFrame], stage: Stage, noise: ActionNoise? = nil
  ) throws -> EncodedFrames {
    try encoders.encoding(in: stage) { encoder in
      try EncodedFrames(frames, encoder: &encoder, scales: scales(in: stage), noise: noise)
    }
  }

  // MARK: - Looking

  func validate(_ frames: [DemonstrationFrame], stage: Stage, into entry: inout TrainingLogEntry)
    throws
  {
    try patches.validate(frames, stage: stage, into: &entry, pixelValues: pixelValues(of:))
    guard frames.contains(where: { !$0.decisions.isEmpty || !$0.questions.isEmpty }) else { return }
    let encoded = try segments(of: frames, stage: stage)
    let chosen = try checked {
      let features = network.patchFeatures(try pixelValues(of: frames))
      return try network.targetLogits(patchFeatures: features, encoded.packed).argmax(-1).integers()
    }
    TeacherForcedReport(
      encoded: encoded, chosen: chosen, vocabulary: vocabulary, imageSize: processor.height
    ).write(into: &entry)
    try writeActionErrors(on: frames, into: &entry)
  }

  /// What the policy would do in the frames, on its own.
  private func writeActionErrors(
    on frames: [DemonstrationFrame], into entry: inout TrainingLogEntry
  ) throws {
    let asked = frames.flatMap { frame in frame.decisions.map { (frame, $0) } }
    guard !asked.isEmpty else { return }
    // The frames are what the policy sees: nothing is to be cropped once more.
    let predictions = try openVLAPolicy(processor).predictions(
      images: asked.map(\.0.image), instructions: asked.map(\.1.instruction),
      setups: asked.map(\.0.dataset))
    var errors = ActionErrors()
    for (prediction, (frame, decision)) in zip(predictions, asked) {
      errors.add(
        predicted: try Action(prediction.action), expert: decision.action, hand: decision.hand,
        saidTurn: prediction.hand?.turn, scales: statistics[frame.dataset]?.action,
        gripper: frame.gripper)
    }
    errors.write(into: &entry)
  }

  // MARK: - Saving

  func writeCheckpoint(to folder: URL) throws {
    try PolicyCheckpointWriter(
      tokenizer: vocabulary.text, statistics: statistics, template: vocabulary.template,
      instructions: vocabulary.instructions, grounding: vocabulary.grounding,
      locationBins: locationBins, cropsCenter: recipe.cropsCenter,
      actionChoices: actionChoices, executedLength: nil, adapted: base
    ).write(to: folder) { folder, extra in
      try network.save(to: folder, dtype: .bfloat16, extraConfiguration: extra)
    }
    try network.adapter?.write(
      to: folder.appendingPathComponent("adapter"), base: recipe.initialWeights ?? "")
  }

  func makePolicy() throws -> any Policy {
    var processor = processor
    processor.preparation.cropsCenter = recipe.cropsCenter
    return openVLAPolicy(processor)
  }

  private func openVLAPolicy(_ processor: ImageProcessor) -> OpenVLAPolicy {
    OpenVLAPolicy(
      name: "in training", network: network, vocabulary: vocabulary,
      actionChoices: actionChoices, scales: ActionScales(statistics.mapValues(\.action)),
      processor: processor)
  }
}

/// A network and heads that only training needs, as one module.
final class NetworkWithHead: Module {
  let parameters: [NamedTensor]

  init(parameters: [NamedTensor]) { self.parameters = parameters }
}
