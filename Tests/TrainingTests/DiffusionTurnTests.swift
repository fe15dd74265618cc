import EnvironmentInterface
import Foundation
import Policies
import Testing

@testable import Training

/// A diffusion policy's patches are told how far the hand has to turn, as an OpenVLA's are.
@Suite struct DiffusionTurnTests {
  private let training = TrainingTests()

  @Test func patchesLearnTurnsWhereTheyAreAsked() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let source = SquareSource(redLie: 0.7)
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 60)
    let silent = try training.run(recipe, in: "silent", source: source)
    #expect(silent.allSatisfy { $0.patchTurnDegrees == nil })
    recipe.stages[0].turnWeight = 1
    let entries = try training.run(recipe, in: "asked", source: source)
    let last = try #require(entries.last)
    let (off, zero) = try (#require(last.patchTurnDegrees), #require(last.zeroPatchTurnDegrees))
    // Half of the things lie askew by 40 degrees.
    #expect(abs(zero - 20) < 1)
    #expect(off < 5, "\(last.line)")
    #expect(entries.allSatisfy { $0.saidTurnDegrees == nil })
  }

  /// What is left to turn depends on which thing the instruction names: the patches know, the policy says the right one's.
  @Test func theTurnIsSaidBeforeTheActionIsDenoised() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let source = SquareSource(redLie: 0.7)
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 120)
    recipe.stages[0].turnWeight = 1
    recipe.model?.tellsTurn = true
    let last = try #require(training.run(recipe, in: "said", source: source).last)
    let (off, zero) = try (#require(last.saidTurnDegrees), #require(last.zeroSaidTurnDegrees))
    #expect(abs(zero - 0.7 * 180 / .pi) < 1e-6)
    #expect(off < 10, "\(last.line)")
    let checkpoint = try PolicyCheckpoint(
      at: training.folder.appendingPathComponent("said/checkpoint"))
    let policy = try #require(
      try checkpoint.makePolicy(name: "said", statisticsKey: nil) as? any PointingPolicy)
    #expect(policy.points)
  }
}
