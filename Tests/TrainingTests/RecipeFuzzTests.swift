import Foundation
import StrictYAML
import TestSupport
import Testing

@testable import Training

/// Mutated recipes are refused by file, place and mend, or are recipes that can be followed.
struct RecipeFuzzTests {
  @Test(arguments: ["openvla", "scratch", "diffusion-policy", "openvla-lora"])
  func mutatedRecipesAreRefusedOrRead(name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("Recipes/\(name).yaml"), encoding: .utf8)
    var mutation = YAMLMutation(seed: 21)
    var refused = 0
    let count = fuzzCount(500)
    for _ in 0..<count {
      do {
        let recipe = try YAMLDocument(bytes: mutation.mutate(text), named: name).read {
          try Recipe($0)
        }
        #expect(recipe.flaws.isEmpty && recipe.totalSteps > 0)
      } catch let error as YAMLError {
        refused += 1
        for complaint in error.complaints {
          #expect(complaint.file == name && !complaint.problem.isEmpty && !complaint.mend.isEmpty)
        }
      }
    }
    #expect(refused > count / 3 && refused < count, "\(refused) of \(count)")
  }
}
