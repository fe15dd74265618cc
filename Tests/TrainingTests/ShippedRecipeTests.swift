import Foundation
import Policies
import Testing

@testable import Training

/// The shipped weights are those of recipes that stand in the package.
@Suite struct ShippedRecipeTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let checkpoints: [String] =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent("Checkpoints").path)) ?? []).sorted()

  @Test(arguments: checkpoints) func weightsAreOfARecipeThatIsThere(name: String) throws {
    let folder = Self.root.appendingPathComponent("Checkpoints/\(name)")
    let facts = try #require(try PolicyCheckpoint.trainingFacts(in: folder))
    // Another seed's training says so at the end of its name; nothing else does.
    let seedSuffix = Recipe.suffix(ofSeed: try #require(facts.seed))
    let isReseeded = name.hasSuffix(seedSuffix)
    var base = isReseeded ? String(name.dropLast(seedSuffix.count)) : name
    let isBlind = base.hasSuffix(Recipe.blindSuffix)
    if isBlind { base = String(base.dropLast(Recipe.blindSuffix.count)) }
    let recipe = try Recipe(
      contentsOf: Self.root.appendingPathComponent("Recipes/\(base).yaml"))
    #expect((recipe.seed != facts.seed) == isReseeded)
    #expect(try facts.recipe == (isBlind ? recipe.withoutWords : recipe).digest())
  }

  @Test func somethingShips() { #expect(Self.checkpoints.count >= 9) }
}
