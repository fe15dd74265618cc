import EnvironmentInterface
import Foundation
import Networks
import Policies
import Torch

/// Teaches an OpenVLA network chunks of actions by parallel decoding, as OpenVLA-OFT does (Kim, Finn and Liang, 2025), with questions as
/// next tokens and dense patch labels beside them.
///
/// Every decision is a row of its own: in it patches see the instruction, so that decisions of one image can't share them.
final class OpenVLAChunkLearner: Learner {
  private let network: OpenVLA
  private let decoder: ParallelDecoder
  /// The head's and the slots'.
  private let head: ParameterSource
  private let patches: PatchLosses
  private let both: NetworkWithHead
  private let vocabulary: Vocabulary
  private let statistics: DatasetStatistics
  /// The name under which they stand in the checkpoint.
  private let dataset: String
  private let processor: ImageProcessor
  private let recipe: Recipe
  private let encoders: StageEncoders

  /// Of the actions' mean absolute error beside the other losses: a number's gradient is far smaller than that of a token's
  /// cross-entropy, since it is one of 56 in a mean.
  private static let actionWeight = 5.0
  /// Of the questions' cross-entropy: their share of the tokens where actions are tokens too.
  private static let questionWeight = 0.5

  init(_ recipe: Recipe, source: any DemonstrationSource, root: URL) throws {
    self.recipe = recipe
    let start = try OpenVLAStart(recipe, corpus: source.corpus, root: root)
    (network, vocabulary, processor) = (start.network, start.vocabulary, start.processor)
    let known = try source.actionStatistics(seed: recipe.seed, frames: 512)
    (dataset, statistics) = try recipe.statisticsOfOneSetup(
      among: known, for: "a policy that decodes in parallel")
    encoders = StageEncoders(vocabulary, known)
    head = ParameterSource(seed: recipe.seed)
    decoder = try ParallelDecoder(
      network, head,
      chunkLength: recipe.model?.chunkLength ?? PolicyCheckpoint.publishedChunkLength,
      actionLength: Action.count)
    if let path = recipe.initialWeights {
      try decoder.copyHead(
        head, from: PolicyCheckpoint(at: Recipe.folder(path, under: root)).actionHead())
    }
    let heads = ParameterSource(seed: recipe.seed)
    patches = try PatchLosses(network, vocabulary, recipe: recipe, source: source, heads: heads)
    both = NetworkWithHead(parameters: network.parameters + head.parameters + heads.parameters)
  }

  var module: any Module { both }
  var patchGrid: Int { network.vision.transformers[0].configuration.gridSize }

  // MARK: - Learning

  func loss(of frames: [DemonstrationFrame], stage: Stage, number: Int) throws -> BatchLoss {
    try checked {
      let features = network.patchFeatures(try pixelValues(of: frames))
      let dense = patches.loss(of: frames, features: features, stage: stage)
      var parts = [dense.total].compactMap(\.self)
      var main: [Tensor] = []
      var gazes: [Tensor] = []
      let rows = try rows(of: frames, stage: stage)
      if !rows.decisions.isEmpty {
        let answer = decoder.actions(
          projected: network.projector(features).rows(Tensor(rows.images).to(features.device)),
          prompts: rows.prompts, looking: stage.gazeWeight > 0 ? rows.gazes : [])
        let error = rows.loss(of: answer.actions, gripperWeight: stage.gripperWeight)
        main.append(error)
        parts.append(Self.actionWeight * error)
        gazes += answer.gazes
      }
      if let questions = try questions(of: frames, stage: stage) {
        let losses = network.packedLoss(
          patchFeatures: features, questions.packed,
          looking: stage.gazeWeight > 0 ? questions.gazes(grid: patchGrid) : [])
        main.append(losses.tokens)
        parts.append(Self.questionWeight * losses.tokens)
        parts += losses.gazes.map { Self.questionWeight * stage.gazeWeight * $0 }
      }
      parts += gazes.map { stage.gazeWeight * $0 }
      guard let first = parts.first else {
        throw RecipeError(
          path: recipe.output, reason: "stage '\(stage.name)' asks for nothing to be learned")
      }
      let total = parts.dropFirst().reduce(first, +)
      // A stage without decisions is told by what it asks, one without texts by its patches.
      return BatchLoss(
        total: total, main: main.first ?? total, patches: dense.patches,
        gaze: gazes.isEmpty ? nil : gazes.dropFirst().reduce(gazes[0], +))
    }
  }

  private func pixelValues(of frames: [DemonstrationFrame]) throws -> Tensor {
    try processor.pixelValues(of: frames.map(\.image))
  }

  private func rows(of frames: [DemonstrationFrame], stage: Stage) throws -> ChunkRows {
    try encoders.encoding(in: stage) { encoder in
      try ChunkRows(
        frames, encoder: &encoder, statistics: statistics.action, chunkLength: decoder.chunkLength,
        grid: patchGrid)
    }
  }

  /// What is asked about the frames; nil where nothing is.
  private func questions(of frames: [DemonstrationFrame], stage: Stage) throws -> EncodedFrames? {
    guard frames.contains(where: { !$0.questions.isEmpty }) else { return nil }
    let asked = frames.map { frame in
      var frame = frame
      frame.decisions = []
      return frame
    }
    let places = vocabulary.locations.map { TokenScale($0.tokens) }
    return try encoders.encoding(in: stage) { encoder in
      try EncodedFrames(asked, encoder: &encoder, scales: [places].compactMap(\.self))
    }
  }

  // MARK: - Looking

  func validate(_ frames: [DemonstrationFrame], stage: Stage, into entry: inout TrainingLogEntry)
    throws
  {
    try patches.validate(frames, stage: stage, into: &entry, pixelValues: pixelValues(of:))
    if let questions = try questions(of: frames, stage: stage) {
      let chosen = try checked {
        let features = network.patchFeatures(try pixelValues(of: frames))
        return try network.targetLogits(patchFeatures: features, questions.packed).argmax(-1)
          .integers()
      }
      TeacherForcedReport(
        encoded: questions, chosen: chosen, vocabulary: vocabulary, imageSize: processor.height
      ).write(into: &entry)
    }
    let rows = try rows(of: frames, stage: stage)
    guard !rows.decisions.isEmpty else { return }
    let chunks = try decoder.chunks(
      pixelValues: pixelValues(of: frames), images: rows.images, prompts: rows.prompts)
    var errors = ActionErrors()
    for (row, decision) in rows.decisions.enumerated() {
      errors.add(
        predicted: try Action(statistics.action.unnormalized(chunks[row][0])),
        expert: decision.action, hand: decision.hand, scales: statistics.action,
        gripper: frames[rows.images[row]].gripper)
    }
    errors.write(into: &entry)
  }

  // MARK: - Saving

  private var executedLength: Int? { recipe.model?.executedLength }

  func writeCheckpoint(to folder: URL) throws {
    try PolicyCheckpointWriter(
      tokenizer: vocabulary.text, statistics: [dataset: statistics],
      template: vocabulary.template, instructions: vocabulary.instructions,
      grounding: vocabulary.grounding, locationBins: vocabulary.locations?.binCount ?? 0,
      cropsCenter: recipe.cropsCenter, chunkLength: decoder.chunkLength,
      executedLength: executedLength
    ).write(to: folder) { folder, extra in
      try network.save(to: folder, dtype: .bfloat16, extraConfiguration: extra)
      try writeTensors(
        head.parameters, to: folder.appendingPathComponent(PolicyCheckpointWriter.actionHeadName),
        dtype: .bfloat16)
    }
  }

  func makePolicy() throws -> any Policy {
    var processor = processor
    processor.preparation.cropsCenter = recipe.cropsCenter
    return OpenVLAChunkPolicy(
      name: "in training",
      predictor: ChunkPredictor(
        decoder: decoder, vocabulary: vocabulary, statistics: statistics.action,
        processor: processor),
      executedLength: executedLength)
  }
}

extension ParallelDecoder {
  /// Takes over the head and the slots' embeddings of a checkpoint that decodes in parallel already. An OpenVLA has neither, and what
  /// stands in a published one's slots is zero: what is missing begins anew.
  fileprivate func copyHead(_ head: ParameterSource, from stored: Checkpoint?) throws {
    guard let stored else { return }
    try NetworkWithHead(parameters: head.parameters).copyParameters(from: stored) {
      $0.hasPrefix(Self.slotName) && !stored.contains($0) ? nil : $0
    }
  }
}
