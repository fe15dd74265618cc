import Foundation
import Testing

@testable import Training

/// Embeddings are of pieces: who takes them over keeps the tokenizer that they were learned with.
@Suite(.serialized) struct BegunTokenizerTests {
  private let training = TrainingTests()
  private var folder: URL { training.folder }

  private func tokenizer(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent("\(name)/checkpoint/tokenizer.model"))
  }

  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func anothersPiecesAreRefusedAndKeptWhereNobodyAsksForThem(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = TrainingTests.recipe(kind, steps: 2)
    // As many words, others.
    var other = SquareSource()
    other.corpus = other.corpus.map { $0.replacingOccurrences(of: "red", with: "der") }
    _ = try training.run(recipe, in: "a")
    _ = try training.run(recipe, in: "other", source: other)
    #expect(try tokenizer("a") != tokenizer("other"))
    recipe.initialWeights = folder.appendingPathComponent("a/checkpoint").path
    #expect {
      try training.run(recipe, in: "b", source: other)
    } throws: {
      "\($0)".contains("a/checkpoint: its tokenizer has other pieces")
        && "\($0)".contains("leave `tokenizer` out")
    }
    _ = try training.run(recipe, in: "same")
    recipe.tokenizer = nil
    #expect(!recipe.flaws.contains { $0.key == "tokenizer" })
    _ = try training.run(recipe, in: "kept", source: other)
    #expect(try tokenizer("kept") == tokenizer("a"))
  }

  /// A diffusion policy takes an OpenVLA's encoders and no words, so that it needs a tokenizer of its own.
  @Test func encodersBringNoWords() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try training.run(TrainingTests.recipe(.openVLA, steps: 2), in: "a")
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: 2)
    recipe.initialWeights = folder.appendingPathComponent("a/checkpoint").path
    _ = try training.run(recipe, in: "b")
    recipe.tokenizer = nil
    #expect { try training.run(recipe, in: "c") } throws: {
      "\($0)".contains("there is no tokenizer to keep")
    }
  }
}
