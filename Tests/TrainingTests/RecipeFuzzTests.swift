import Foundation
import StrictYAML
import TestSupport
import Testing

@testable import Training

/// Mutated recipes are refused by file, place and mend, or are recipes that can be followed.
struct RecipeFuzzTests {
  @Test(arguments: [
    "openvla", "from-nothing", "diffusion-policy", "openvla-lora", "openvla-bridge",
    "openvla-oft", "small",
  ])
  func mutatedRecipesAreRefusedOrRead(name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text =
      name == "small"
      ? SmallRecipe.text
      : try String(
        contentsOf: root.appendingPathComponent("Recipes/\(name).yaml"), encoding: .utf8)
    var mutation = YAMLMutation(seed: 21)
    let tally = Fuzz.trial(of: "the recipe of \(name)", byDefault: 500) { _ in
      let recipe = try YAMLDocument(bytes: mutation.mutate(text), named: name).read {
        try Recipe($0)
      }
      #expect(recipe.flaws.isEmpty && recipe.totalSteps > 0)
    } judging: { error in
      guard let complaints = (error as? YAMLError)?.complaints else { return "is of another kind" }
      let isWhole = complaints.allSatisfy {
        $0.file == name && $0.line != nil && !$0.problem.isEmpty && !$0.mend.isEmpty
      }
      return isWhole ? nil : "lacks file, line or mend"
    }
    #expect(
      tally.faults.isEmpty && tally.refused > tally.count / 3 && tally.read > 0, "\(tally)")
  }
}
