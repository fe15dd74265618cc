import EnvironmentInterface
import Foundation
import Testing

@testable import Policies
@testable import Training

/// What becomes −1 and 1 of a diffusion policy's actions, from the recipe to the checkpoint.
@Suite(.serialized) struct DiffusionScalesTests {
  private let training = TrainingTests()

  @Test func theCheckpointSaysWhatItsActionsAreScaledBy() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 2)
    recipe.model?.actionNormalization = .bounds
    _ = try training.run(recipe, in: "bounds")
    let checkpoint = try PolicyCheckpoint(
      at: training.folder.appendingPathComponent("bounds/checkpoint"))
    // Squares are at no place that is rare: let the file say that one was farther away once.
    let statistics = checkpoint.folder.appendingPathComponent("dataset_statistics.json")
    let near = try String(contentsOf: statistics, encoding: .utf8)
    let far = near.replacing(/"min" : \[\s*-0.375/, with: #""min" : [ -0.5"#, maxReplacements: 1)
    #expect(far != near)
    try Data(far.utf8).write(to: statistics)
    let file = try checkpoint.statistics(key: nil)
    let scales = try checkpoint.diffusionStatistics(key: nil)
    #expect(scales.q01 == file.min && scales.q99 == file.max && scales.q01[0] == -0.5)
    // Without its key the same file is read by its percentiles.
    #expect(file.q01[0] == -0.375)
    let url = checkpoint.folder.appendingPathComponent("config.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    let plain = text.replacingOccurrences(of: #""action_normalization" : "bounds","#, with: "")
    #expect(plain != text)
    try Data(plain.utf8).write(to: url)
    #expect(
      try PolicyCheckpoint(at: checkpoint.folder).diffusionStatistics(key: nil).q01 == file.q01)
    // Extremes that are not there are missed before the first episode.
    try Data(text.utf8).write(to: url)
    let lacking =
      far.replacingOccurrences(of: #""max""#, with: #""median""#)
    try Data(lacking.utf8).write(to: statistics)
    #expect {
      try PolicyCheckpoint(at: checkpoint.folder).check(
        loading: .init(device: .cpu), statisticsKey: nil)
    } throws: {
      "\($0)".contains("'min' or 'max' is missing")
    }
  }

  /// Places that are told exactly are another lesson than places that are told roughly.
  @Test func howFarPlacesAreOffIsTheStages() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    func losses(_ noise: Double?, _ name: String) throws -> [Double] {
      var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 3)
      recipe.stages[0].placeNoise = noise
      return try training.run(recipe, in: name).map(\.loss)
    }
    let (usual, named) = try (losses(nil, "usual"), losses(0.01, "named"))
    #expect(usual == named)
    #expect(try losses(0.2, "rough") != usual)
  }
}
