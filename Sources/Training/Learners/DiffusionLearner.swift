import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Policies
import RandomNumbers
import Torch

/// Teaches a diffusion policy to find the noise in chunks of the expert's actions, and to point at subgoal and gripper.
///
/// Each image serves several instructions, as in the language model's packed segments. The sampled actions' error
/// is what the log shows: the noise loss says little about success.
final class DiffusionLearner: Learner {
  let network: DiffusionPolicyNetwork
  private let patchHead: Linear
  /// Says how far the hand has to turn before it fits what a patch shows; nil where nobody asks.
  private let turnHead: Linear?
  private let both: NetworkWithHead
  private let text: InstructionEncoder
  let statistics: DatasetStatistics
  /// What scales actions, of them.
  private let scales: ActionStatistics
  /// The name under which they stand in the checkpoint.
  private let dataset: String
  let processor: ImageProcessor
  private let classes: (kinds: Int, colors: Int)
  private let recipe: Recipe
  private let model: ModelRecipe
  /// Instructions that have been tokenized, for both halves of a batch.
  private var prompts: [String: [Int]] = [:]
  private let tokenizing = NSLock()

  /// Draws of noise for each decision and step: the conditioning is computed once for all. An image of few decisions, which costs
  /// nearly as much, has more for each.
  private static func noiseDraws(_ stage: Stage) -> Int {
    max(4, 16 / max(1, stage.decisionsPerImage))
  }
  /// In which turns are told to patches, as many as an OpenVLA has for places and turns.
  private static let turnBins = 112
  /// How far off a pointed place is, beside the noise loss.
  private static let placeWeight = 2.0
  /// The places that the denoiser is told in training are this far off, as its own will be [image widths], where a stage does
  /// not say otherwise.
  private static let placeDeviation = 0.01
  /// The same of turns [rad].
  private static let turnDeviation = 0.06

  init(_ recipe: Recipe, source: any DemonstrationSource, root: URL) throws {
    self.recipe = recipe
    let begun = try recipe.initialWeights.map {
      try PolicyCheckpoint(at: Recipe.folder($0, under: root))
    }
    // Of another diffusion policy all; of an OpenVLA the encoders, and the rest begins anew.
    let takesAll = begun?.isDiffusionPolicy == true
    let (model, tokenizer) = try recipe.fresh(
      corpus: source.corpus, begun: takesAll ? begun : nil)
    self.model = model
    text = InstructionEncoder(tokenizer: tokenizer, instructions: recipe.instructionUse)
    let readsState = model.proprioception ?? false
    let known = try source.actionStatistics(
      seed: recipe.seed, frames: 512, readingStates: readsState)
    (dataset, statistics) = try recipe.statisticsOfOneSetup(
      among: known, for: "a diffusion policy")
    guard let scales = statistics.action.scaled(by: model.actionNormalization ?? .boundsQ99) else {
      throw RecipeError(path: "demonstrations", reason: "hold no action to take extremes of")
    }
    self.scales = scales
    processor = ImageProcessor(height: model.imageSize, width: model.imageSize)
    classes = source.patchClasses
    let vision = VisionTransformerConfiguration(
      imageSize: model.imageSize, patchSize: model.patchSize, width: model.visionWidth,
      depth: model.visionDepth, heads: model.visionHeads, featureBlock: model.visionDepth - 1)
    var stemmed = vision
    stemmed.stem = model.stem
    let parameters = ParameterSource(seed: recipe.seed)
    network = try DiffusionPolicyNetwork(
      DiffusionPolicyConfiguration(
        vision: [stemmed, vision], vocabularySize: tokenizer.count, textLength: 16,
        width: model.width, heads: model.heads, mlpWidth: model.feedForwardWidth,
        encoderLayerCount: 2, decoderLayerCount: model.depth, horizon: model.chunkLength ?? 8,
        history: model.history, stateSize: readsState ? DiffusionState.size : nil,
        tellsTurn: model.tellsTurn, tellsWay: model.tellsWay),
      parameters)
    patchHead = try Linear(
      parameters.root["patch_head"], input: network.vision.width,
      output: PatchTargets.channels(classes))
    turnHead =
      try recipe.stages.contains { $0.turnWeight > 0 }
      ? Linear(
        parameters.root["turn_head"], input: network.vision.width, output: Self.turnBins) : nil
    both = NetworkWithHead(parameters: parameters.parameters)
    if let begun {
      let weights = try Checkpoint(folder: begun.folder)
      try network.copyParameters(from: weights) { name in
        // Where the weights know no ways, those begin as nothing.
        let isNew = DiffusionPolicyNetwork.isOfWay(name) && !weights.contains(name)
        return takesAll && !isNew || name.hasPrefix("vision_backbone.") ? name : nil
      }
    }
  }

  var module: any Module { both }
  var patchGrid: Int { model.imageSize / model.patchSize }

  // MARK: - Learning

  /// Decisions as rows, each with the number of its image.
  private struct Rows {
    var images: [Int] = []
    var decisions: [Decision] = []
    var instructions: [[Int]] = []
  }

  private func rows(of frames: [DemonstrationFrame]) throws -> Rows {
    tokenizing.lock()
    defer { tokenizing.unlock() }
    var rows = Rows()
    for (image, frame) in frames.enumerated() {
      for decision in frame.decisions {
        rows.images.append(image)
        rows.decisions.append(decision)
        let known = prompts[decision.instruction]
        let tokens = try known ?? text.tokens(for: decision.instruction)
        prompts[decision.instruction] = tokens
        rows.instructions.append(tokens)
      }
    }
    return rows
  }

  private func conditioning(_ rows: Rows, _ sight: Sight) throws
    -> DiffusionPolicyNetwork.Conditioning
  {
    network.conditioning(sight.rows(rows.images), tokens: try network.padded(rows.instructions))
  }

  func loss(of frames: [DemonstrationFrame], stage: Stage, number: Int) throws -> BatchLoss {
    try checked {
      let rows = try rows(of: frames)
      let sight = network.sight(of: try sensed(frames))
      let conditioning = try conditioning(rows, sight)
      let (count, draws) = (rows.decisions.count, Self.noiseDraws(stage))
      let size = network.configuration.horizon * Action.count
      var stream = RandomStream(seed: recipe.seed).named("diffusion-training").numbered(number)
      let timesteps = (0..<count * draws).map { _ in
        stream.integer(below: network.configuration.trainingStepCount)
      }
      let noise = (0..<count * draws * size).map { _ in Float(stream.normal()) }
      let actions = rows.decisions.flatMap(chunk(of:))
      let horizon = network.configuration.horizon
      let places = rows.decisions.flatMap(Self.places(of:))
      let deviation = stage.placeNoise ?? Self.placeDeviation
      let told = rows.decisions.map { decision in
        DiffusionPolicyNetwork.Told(
          places: Self.places(of: decision).map {
            $0 + Float(stream.normal(standardDeviation: deviation))
          },
          turn: network.configuration.tellsTurn == true
            ? Float(Self.turn(of: decision) + stream.normal(standardDeviation: Self.turnDeviation))
            : nil)
      }
      let main = network.denoisingLoss(
        network.pointed(conditioning, at: told),
        actions: Tensor(actions, shape: [count, horizon, Action.count]),
        noise: Tensor(noise, shape: [count, draws, horizon, Action.count]), timesteps: timesteps)
      let pointing = network.pointing(conditioning)
      let distance = pointing.places.absoluteLoss(Tensor(places, shape: [count, 2, 2]))
      let gaze = pointing.logits.reshaped([2 * count, -1]).crossEntropy(
        Tensor(patches(at: places)))
      var result = BatchLoss(
        total: main + Self.placeWeight * distance + stage.gazeWeight * gaze, main: main,
        gaze: gaze)
      if stage.patchWeight > 0 {
        let patches = PatchTargets(frames, grid: patchGrid)
          .loss(of: patchHead(sight.patches), classes: classes)
        result.patches = patches
        result.total = result.total + stage.patchWeight * patches
      }
      if let said = pointing.turns {
        result.total =
          result.total + stage.turnWeight * said.absoluteLoss(Self.turns(of: rows.decisions))
      }
      if stage.turnWeight > 0, let turnHead {
        let turns = PatchTurns(frames, bins: Self.turnBins).loss(of: turnHead(sight.patches))
        result.total = result.total + stage.turnWeight * turns
      }
      return result
    }
  }

  /// Subgoal and gripper, as the network points at them.
  private static func places(of decision: Decision) -> [Float] {
    [decision.goalPoint, decision.gripperPoint].flatMap { [Float($0.x), Float($0.y)] }
  }

  /// What is left to turn [rad].
  private static func turn(of decision: Decision) -> Double { decision.hand?.turn ?? 0 }

  /// Cosine and sine of twice what is left to turn, `[decisions, 2]`.
  private static func turns(of decisions: [Decision]) -> Tensor {
    let turns = decisions.map { Float(2 * turn(of: $0)) }
    return Tensor(turns.flatMap { [cos($0), sin($0)] }, shape: [turns.count, 2])
  }

  /// The patch that holds each place, row-major from the top left.
  private func patches(at places: [Float]) -> [Int] {
    let grid = patchGrid
    let cells = places.map { min(grid - 1, max(0, Int(($0 * Float(grid)).rounded(.down)))) }
    return stride(from: 0, to: cells.count, by: 2).map { cells[$0 + 1] * grid + cells[$0] }
  }

  /// The decision's next actions, normalised; a demonstration that ends repeats its last action.
  private func chunk(of decision: Decision) -> [Float] {
    (0..<network.configuration.horizon).flatMap { step in
      let action =
        step < decision.nextActions.count
        ? decision.nextActions[step] : decision.nextActions.last ?? decision.action
      return ChunkScaling.gripperStretched(scales.normalized(action.values))
        .map(Float.init)
    }
  }

  // MARK: - Looking

  func validate(_ frames: [DemonstrationFrame], stage: Stage, into entry: inout TrainingLogEntry)
    throws
  {
    let frames = frames.filter { !$0.decisions.isEmpty }
    let rows = try rows(of: frames)
    let sensed = try sensed(frames)
    let size = network.configuration.horizon * Action.count
    var stream = RandomStream(seed: recipe.seed).named("diffusion-validation")
    let noise = (0..<rows.decisions.count * size).map { _ in Float(stream.normal()) }
    let chunks = try network.chunks(
      sensed.rows(rows.images), instructions: rows.instructions,
      noise: Tensor(
        noise, shape: [rows.decisions.count, network.configuration.horizon, Action.count]))
    let sampled = try chunks.actions.doubles()
    var errors = ActionErrors()
    var pixelsOff = 0.0
    for (row, decision) in rows.decisions.enumerated() {
      let scaled = sampled[row * size..<row * size + Action.count].map { min(1, max(-1, $0)) }
      let values = scales.unnormalized(ChunkScaling.gripperOpened(scaled))
      errors.add(
        predicted: try Action(values), expert: decision.action, hand: decision.hand,
        saidTurn: chunks.told[row].turn.map(Double.init), scales: scales,
        gripper: frames[rows.images[row]].gripper)
      let places = chunks.told[row].places.map(Double.init)
      let place = Vector2(places[0], places[1])
      pixelsOff += (place - decision.goalPoint).length * Double(model.imageSize)
    }
    errors.write(into: &entry)
    entry.goalPixels = pixelsOff / Double(max(1, rows.decisions.count))
    if stage.turnWeight > 0, let turnHead {
      let said = try checked { turnHead(network.sight(of: sensed).patches) }
      let turns = try PatchTurns(frames, bins: Self.turnBins).errors(of: said)
      (entry.patchTurnDegrees, entry.zeroPatchTurnDegrees) = (turns?.degrees, turns?.zeroDegrees)
    }
  }

  // MARK: - Saving

  private var executedLength: Int { model.executedLength ?? 3 }

  func writeCheckpoint(to folder: URL) throws {
    try PolicyCheckpointWriter(
      tokenizer: text.tokenizer, statistics: [dataset: statistics],
      instructions: text.instructions, grounding: .none, locationBins: 0,
      cropsCenter: recipe.cropsCenter, executedLength: executedLength,
      actionNormalization: model.actionNormalization
    ).write(to: folder) { folder, extra in
      try network.save(to: folder, dtype: .bfloat16, extraConfiguration: extra)
    }
  }

  func makePolicy() throws -> any Policy {
    var processor = processor
    processor.preparation.cropsCenter = recipe.cropsCenter
    return DiffusionPolicy(
      name: "in training", network: network, text: text, statistics: scales,
      states: statistics.proprioception, processor: processor, executedLength: executedLength)
  }
}
