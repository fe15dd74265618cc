import EnvironmentInterface
import Foundation
import Networks
import Policies
import Torch

/// What an OpenVLA recipe begins with: a network of its own sizes, fresh or with earlier weights, or a checkpoint to be
/// adapted, whose sizes, tokenizer and image constants are kept.
struct OpenVLAStart {
  let network: OpenVLA
  let vocabulary: Vocabulary
  let processor: ImageProcessor
  let actionChoices: [TokenChoice]
  /// nil for a network of the recipe's own.
  let adapted: PolicyCheckpoint?

  init(_ recipe: Recipe, corpus: [String], root: URL) throws {
    if let strategy = recipe.adaptation, let path = recipe.initialWeights {
      try self.init(
        adapting: PolicyCheckpoint(at: Recipe.folder(path, under: root)), strategy, recipe)
    } else {
      try self.init(own: recipe, corpus: corpus, root: root)
    }
  }

  // MARK: - A network of the recipe's own

  /// Ids after the last action token, as published (`pad_to_multiple_of`).
  private static let padding = 64
  /// The expert's zeros are exact and its corrections are not: see `TokenChoice.median`. Sideways and in turning half a
  /// correction is better than none; up or down and open or closed there is no between.
  private static let ownActionChoices: [TokenChoice] = [
    .mean, .mean, .median, .mean, .mean, .mean, .median,
  ]

  private init(own recipe: Recipe, corpus: [String], root: URL) throws {
    let begun = try recipe.initialWeights.map {
      try PolicyCheckpoint(at: Recipe.folder($0, under: root))
    }
    let (model, tokenizer) = try recipe.fresh(corpus: corpus, begun: begun)
    let actionEnd = tokenizer.count + 256
    vocabulary = try Vocabulary(
      text: tokenizer, actions: ActionTokenizer(vocabularyEnd: actionEnd), template: .openVLA,
      grounding: model.grounding,
      locationBins: model.locationBins, instructions: recipe.instructionUse,
      source: "the recipe's tokenizer")
    processor = ImageProcessor(height: model.imageSize, width: model.imageSize)
    actionChoices =
      model.actionChoices.map { Array(repeating: $0, count: Action.count) } ?? Self.ownActionChoices
    adapted = nil
    network = try OpenVLA(
      .small(
        vocabularySize: actionEnd + Self.padding, imageSize: model.imageSize,
        patchSize: model.patchSize, visionWidth: model.visionWidth, visionDepth: model.visionDepth,
        visionHeads: model.visionHeads, stem: model.stem, width: model.width,
        layerCount: model.depth,
        heads: model.heads, mlpWidth: model.feedForwardWidth,
        // A policy acts as it learned.
        products: recipe.precision == .float32 ? nil : recipe.precision), seed: recipe.seed)
    if model.smoothNumbers == true {
      let scales = [vocabulary.locations?.tokens, vocabulary.actions.tokenRange].compactMap(\.self)
      try SmoothNumbers(seed: recipe.seed, scales: scales).write(into: network)
    }
    if let path = recipe.initialWeights {
      try network.copy(initialWeights: Checkpoint(folder: Recipe.folder(path, under: root)))
    }
  }

  // MARK: - A checkpoint to be adapted

  /// The weights that `strategy` trains are trainable; LoRA's factors stand beside frozen ones.
  private init(
    adapting checkpoint: PolicyCheckpoint, _ strategy: AdaptationStrategy, _ recipe: Recipe
  ) throws {
    guard !checkpoint.decodesInParallel else {
      throw RecipeError(
        path: checkpoint.folder.path,
        reason: "it decodes chunks in parallel (OpenVLA-OFT); adaptation teaches next tokens")
    }
    let tokenizer = try checkpoint.tokenizer()
    let adapter = try recipe.lora.map {
      try LoRAAdapter(
        fresh: $0, for: Checkpoint(folder: checkpoint.folder), seed: recipe.seed)
    }
    network = try OpenVLA(
      folder: checkpoint.folder, dtype: checkpoint.preferredType, attached: adapter)
    let layerCount = network.configuration.language.layerCount
    network.setTrainable { strategy.trains($0, layerCount: layerCount) }
    vocabulary = try checkpoint.vocabulary(of: tokenizer, for: network)
    var processor = try checkpoint.imageProcessor(for: network)
    // What frames show is the recipe's.
    processor.preparation.cropsCenter = false
    self.processor = processor
    actionChoices = checkpoint.actionChoices
    adapted = checkpoint
  }
}

extension OpenVLA {
  /// Takes all weights over; a stem that they lack begins anew, with the patch embedding behind it.
  fileprivate func copy(initialWeights checkpoint: Checkpoint) throws {
    let first = "vision_backbone.\(VisionBackbone.names[0])."
    let lacksStem = !checkpoint.names.contains { $0.hasPrefix(first + "stem.") }
    let hasStem = parameters.contains { $0.name.hasPrefix(first + "stem.") }
    try copyParameters(from: checkpoint) { name in
      let isNew = name.hasPrefix(first + "stem.") || name.hasPrefix(first + "patch_embed.")
      return hasStem && lacksStem && isNew ? nil : name
    }
  }
}

extension Recipe {
  /// The sizes of a network of the recipe's own, and its tokenizer, made from what the demonstrations may say.
  ///
  /// - Parameter begun: the checkpoint whose embeddings of pieces are taken over; nil where there is none.
  /// - Throws: `RecipeError` where the recipe's tokenizer has other pieces: their embeddings would be those of other words.
  func fresh(corpus: [String], begun: PolicyCheckpoint?) throws
    -> (ModelRecipe, SentencePieceTokenizer)
  {
    guard let model else {
      throw RecipeError(path: output, reason: "the recipe lacks the key 'model'")
    }
    let kept = try begun?.tokenizer()
    guard let tokenizer else {
      guard let kept else {
        throw RecipeError(
          path: initialWeights ?? output,
          reason: "there is no tokenizer to keep; add a section `tokenizer:` to the recipe")
      }
      return (model, kept)
    }
    let own = try tokenizer.makeTokenizer(corpus: corpus, locationBins: model.locationBins)
    if let kept, kept.model != own.model {
      throw RecipeError(
        path: initialWeights ?? output,
        reason:
          "its tokenizer has other pieces than the recipe's, whose embeddings would be those of other words; "
          + "leave `tokenizer` out of the recipe, which keeps that of `initial_weights`")
    }
    return (model, own)
  }
}
