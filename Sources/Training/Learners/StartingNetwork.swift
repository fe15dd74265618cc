import Foundation
import Networks
import Torch

/// The OpenVLA network that a recipe begins with: fresh, a copy of earlier weights, or a checkpoint to be adapted.
struct StartingNetwork {
  private let recipe: Recipe
  private let configuration: OpenVLAConfiguration
  private let root: URL

  /// Ids after the last action token, as published (`pad_to_multiple_of`).
  private static let padding = 64

  /// - Parameter textVocabularyEnd: One past the last action token.
  init(_ recipe: Recipe, textVocabularyEnd: Int, root: URL) {
    self.recipe = recipe
    self.root = root
    let model = recipe.model
    configuration = .small(
      vocabularySize: textVocabularyEnd + Self.padding, imageSize: model.imageSize,
      patchSize: model.patchSize, visionWidth: model.visionWidth, visionDepth: model.visionDepth,
      visionHeads: model.visionHeads, width: model.width, layerCount: model.depth,
      heads: model.heads, mlpWidth: model.feedForwardWidth)
  }

  func make() throws -> OpenVLA {
    guard let path = recipe.initialWeights else {
      return try OpenVLA(configuration, seed: recipe.seed)
    }
    let folder = root.appendingPathComponent(path)
    guard let strategy = recipe.adaptation else {
      let network = try OpenVLA(configuration, seed: recipe.seed)
      try network.copyParameters(from: Checkpoint(folder: folder))
      return network
    }
    return try adapted(folder, strategy)
  }

  /// The checkpoint with the weights trainable that `strategy` trains; LoRA's factors stand beside them.
  private func adapted(_ folder: URL, _ strategy: AdaptationStrategy) throws -> OpenVLA {
    let file = folder.appendingPathComponent("config.json")
    guard try OpenVLAConfiguration(contentsOf: file) == configuration else {
      throw RecipeError(
        path: file.path, reason: "the checkpoint has other sizes than the recipe under 'model'")
    }
    let adapter = try recipe.lora.map {
      try LoRAAdapter(fresh: $0, for: Checkpoint(folder: folder), seed: recipe.seed)
    }
    let network = try OpenVLA(folder: folder, attached: adapter)
    network.setTrainable {
      strategy.trains($0, layerCount: configuration.language.layerCount)
    }
    return network
  }
}
