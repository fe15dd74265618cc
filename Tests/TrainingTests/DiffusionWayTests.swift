import Foundation
import Testing
import Torch

@testable import Training

/// A diffusion policy's denoiser is told the way from the hand to the subgoal.
@Suite struct DiffusionWayTests {
  private let training = TrainingTests()

  /// Weights that knew no ways are taken over as they are, and go on to learn them.
  @Test func waysAreAddedToWeightsThatKnewNone() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 2)
    _ = try training.run(recipe, in: "first")
    let first = training.folder.appendingPathComponent("first/checkpoint")
    recipe.initialWeights = first.path
    recipe.model?.tellsWay = true
    recipe.stages[0].learningRate = 1e-9
    _ = try training.run(recipe, in: "second")
    let second = try Checkpoint(
      folder: training.folder.appendingPathComponent("second/checkpoint"))
    let known = try Checkpoint(folder: first)
    for name in known.names {
      let difference = try (second.tensor(name).to(.float32) - known.tensor(name).to(.float32))
        .floats().map(abs).max()
      #expect((difference ?? 1) < 1e-4, "\(name)")
    }
    #expect(second.contains("way.fc2.weight") && !known.contains("way.fc2.weight"))
    recipe.stages[0].learningRate = 1e-3
    recipe.initialWeights = second.folder.path
    _ = try training.run(recipe, in: "third")
    let third = try Checkpoint(
      folder: training.folder.appendingPathComponent("third/checkpoint"))
    #expect(try third.tensor("way.fc2.weight").to(.float32).floats().contains { abs($0) > 1e-4 })
  }
}
