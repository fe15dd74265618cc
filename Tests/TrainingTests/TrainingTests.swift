import EnvironmentInterface
import Foundation
import Geometry
import Policies
import RandomNumbers
import Synchronization
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct TrainingTests {
  static func recipe(_ policy: Recipe.PolicyKind, steps: Int) -> Recipe {
    Recipe(
      policy: policy, seed: 1, precision: .float32, output: "checkpoint", initialWeights: nil,
      model: ModelRecipe(
        imageSize: 56, patchSize: 14, visionWidth: 32, visionDepth: 2, visionHeads: 2, width: 32,
        depth: 2, heads: 2, feedForwardWidth: 64, grounding: policy == .openVLA ? .point : .none,
        locationBins: 16, chunkLength: 1, executedLength: 1),
      tokenizer: TokenizerRecipe(size: 400, symbols: ["?\nOut:"]),
      optimizer: OptimizerRecipe(beta1: 0.9, beta2: 0.95, weightDecay: 0.01, clipNorm: 1),
      stages: [
        Stage(
          name: "all", steps: steps, robotImages: 8, visionImages: 0, decisionsPerImage: 2,
          questionsPerRobotImage: 1, questionsPerVisionImage: 0, learningRate: 2e-3,
          warmupSteps: 5, finalLearningRateFraction: 0.1, patchWeight: 0.5, wordWeight: 0.3,
          placeWeight: 0.3, turnWeight: 0, gazeWeight: 0.3, gripperWeight: 2, locationWeight: 1,
          actionNoise: policy == .openVLA ? 4 : 0, turnNoise: 0,
          turnShare: 1, mishaps: 0, variedLooks: 0)
      ])
  }

  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trestle-training-\(UInt64.random(in: 0...(.max)))")

  @Test func aPlanTimesEveryStageAndLeavesNothingBehind() throws {
    var recipe = Self.recipe(.openVLA, steps: 250)
    var second = recipe.stages[0]
    (second.name, second.steps) = ("short", 1)
    recipe.stages.append(second)
    let plan = try TrainingPlan(of: recipe, source: SquareSource(), root: folder)
    #expect(plan.stages.map(\.name) == ["all", "short"])
    #expect(plan.stages.map(\.steps) == [250, 1])
    #expect(plan.stages.map(\.images) == [8, 8])
    for stage in plan.stages { #expect(stage.stepSeconds > 0 && stage.validationSeconds > 0) }
    let (long, short) = (plan.stages[0], plan.stages[1])
    #expect(abs(long.seconds - 250 * long.stepSeconds - 3 * long.validationSeconds) < 1e-9)
    #expect(plan.seconds == plan.preparationSeconds + long.seconds + short.seconds)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  /// A gate that nobody passes stops the run after its stage, with both figures; resuming goes on.
  @Test func aMissedGateStopsTheRunAndKeepsWhatWasLearned() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = Self.recipe(.openVLA, steps: 3)
    recipe.stages[0].gates = [
      StageGate(figure: .x, atMost: 1e-6), StageGate(figure: .yaw, atMost: 1),
    ]
    var second = recipe.stages[0]
    (second.name, second.gates) = ("after", nil)
    recipe.stages.append(second)
    let error = #expect(throws: TrainingGateMissed.self) { try run(recipe, in: "gated") }
    #expect(error?.stage == "all")
    #expect(error?.misses.first?.hasPrefix("x: ") == true)
    #expect(error?.description.contains("trivial answer") == true)
    let rest = try run(recipe, in: "gated", resuming: true)
    #expect(rest.map(\.stage) == ["after"])
    let entry = try #require(rest.first)
    #expect(entry.line.contains("(zeros ") && entry.line.contains("(always open "))
    #expect(entry.zeroMillimetres?.count == 3)
    // A control without words is not held up.
    var missed: [TrainingGateMissed] = []
    let control = try run(recipe.withoutWords, in: "control") { missed.append($0) }
    #expect(control.map(\.stage) == ["all", "after"])
    #expect(missed.map(\.stage) == ["all"] && missed[0].finding.contains("misses its gate: x: "))
  }

  /// What stops a training in the tests.
  struct Stopped: Error {}

  /// - Parameter step: Where the training is stopped, as a signal would.
  func run(
    _ recipe: Recipe, in name: String, source: SquareSource = SquareSource(),
    resuming: Bool = false, stoppingAfter step: Int? = nil,
    missing: (TrainingGateMissed) -> Void = { _ in }
  ) throws -> [TrainingLogEntry] {
    var entries: [TrainingLogEntry] = []
    let training = try TrainingRun(
      recipe, source: source, root: folder.appendingPathComponent(name),
      folder: folder.appendingPathComponent(name).appendingPathComponent("state"),
      resuming: resuming, savingInterval: 3)
    try training.run(
      successInterval: 0,
      countSuccesses: { policy in
        // What training hands out must act.
        let request = PolicyRequest(
          slot: 0,
          observation: Observation(
            images: [
              CameraName.primary: Image(
                height: 56, width: 56, pixels: Array(repeating: 9, count: 56 * 56 * 3))
            ],
            instruction: "go to red",
            proprioception: Proprioception(
              baseFromGripper: .identity, gripperWidth: 0, jointAngles: []), step: 0),
          randomness: RandomStream(seed: 0))
        let action = try policy.chunks(for: [request])[0].get().actions[0]
        return (action.values.allSatisfy(\.isFinite) ? 1 : 0, 1)
      }
    ) { report in
      switch report {
      case .entry(let entry): entries.append(entry)
      case .step(let number, _, _, _, _): if number == step { throw Stopped() }
      case .missedGate(let missed): missing(missed)
      }
    }
    return entries
  }

  /// Of two set-ups each keeps its own statistics, and the policy takes those of where it is.
  @Test func datasetsOfSeveralSetUpsAreScaledByThemselves() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var source = SquareSource()
    source.datasets = ["sink", "desk"]
    var recipe = Self.recipe(.openVLA, steps: 2)
    let training = try TrainingRun(
      recipe, source: source, root: folder, folder: folder.appendingPathComponent("state"),
      resuming: false)
    try training.run(successInterval: 0, countSuccesses: nil) { _ in }
    let checkpoint = try PolicyCheckpoint(at: folder.appendingPathComponent("checkpoint"))
    let (sink, desk) = try (checkpoint.statistics(key: "sink"), checkpoint.statistics(key: "desk"))
    #expect(desk.q99[0] > 1.9 * sink.q99[0])
    let policy = try checkpoint.makePolicy(
      name: "both", statisticsKey: nil, setups: ["sink", "desk"])
    let frame = try source.frames(
      5..<6,
      of: DemonstrationRequest(
        content: .robot, seed: 99, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
        chunkLength: 1))[0]
    let actions = try ["sink", "desk"].enumerated().map { slot, setup in
      try policy.begin(
        slot: slot,
        episode: EpisodeBriefing(id: "0", instruction: "go to red", stepLimit: 9, setup: setup))
      let request = PolicyRequest(
        slot: slot,
        observation: Observation(
          images: [CameraName.primary: frame.image], instruction: "go to red", step: 0),
        randomness: RandomStream(seed: 0))
      return try policy.chunks(for: [request])[0].get().actions[0].translation
    }
    // The same tokens, un-normalised by other numbers.
    func level(_ value: Double, _ of: ActionStatistics) -> Double {
      (value - of.q01[0]) / (of.q99[0] - of.q01[0])
    }
    #expect(abs(level(actions[0].x, sink) - level(actions[1].x, desk)) < 1e-9)
    #expect(actions[0] != actions[1])
    recipe = Self.recipe(.diffusionPolicy, steps: 2)
    #expect { try DiffusionLearner(recipe, source: source, root: folder) } throws: {
      "\($0)".contains("desk, sink")
    }
  }

  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func aPolicyLearnsAndItsCheckpointActs(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let entries = try run(Self.recipe(kind, steps: 200), in: "a")
    let (first, last) = try (#require(entries.first), #require(entries.last))
    #expect(last.loss < 0.8 * first.loss)
    #expect(last.successes == 1)
    if kind == .diffusionPolicy {
      // Squares are 14 pixels apart: a blind guess is some 20 pixels off.
      #expect(try #require(last.goalPixels) < 14)
    }
    let output = folder.appendingPathComponent("a/checkpoint")
    let policy = try PolicyCheckpoint(at: output)
      .makePolicy(name: "trained", statisticsKey: nil)
    let frame = try SquareSource().frames(
      5..<6,
      of: DemonstrationRequest(
        content: .robot, seed: 99, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
        chunkLength: 1))[0]
    let answer = try policy.chunks(for: [
      PolicyRequest(
        slot: 0,
        observation: Observation(
          images: [CameraName.primary: frame.image],
          instruction: frame.decisions[0].instruction, step: 0),
        randomness: RandomStream(seed: 0))
    ])
    #expect(try answer[0].get().actions.count == 1)
  }

  /// Stopped within a stage, a step after a saving and in the middle of writing the next.
  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func aResumedRunEndsWithTheSameBytes(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = Self.recipe(kind, steps: 5)
    var second = recipe.stages[0]
    second.name = "more"
    recipe.stages.append(second)
    _ = try run(recipe, in: "whole")
    #expect(throws: Stopped.self) { try run(recipe, in: "cut", stoppingAfter: 4) }
    let state = folder.appendingPathComponent("cut/state")
    let torn = state.appendingPathComponent("saving-6")
    try FileManager.default.createDirectory(at: torn, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: state.appendingPathComponent("saving-3/model.safetensors"),
      to: torn.appendingPathComponent("model.safetensors"))
    #expect(throws: Stopped.self) {
      try run(recipe, in: "cut", resuming: true, stoppingAfter: 7)
    }
    _ = try run(recipe, in: "cut", resuming: true)
    for name in ["model.safetensors", "tokenizer.model", "config.json"] {
      let a = try Data(contentsOf: folder.appendingPathComponent("whole/checkpoint/\(name)"))
      let b = try Data(contentsOf: folder.appendingPathComponent("cut/checkpoint/\(name)"))
      #expect(a == b, "\(name) differs")
    }
  }

  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func halvesSideBySideGiveTheBytesOfHalvesInTurn(_ kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let earlier = threadCount
    defer { setThreadCount(earlier) }
    for (name, threads) in [("turn", 1), ("side", 2)] {
      setThreadCount(threads)
      _ = try run(Self.recipe(kind, steps: 8), in: name)
    }
    let bytes = try ["turn", "side"].map {
      try Data(contentsOf: folder.appendingPathComponent("\($0)/checkpoint/model.safetensors"))
    }
    #expect(bytes[0] == bytes[1])
  }

  /// What tables say of a row stands in the checkpoint, and nobody types it.
  @Test func aCheckpointSaysWhatItWasTrainedOn() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = Self.recipe(.openVLA, steps: 3)
    _ = try run(recipe, in: "a")
    let first = folder.appendingPathComponent("a/checkpoint")
    let facts = try #require(try PolicyCheckpoint.trainingFacts(in: first))
    #expect(facts.seed == 1 && facts.images == 24 && facts.robotImages == 24)
    #expect(facts.seconds > 0 && facts.earlierImages == 0)
    // Another seed is the same recipe, another number of steps is not.
    let other = recipe.withSeed(7)
    #expect(other.seed == 7 && other.output == "checkpoint-seed7")
    #expect(try other.digest() == facts.recipe)
    #expect(try Self.recipe(.openVLA, steps: 4).digest() != facts.recipe)
    #expect(recipe.withSeed(1) == recipe)
    // The diffusion policy begins with its encoders.
    var second = Self.recipe(.diffusionPolicy, steps: 2)
    second.initialWeights = first.path
    _ = try run(second, in: "b")
    let later = try PolicyCheckpoint(at: folder.appendingPathComponent("b/checkpoint")).facts()
    #expect(later.training?.images == 16 && later.training?.earlierImages == 24)
    #expect(later.training?.earlierSeconds == facts.seconds)
    #expect(try #require(later.parameters) > 10_000)
  }

  /// What was learned is not lost: a training that learns nothing more writes the weights that it began with.
  @Test(arguments: ["openvla", "diffusion-policy", "chunks"])
  func aTrainingGoesOnFromAnothersWeights(kind: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe =
      switch kind {
      case "chunks": ChunkLearnerTests.recipe(steps: 2)
      case "diffusion-policy": Self.recipe(.diffusionPolicy, steps: 2)
      default: Self.recipe(.openVLA, steps: 2)
      }
    _ = try run(recipe, in: "a")
    recipe.initialWeights = folder.appendingPathComponent("a/checkpoint").path
    recipe.seed = 2
    recipe.stages[0].steps = 1
    recipe.stages[0].learningRate = 0
    _ = try run(recipe, in: "b")
    let files = kind == "chunks" ? ["action_head.safetensors"] : []
    for file in ["model.safetensors"] + files {
      let weights = try ["a", "b"].map {
        try Data(contentsOf: folder.appendingPathComponent("\($0)/checkpoint/\(file)"))
      }
      #expect(weights[0] == weights[1], "\(file)")
    }
  }

  /// A control: whatever it is told, it does the same, and it does not even ask.
  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func aPolicyTrainedWithoutWordsHearsNone(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = Self.recipe(kind, steps: 4)
    let frame = try SquareSource().frames(
      5..<6,
      of: DemonstrationRequest(
        content: .robot, seed: 99, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
        chunkLength: 1))[0]
    func answers(of recipe: Recipe, in name: String) throws -> [[Double]] {
      _ = try run(recipe, in: name)
      let output = folder.appendingPathComponent("\(name)/\(recipe.output)")
      let checkpoint = try PolicyCheckpoint(at: output)
      let policy = try checkpoint.makePolicy(name: name, statisticsKey: nil)
      #expect(policy.needs.instruction == (checkpoint.instructions == .read))
      return try ["go to red", "go to green", nil].map { instruction in
        let request = PolicyRequest(
          slot: 0,
          observation: Observation(
            images: [CameraName.primary: frame.image],
            instruction: instruction ?? (checkpoint.instructions == .read ? "" : nil), step: 0),
          randomness: RandomStream(seed: 0))
        return try policy.chunks(for: [request])[0].get().actions[0].values
      }
    }
    let blind = try answers(of: recipe.withoutWords, in: "blind")
    #expect(blind[0] == blind[1] && blind[0] == blind[2])
    // Four steps teach nothing, and yet words reach what reads them.
    if kind == .diffusionPolicy {
      let sighted = try answers(of: recipe, in: "sighted")
      #expect(sighted[0] != sighted[1])
    }
    #expect(recipe.withoutWords.output == "checkpoint-blind")
    #expect(recipe.withoutWords.withoutWords == recipe.withoutWords)
    #expect(try recipe.digest() != recipe.withoutWords.digest())
  }

  /// Whoever learned from random crops sees the middle of the image when it acts, and only then.
  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func aPolicyOfRandomCropsSeesTheMiddle(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = Self.recipe(kind, steps: 2)
    recipe.stages[0].augmentation = .openVLA
    _ = try run(recipe, in: "a")
    let output = folder.appendingPathComponent("a/checkpoint")
    let frame = try SquareSource().frames(
      5..<6,
      of: DemonstrationRequest(
        content: .robot, seed: 99, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
        chunkLength: 1))[0]
    func answer(to image: Image) throws -> [Double] {
      let policy = try PolicyCheckpoint(at: output).makePolicy(name: "p", statisticsKey: nil)
      let request = PolicyRequest(
        slot: 0,
        observation: Observation(
          images: [CameraName.primary: image], instruction: "go to red", step: 0),
        randomness: RandomStream(seed: 0))
      return try policy.chunks(for: [request])[0].get().actions[0].values
    }
    let cropping = try answer(to: frame.image)
    let url = output.appendingPathComponent("config.json")
    var object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    var own = object["policy"] as? [String: Any] ?? [:]
    #expect(own.removeValue(forKey: "center_crop") as? Bool == true)
    object["policy"] = own
    try JSONSerialization.data(withJSONObject: object).write(to: url)
    #expect(try answer(to: frame.image.cropped(.center(area: 0.9))) == cropping)
    if kind == .diffusionPolicy { #expect(try answer(to: frame.image) != cropping) }
    // The last stage with robot images decides.
    var second = recipe.stages[0]
    (second.name, second.augmentation) = ("plain", nil)
    #expect(recipe.cropsCenter)
    recipe.stages.append(second)
    #expect(!recipe.cropsCenter)
  }

  /// Training draws random crops, looking back the middle ones.
  @Test func framesThatAreHeldOutAreAsThePolicySeesThem() throws {
    /// What was asked for: held out or not, and how.
    final class Seen: Sendable {
      let all = Mutex<[Bool: Set<DemonstrationRequest.Augmentation>]>([:])
    }
    struct Watching: DemonstrationSource {
      let base = SquareSource()
      let seen: Seen
      var patchClasses: (kinds: Int, colors: Int) { base.patchClasses }
      var kindPhrases: [String] { base.kindPhrases }
      var corpus: [String] { base.corpus }
      func frames(_ numbers: Range<Int>, of request: DemonstrationRequest) throws
        -> [DemonstrationFrame]
      {
        let isHeldOut = numbers.lowerBound >= StageMixture.firstHeldOut
        _ = seen.all.withLock { $0[isHeldOut, default: []].insert(request.augmentation) }
        return try base.frames(numbers, of: request)
      }
    }
    for (augmentation, expected) in [
      (nil, DemonstrationRequest.Augmentation.none), (StageAugmentation.openVLA, .random),
      (.shifts, .shifted),
    ] {
      let seen = Seen()
      var recipe = Self.recipe(.openVLA, steps: 1)
      recipe.stages[0].visionImages = 2
      recipe.stages[0].augmentation = augmentation
      let mixture = StageMixture(
        recipe.stages[0], number: 0, recipe: recipe, source: Watching(seen: seen), patchGrid: 4,
        chunkLength: 1)
      _ = try mixture.frames(ofStep: 3)
      _ = try mixture.heldOutFrames(count: 8)
      #expect(seen.all.withLock { $0[false] } == [expected])
      #expect(seen.all.withLock { $0[true] } == [augmentation == .openVLA ? .centered : .none])
    }
  }

  @Test func visitedStatesThatNobodyHasAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = Self.recipe(.openVLA, steps: 2)
    (recipe.visited, recipe.stages[0].visitedShare) = ("states.safetensors", 0.5)
    let error = #expect(throws: RecipeError.self) { try run(recipe, in: "a") }
    #expect(error?.description.contains("no visited states") == true)
  }

  @Test func misjudgementsOfWhatIsNotGraspedAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = Self.recipe(.openVLA, steps: 2)
    recipe.stages[0].misjudgements = 0.3
    var drawers = SquareSource()
    drawers.graspsThings = false
    let error = #expect(throws: RecipeError.self) { try run(recipe, in: "a", source: drawers) }
    #expect(error?.description.contains("remove 'misjudgements' from stage") == true)
    _ = try run(recipe, in: "b")
  }

  @Test func aChangedRecipeIsNotResumed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run(Self.recipe(.openVLA, steps: 2), in: "a")
    var changed = Self.recipe(.openVLA, steps: 2)
    changed.seed = 2
    #expect { try run(changed, in: "a", resuming: true) } throws: {
      "\($0)".contains("the recipe has changed")
    }
  }

  /// A stage that is added when the others have been looked at gives the bytes of a recipe that had it from the start.
  @Test(arguments: [Recipe.PolicyKind.openVLA, .diffusionPolicy])
  func aStageMayBeAddedBehind(kind: Recipe.PolicyKind) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = Self.recipe(kind, steps: 4)
    var both = first
    both.stages.append(first.stages[0])
    (both.stages[1].name, both.stages[1].learningRate) = ("again", 1e-3)
    _ = try run(both, in: "whole")
    #expect(try run(first, in: "added").last?.step == 4)
    #expect(try run(both, in: "added", resuming: true).map(\.stage) == ["again"])
    let bytes = try ["whole", "added"].map {
      try Data(contentsOf: folder.appendingPathComponent("\($0)/checkpoint/model.safetensors"))
    }
    #expect(bytes[0] == bytes[1])
    // Neither a stage less, nor one whose labels need another network.
    #expect(throws: RecipeError.self) { try run(first, in: "added", resuming: true) }
    var turning = both
    turning.stages.append(first.stages[0])
    (turning.stages[2].name, turning.stages[2].turnWeight) = ("turn", 1)
    #expect(throws: RecipeError.self) { try run(turning, in: "added", resuming: true) }
  }

  @Test func aTrainingGoesOnWhereItWasBegun() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run(Self.recipe(.openVLA, steps: 2), in: "a")
    let url = folder.appendingPathComponent("a/state/state.json")
    let state = try String(contentsOf: url, encoding: .utf8)
    try "{\"device\":\"cuda:0\",\(state.dropFirst())".write(
      to: url, atomically: true, encoding: .utf8)
    #expect { try run(Self.recipe(.openVLA, steps: 2), in: "a", resuming: true) } throws: {
      "\($0)".contains("begun with --device cuda:0")
    }
  }
}
