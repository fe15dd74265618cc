import EnvironmentInterface
import Foundation
import Policies
import RandomNumbers
import Testing
import Torch

@testable import Training

/// Chunks by parallel decoding, learned from nothing.
@Suite(.serialized) struct ChunkLearnerTests {
  private let training = TrainingTests()

  static func recipe(steps: Int) -> Recipe {
    var recipe = TrainingTests.recipe(.openVLA, steps: steps)
    recipe.model?.grounding = .none
    recipe.model?.decoding = .parallel
    recipe.model?.chunkLength = 4
    recipe.model?.executedLength = 3
    recipe.model?.depth = 3
    recipe.stages[0].actionNoise = 0
    return recipe
  }

  private func frames(_ count: Int) throws -> [DemonstrationFrame] {
    try SquareSource().frames(
      5..<5 + count,
      of: DemonstrationRequest(
        content: .robot, seed: 99, decisionsPerFrame: 2, questionsPerFrame: 0, patchGrid: 0,
        chunkLength: 4))
  }

  private func requests(_ count: Int) throws -> [PolicyRequest] {
    try frames(count).enumerated().map { slot, frame in
      PolicyRequest(
        slot: slot,
        observation: Observation(
          images: [CameraName.primary: frame.image],
          instruction: frame.decisions[slot % 2].instruction, step: 0),
        randomness: RandomStream(seed: 0))
    }
  }

  private func actions(_ policy: any Policy, _ requests: [PolicyRequest]) throws -> [[Action]] {
    try policy.chunks(for: requests).map { try $0.get().actions }
  }

  @Test func aPolicyLearnsItsChunksAndTheCheckpointActs() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let entries = try training.run(Self.recipe(steps: 140), in: "a")
    let (first, last) = try (#require(entries.first), #require(entries.last))
    #expect(last.loss < 0.8 * first.loss)
    let (own, zeros) = try (#require(last.errorMillimetres), #require(last.zeroMillimetres))
    #expect(own[0] + own[1] < 0.7 * (zeros[0] + zeros[1]), "\(last.line)")
    #expect(last.answerPixels != nil && last.tokenAccuracy != nil)
    #expect(last.gazeLoss != nil && last.patchLoss != nil)
    let checkpoint = try PolicyCheckpoint(
      at: training.folder.appendingPathComponent("a/checkpoint"))
    #expect(checkpoint.decodesInParallel)
    try checkpoint.check(loading: CheckpointLoading(device: .cpu), statisticsKey: nil)
    let policy = try checkpoint.makePolicy(name: "trained", statisticsKey: nil)
    #expect(policy is OpenVLAChunkPolicy)
    let facts = try checkpoint.facts()
    #expect(facts.training?.images == 1120)
    // The head's are among them.
    #expect(try #require(facts.parameters) > 7 * 32 * 32)
    let alone = try requests(1)
    #expect(try actions(policy, alone)[0].count == 3)
  }

  /// The same bytes alone and in company, and from the file as from the learner where rounding takes nothing away.
  @Test(arguments: [ProductPrecision.float32, .bfloat16])
  func aCheckpointActsAsTheLearnersPolicy(precision: ProductPrecision) throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    var recipe = Self.recipe(steps: 2)
    recipe.precision = precision
    let learner = try makeLearner(recipe, source: SquareSource(), root: training.folder)
    for parameter in learner.module.parameters {
      parameter.tensor.assign(parameter.tensor.detached().to(.bfloat16).to(.float32))
    }
    let folder = training.folder.appendingPathComponent("checkpoint")
    try learner.writeCheckpoint(to: folder)
    let written = try PolicyCheckpoint(at: folder).makePolicy(name: "p", statisticsKey: nil)
    let requests = try requests(8)
    let together = try actions(learner.makePolicy(), requests)
    #expect(Set(together).count > 4)
    #expect(try actions(written, requests) == together)
    #expect(try requests.map { try actions(written, [$0])[0] } == together)
  }

  @Test func aResumedRunEndsWithTheSameBytes() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let recipe = Self.recipe(steps: 7)
    _ = try training.run(recipe, in: "whole")
    #expect(throws: TrainingTests.Stopped.self) {
      try training.run(recipe, in: "cut", stoppingAfter: 5)
    }
    _ = try training.run(recipe, in: "cut", resuming: true)
    for name in ["model.safetensors", "action_head.safetensors", "config.json"] {
      let bytes = try ["whole", "cut"].map {
        try Data(
          contentsOf: training.folder.appendingPathComponent("\($0)/checkpoint/\(name)"))
      }
      #expect(bytes[0] == bytes[1], "\(name) differs")
    }
  }

  /// Stages of pictures alone, of questions alone and of decisions alone go through the same learner.
  @Test func stagesAskForWhatTheyLike() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    var recipe = Self.recipe(steps: 2)
    var pictures = recipe.stages[0]
    (pictures.name, pictures.decisionsPerImage, pictures.questionsPerRobotImage) = ("see", 0, 0)
    var words = recipe.stages[0]
    (words.name, words.decisionsPerImage) = ("answer", 0)
    var deeds = recipe.stages[0]
    (deeds.name, deeds.questionsPerRobotImage, deeds.gazeWeight) = ("act", 0, 0)
    (deeds.patchWeight, deeds.wordWeight, deeds.placeWeight) = (0, 0, 0)
    recipe.stages = [pictures, words, deeds]
    let entries = try training.run(recipe, in: "a")
    #expect(entries.map(\.stage) == ["see", "answer", "act"])
    #expect(entries.map { $0.errorMillimetres == nil } == [true, true, false])
    #expect(entries.map { $0.answerPixels == nil } == [true, false, true])
  }

  @Test func aPolicyWithoutWordsAsksForNone() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let recipe = Self.recipe(steps: 2).withoutWords
    _ = try training.run(recipe, in: "blind")
    let policy = try PolicyCheckpoint(
      at: training.folder.appendingPathComponent("blind/\(recipe.output)")
    ).makePolicy(name: "blind", statisticsKey: nil)
    #expect(!policy.needs.instruction)
    let image = try frames(1)[0].image
    let answers = try ["go to red", nil].map { instruction in
      try actions(
        policy,
        [
          PolicyRequest(
            slot: 0,
            observation: Observation(
              images: [CameraName.primary: image], instruction: instruction, step: 0),
            randomness: RandomStream(seed: 0))
        ])
    }
    #expect(answers[0] == answers[1])
  }

  @Test func tasksOfSeveralSetUpsAreRefused() {
    var source = SquareSource()
    source.datasets = ["sink", "desk"]
    #expect {
      try makeLearner(Self.recipe(steps: 2), source: source, root: training.folder)
    } throws: { "\($0)".contains("desk, sink") }
  }
}
