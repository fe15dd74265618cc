import EnvironmentInterface
import Networks
import Policies
import Torch

/// What patches are taught beside the texts of a language model: what they show and how it lies, its words, where they are, and how
/// far the hand has to turn. The heads that say so are training's alone.
struct PatchLosses {
  private let network: OpenVLA
  private let classes: (kinds: Int, colors: Int)
  private let grid: Int
  /// Bins of places and turns; 0 without location tokens.
  private let bins: Int
  private let patchHead: Linear
  private let words: PatchWords
  /// Says where patches are; nil without location tokens.
  private let placeHead: Linear?
  /// Says how far the hand has to turn before it fits what a patch shows; nil where nobody asks.
  private let turnHead: Linear?

  /// - Parameter heads: Hands out the heads' parameters.
  init(
    _ network: OpenVLA, _ vocabulary: Vocabulary, recipe: Recipe, source: any DemonstrationSource,
    heads: ParameterSource
  ) throws {
    self.network = network
    classes = source.patchClasses
    grid = network.vision.transformers[0].configuration.gridSize
    bins = vocabulary.locations?.binCount ?? 0
    patchHead = try Linear(
      heads.root["patch_head"], input: network.vision.width,
      output: PatchTargets.channels(classes))
    words = try PatchWords(phrases: source.kindPhrases, tokenizer: vocabulary.text)
    let width = network.configuration.language.width
    placeHead = try vocabulary.locations.map {
      try Linear(heads.root["place_head"], input: width, output: 2 * $0.binCount)
    }
    turnHead =
      vocabulary.grounding == .pose || recipe.stages.contains { $0.turnWeight > 0 }
      ? try vocabulary.locations.map {
        try Linear(heads.root["turn_head"], input: width, output: $0.binCount)
      } : nil
  }

  /// The weighted sum of what a stage asks for, nil where it asks for nothing, and the dense labels' part of it.
  ///
  /// - Parameter features: `[B, patches, vision.width]`.
  func loss(of frames: [DemonstrationFrame], features: Tensor, stage: Stage)
    -> (total: Tensor?, patches: Tensor?)
  {
    var parts: [Tensor] = []
    var patches: Tensor?
    if stage.patchWeight > 0 {
      let dense = PatchTargets(frames, grid: grid).loss(of: patchHead(features), classes: classes)
      patches = dense
      parts.append(stage.patchWeight * dense)
    }
    if stage.wordWeight > 0 || stage.placeWeight > 0 || stage.turnWeight > 0 {
      let projected = network.projector(features)
      if stage.wordWeight > 0 {
        parts.append(
          stage.wordWeight
            * words.loss(ofProjected: projected, frames: frames, embed: network.language.embed))
      }
      if stage.placeWeight > 0, let placeHead {
        let places = PatchPlaces(bins: bins, grid: grid)
        parts.append(stage.placeWeight * places.loss(of: placeHead(projected), frames: frames))
      }
      if stage.turnWeight > 0, let turnHead {
        let turns = PatchTurns(frames, bins: bins)
        parts.append(stage.turnWeight * turns.loss(of: turnHead(projected)))
      }
    }
    return (parts.dropFirst().reduce(parts.first) { sum, part in sum.map { $0 + part } }, patches)
  }

  /// How far the heads are off in the robot's frames.
  ///
  /// - Parameter pixelValues: Those of frames.
  func validate(
    _ frames: [DemonstrationFrame], stage: Stage, into entry: inout TrainingLogEntry,
    pixelValues: ([DemonstrationFrame]) throws -> Tensor
  ) throws {
    let acted = frames.filter { $0.content == .robot }
    guard stage.patchWeight > 0, !acted.isEmpty else { return }
    let features = try checked { network.patchFeatures(try pixelValues(acted)) }
    let errors = try PatchTargets.lieErrors(
      of: checked { patchHead(features) }, frames: acted, classes: classes)
    (entry.lieDegrees, entry.constantLieDegrees) = (errors.degrees, errors.constantDegrees)
    if stage.turnWeight > 0, let turnHead {
      let said = try checked { turnHead(network.projector(features)) }
      let turns = try PatchTurns(acted, bins: bins).errors(of: said)
      (entry.patchTurnDegrees, entry.zeroPatchTurnDegrees) = (turns?.degrees, turns?.zeroDegrees)
    }
  }
}
