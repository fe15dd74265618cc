import Foundation
import Testing

@testable import Training

/// `Docs/recipes.md` explains what a recipe may hold.
@Suite struct RecipeReferenceTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func page() throws -> String {
    try String(contentsOf: root.appendingPathComponent("Docs/recipes.md"), encoding: .utf8)
  }

  private static let keys = Set(
    Recipe.CodingKeys.allCases.map(\.rawValue) + ModelRecipe.CodingKeys.allCases.map(\.rawValue)
      + Stage.CodingKeys.allCases.map(\.rawValue) + StageGate.Figure.allCases.map(\.rawValue))

  /// The keys that tables explain: those at the head of a row, alone or beside others.
  @Test func keysAreThoseOfItsTables() throws {
    let heads = try Self.page().split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|")[0].split(separator: "`") }
    let explained = heads.flatMap { parts in
      parts.indices.filter { !$0.isMultiple(of: 2) }.map { String(parts[$0]) }
    }
    #expect(Set(explained).symmetricDifference(Self.keys) == [])
  }

  @Test func itsExampleIsTheRecipeThatItNames() throws {
    let parts = try Self.page().components(separatedBy: "```yaml\n")
    let example = try #require(parts.last?.components(separatedBy: "```").first)
    try #require(parts.count == 2)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("recipe-\(UUID().uuidString).yaml")
    try example.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let named = Self.root.appendingPathComponent("Recipes/openvla-lora.yaml")
    #expect(try Recipe(contentsOf: file) == Recipe(contentsOf: named))
  }
}
