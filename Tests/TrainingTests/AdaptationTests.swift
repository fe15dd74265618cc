import EnvironmentInterface
import Foundation
import Networks
import Policies
import Testing
import Torch

@testable import Training

/// Adapting a checkpoint changes what the strategy says and nothing else.
@Suite(.serialized) struct AdaptationTests {
  let training = TrainingTests()
  private var folder: URL { training.folder }
  private var base: URL { folder.appendingPathComponent("base/checkpoint") }

  /// Adapts what `makeBase` has trained.
  static func recipe(_ strategy: AdaptationStrategy, steps: Int) -> Recipe {
    var recipe = TrainingTests.recipe(.openVLA, steps: steps)
    recipe.model = nil
    recipe.tokenizer = nil
    recipe.initialWeights = "../base/checkpoint"
    recipe.adaptation = strategy
    recipe.lora = strategy == .lora ? LoRASize(rank: 4, alpha: 8) : nil
    // The heads for dense labels are no part of the network: as published, next tokens alone teach.
    for index in recipe.stages.indices {
      recipe.stages[index].patchWeight = 0
      recipe.stages[index].wordWeight = 0
      recipe.stages[index].placeWeight = 0
      recipe.stages[index].gazeWeight = 0
      recipe.stages[index].learningRate = 5e-3
    }
    return recipe
  }

  private func makeBase(stem: [Int]? = nil) throws {
    var recipe = TrainingTests.recipe(.openVLA, steps: 6)
    recipe.model?.stem = stem
    if stem != nil {
      recipe.model?.imageSize = 64
      recipe.model?.patchSize = 16
    }
    _ = try training.run(recipe, in: "base")
  }

  private func checkpoint(_ name: String) throws -> Checkpoint {
    try Checkpoint(folder: folder.appendingPathComponent(name).appendingPathComponent("checkpoint"))
  }

  /// What the names of trained weights begin with, in a network of two decoder layers (paper, §5.3).
  private static func trained(_ strategy: AdaptationStrategy) -> [String] {
    let lastLayer = [
      "language_model.model.embed_tokens.", "language_model.model.layers.1.",
      "language_model.lm_head.",
    ]
    return switch strategy {
    case .full: [""]
    case .lastLayer: lastLayer
    case .frozenVision: ["projector.", "language_model."]
    case .sandwich: lastLayer + ["vision_backbone.", "projector."]
    case .lora: []
    }
  }

  @Test(arguments: AdaptationStrategy.allCases, [nil, [5, 7]])
  func whatAStrategyTrainsChangesAndNothingElse(strategy: AdaptationStrategy, stem: [Int]?) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeBase(stem: stem)
    _ = try training.run(Self.recipe(strategy, steps: 8), in: "adapted")
    let (before, after) = (try checkpoint("base"), try checkpoint("adapted"))
    #expect(before.names == after.names)
    let changed = try after.names.filter {
      try !after.tensor($0).isIdentical(to: before.tensor($0))
    }
    let expected = before.names.filter { name in
      strategy == .lora
        ? name.hasSuffix(".weight") && before.shape(of: name)?.count != 1
          && !name.contains("embed_tokens")
        : Self.trained(strategy).contains { name.hasPrefix($0) }
    }
    #expect(changed == expected)
    #expect(!changed.isEmpty)
  }

  @Test func factorsLearnAndAreMergedIntoTheCheckpoint() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeBase()
    let entries = try training.run(Self.recipe(.lora, steps: 200), in: "adapted")
    let (first, last) = try (#require(entries.first), #require(entries.last))
    #expect(last.loss < 0.8 * first.loss)
    #expect(last.successes == 1)

    let output = folder.appendingPathComponent("adapted/checkpoint")
    let adapter = try LoRAAdapter(folder: output.appendingPathComponent("adapter"))
    #expect(adapter.size == LoRASize(rank: 4, alpha: 8))
    let merged = try OpenVLA(folder: base)
    try merged.merge(adapter)
    let saved = try checkpoint("adapted")
    for weight in merged.parameters {
      #expect(
        try saved.tensor(weight.name).isIdentical(to: weight.tensor.detached().to(.bfloat16)),
        "\(weight.name)")
    }
    _ = try PolicyCheckpoint(at: output)
      .makePolicy(name: "adapted", statisticsKey: nil)
  }

  @Test func aResumedAdaptationEndsWithTheSameBytes() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeBase()
    var whole = Self.recipe(.lora, steps: 4)
    var second = whole.stages[0]
    second.name = "more"
    whole.stages.append(second)
    _ = try training.run(whole, in: "whole")
    #expect(throws: TrainingTests.Stopped.self) {
      try training.run(whole, in: "cut", stoppingAfter: 5)
    }
    _ = try training.run(whole, in: "cut", resuming: true)
    for name in [
      "model.safetensors", "adapter/adapter_model.safetensors", "adapter/adapter_config.json",
    ] {
      let files = try ["whole", "cut"].map {
        try Data(contentsOf: folder.appendingPathComponent("\($0)/checkpoint/\(name)"))
      }
      #expect(files[0] == files[1], "\(name) differs")
    }
  }

  /// Ours with the keys of a published file: no grounding, the feature one block earlier, what follows it uncomputed.
  @Test func aPublishedLayoutIsAdaptedAndKeepsWhatIsNotItsNetwork() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeBase()
    let file = base.appendingPathComponent("config.json")
    var keys = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    keys["trestle"] = nil
    keys["policy"] = nil
    keys["timm_model_ids"] = Array(repeating: "vit_so400m_patch14_siglip_224", count: 2)
    keys["vision_overrides"] = Array(repeating: ["num_heads": 2], count: 2)
    keys["image_resize_strategy"] = "resize-naive"
    try JSONSerialization.data(withJSONObject: keys).write(to: file)
    let preprocessor = Data(#"{"image_resize_strategy": "letterbox"}"#.utf8)
    try preprocessor.write(to: base.appendingPathComponent("preprocessor_config.json"))

    _ = try training.run(Self.recipe(.lora, steps: 8), in: "adapted")
    let (before, after) = (try checkpoint("base"), try checkpoint("adapted"))
    #expect(before.names == after.names)
    let changed = try after.names.filter {
      try !after.tensor($0).isIdentical(to: before.tensor($0))
    }
    #expect(changed.contains("vision_backbone.featurizer.blocks.0.attn.qkv.weight"))
    #expect(!changed.contains { $0.contains("featurizer.blocks.1.") })
    let output = folder.appendingPathComponent("adapted/checkpoint")
    let adapter = try LoRAAdapter(folder: output.appendingPathComponent("adapter"))
    #expect(adapter.parameters.contains { $0.name.contains("featurizer.blocks.1.") })
    #expect(
      try Data(contentsOf: output.appendingPathComponent("preprocessor_config.json"))
        == preprocessor)
    let written = try String(
      contentsOf: output.appendingPathComponent("config.json"), encoding: .utf8)
    #expect(written.contains("resize-naive"))
  }
}

extension AdaptationTests {
  @Test func aCheckpointThatDecodesInParallelIsRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeBase()
    try Data().write(to: base.appendingPathComponent("action_head.safetensors"))
    #expect { try training.run(Self.recipe(.lora, steps: 2), in: "adapted") } throws: {
      "\($0)".contains("it decodes chunks in parallel")
    }
  }
}

@Suite struct AdaptationRecipeTests {
  struct Flaw: CustomTestStringConvertible, Sendable {
    var complaint: String
    var change: @Sendable (inout Recipe) -> Void
    var testDescription: String { complaint }
  }

  static let flaws = [
    Flaw(complaint: "needs 'initial_weights'") { $0.initialWeights = nil },
    Flaw(complaint: "'adaptation' is for the policy openvla") { $0.policy = .diffusionPolicy },
    Flaw(complaint: "'adaptation: lora' needs 'lora'") { $0.lora = nil },
    Flaw(complaint: "'lora' needs 'adaptation: lora'") { $0.adaptation = .sandwich },
    Flaw(complaint: "'lora' needs 'adaptation: lora'") { $0.adaptation = nil },
    Flaw(complaint: "'tokenizer' must be left out") {
      $0.tokenizer = TokenizerRecipe(size: 400, symbols: [])
    },
    Flaw(complaint: "the key 'model' is missing") {
      $0.adaptation = nil
      $0.lora = nil
    },
    Flaw(complaint: "the key 'tokenizer' is missing") {
      $0.adaptation = nil
      $0.lora = nil
      $0.initialWeights = nil
      $0.model = TrainingTests.recipe(.openVLA, steps: 1).model
    },
  ]

  @Test(arguments: flaws)
  func aContradictionIsNamed(_ flaw: Flaw) {
    var recipe = AdaptationTests.recipe(.lora, steps: 10)
    #expect(recipe.flaws.isEmpty)
    flaw.change(&recipe)
    #expect(recipe.flaws.contains { $0.problem.contains(flaw.complaint) }, "\(recipe.flaws)")
  }

  @Test func theShippedRecipeAdapts() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let recipe = try Recipe(contentsOf: root.appendingPathComponent("Recipes/openvla-lora.yaml"))
    #expect(recipe.adaptation == .lora && recipe.lora == LoRASize(rank: 16))
    #expect(recipe.initialWeights == "Checkpoints/openvla")
  }
}
