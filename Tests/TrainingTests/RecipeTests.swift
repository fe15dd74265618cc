import EnvironmentInterface
import Foundation
import StrictYAML
import Testing

@testable import Training

/// Every key of a recipe is obeyed or refused, and every number is in range, before the first step.
struct RecipeTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A shipped recipe, or the small one.
  private static func text(_ name: String) throws -> String {
    name == "small"
      ? SmallRecipe.text
      : try String(
        contentsOf: root.appendingPathComponent("Recipes/\(name).yaml"), encoding: .utf8)
  }

  /// Whatever lies under Recipes/, in its folders too.
  private static func shipped() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent("Recipes").path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()
  }

  private static func read(_ text: String) throws -> Recipe {
    try YAMLDocument(text: text, named: "r.yaml").read { try Recipe($0) }
  }

  @Test(arguments: try shipped())
  func shippedRecipesAreWhole(name: String) throws {
    let recipe = try Recipe(
      contentsOf: Self.root.appendingPathComponent("Recipes/\(name).yaml"))
    #expect(recipe.output == "Checkpoints/\(name.split(separator: "/").last ?? "")")
    #expect(recipe.totalSteps >= 600)
    #expect(recipe.seed == 1)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var recipe: String
    var replacing: String
    var by: String
    var expected: [String]
    var testDescription: String { by }

    init(_ recipe: String, _ replacing: String, _ by: String, _ expected: String...) {
      (self.recipe, self.replacing, self.by) = (recipe, replacing, by)
      self.expected = expected
    }
  }

  static let cases = [
    Case(
      "openvla-lora", "initial_weights:", "initial_weigths:",
      "r.yaml:8", "unknown key 'initial_weigths'", "initial_weights"),
    Case(
      "small", "    learning_rate:", "    learning_rat: 3\n    learning_rate:",
      "stages[0].learning_rat", "unknown key"),
    Case(
      "small", "learning_rate: 1.0e-3", "learning_rate: -1",
      "r.yaml:33: stages[0].learning_rate: -1 is out of range", "from 1e-09 to 1"),
    Case("small", "learning_rate: 1.0e-3", "learning_rate: nan", "not finite"),
    Case("small", "steps: 8000", "steps: 0", "stages[0].steps: 0 is out of range"),
    Case("small", "steps: 8000", "steps: 1e4", "expected a whole number"),
    Case("small", "warmup_steps: 50", "warmup_steps: 9000", "longer than the schedule"),
    Case("small", "steps: 8000", "steps: 8000\n    schedule_steps: 10", "must not be below"),
    Case(
      "small", "seed: 1", "seed: 1\ninstructions: loud", "instructions:", "'loud'", "none"),
    Case(
      "openvla-lora", "seed: 1", "seed: 1\ninstructions: none", "instructions",
      "keeps its own"),
    Case(
      "small", "turn_noise:", "augmentation: cutout\n    turn_noise:", "augmentation:",
      "'cutout'", "openvla", "shifts"),
    Case(
      "small", "seed: 1", "seed: 1\nvisited: a.safetensors", "no stage draws visited states"),
    Case(
      "small", "turn_noise:", "visited_share: 0.3\n    turn_noise:",
      "stages[0].visited_share", "no visited states to draw", "visited: FILE"),
    Case(
      "small", "seed: 1", "seed: 1\ndemonstrations: 0", "demonstrations: 0 is out of range"),
    Case(
      "small", "gaze_weight: 0.5", "gaze_weight: 0\n    gaze_at: things",
      "stages[0].gaze_at",
      "nobody is taught where to look"),
    Case(
      "openvla", "action_spread: 12", "action_spread: 0",
      "stages[3].action_spread: 0 is out of range"),
    Case(
      "diffusion-policy", "gaze_weight:", "action_spread: 4\n    gaze_weight:",
      "no tokens for numbers"),
    Case("small", "seed: 1", "seed: -1", "seed: -1 is out of range"),
    Case("small", "precision: bfloat16", "precision: float16", "'float16'", "bfloat16"),
    Case("small", "beta2: 0.95", "beta2: 1", "beta2: 1 is out of range"),
    Case("small", "clip_norm: 1.0", "clip_norm: 0", "clip_norm: 0 is out of range"),
    Case("small", "robot_images: 12", "robot_images: 0", "at least one image"),
    Case("small", "patch_size: 28", "patch_size: 30", "no multiple of patch_size 30"),
    Case("small", "vision_heads: 4", "vision_heads: 3", "3 heads do not share 128"),
    Case(
      "small", "location_bins: 112", "location_bins: 0", "0 bins with `grounding: point`"),
    Case(
      "small", "grounding: point", "chunk_length: 4\n  grounding: point",
      "for the policy diffusion-policy"),
    Case(
      "small", "questions_per_vision_image: 0", "questions_per_vision_image: 3",
      "no vision images to ask about", "write 0"),
    Case("small", "stages:", "stages: []\nmore:", "unknown key 'more'", "0 items"),
    Case("small", "output: Checkpoints/small", "", "output: `output` is missing"),
    Case("openvla", "name: act", "name: robot", "another has this name"),
    Case(
      "small", "turn_noise:", "gates: [{error: roll, at_most: 0.5}]\n    turn_noise:", "roll"
    ),
    Case(
      "small", "turn_noise:", "gates: [{error: yaw, at_most: 5}]\n    turn_noise:",
      "at_most: 5"),
    Case(
      "openvla", "gates: [{error: lie, at_most: 0.6}]", "gates: [{error: yaw, at_most: 0.5}]",
      "no decisions that a gate could measure"),
    Case("diffusion-policy", "word_weight: 0", "word_weight: 1", "does not have it", "write 0"),
    Case(
      "diffusion-policy", "gripper_weight: 1.0", "gripper_weight: 2", "does not have it",
      "write 1"),
    Case(
      "diffusion-policy", "  chunk_length: 8", "  smooth_numbers: true\n  chunk_length: 8",
      "no tokens for numbers"),
    Case(
      "openvla", "location_bins: 112", "location_bins: 0", "without location_bins says no places",
      "turns are told in bins"),
    Case("openvla", "location_bins: 112", "location_bins: 1", "1 bins with `grounding: none`"),
    Case(
      "openvla", "action_choices: likeliest", "action_choices: best", "action_choices:", "'best'",
      "likeliest"),
    Case(
      "small", "turn_noise:", "varied_paints: 2\n    turn_noise:", "varied_paints: 2"),
    Case(
      "small", "turn_noise:", "varied_lamps: 0.5\n    turn_noise:", "stages[0].varied_lamps",
      "the robot's own surroundings", "write 0"),
    Case(
      "small", "robot_images: 12\n    vision_images: 0",
      "robot_images: 0\n    vision_images: 12\n    misjudgements: 0.1", "stages[0].misjudgements",
      "there are no robot images", "write 0"),
    Case(
      "small", "turn_noise:", "camera_shift: 0.1\n    turn_noise:", "stages[0].camera_shift",
      "the robot's own surroundings", "write 0"),
    Case("openvla", "varied_looks: 0.4", "camera_shift: 2\n    varied_looks: 0.4", "out of range"),
    Case(
      "diffusion-policy", "  chunk_length: 8", "  action_choices: likeliest\n  chunk_length: 8",
      "no tokens for numbers"),
    Case("openvla-grounded", "action_spread: 3", "action_spread: 0", "0 is out of range"),
    Case("diffusion-policy", "executed_length: 3", "executed_length: 9", "more actions"),
    Case("diffusion-policy", "  chunk_length: 8\n", "", "needs 'chunk_length'"),
    Case("diffusion-policy", "history: 2", "history: 3", "model.history: 3 is out of range"),
    Case("diffusion-policy", "proprioception: true", "proprioception: 7", "model.proprioception"),
    Case(
      "small", "grounding: point", "history: 1\n  grounding: point", "model.history",
      "for the policy diffusion-policy"),
    Case(
      "small", "grounding: point", "proprioception: true\n  grounding: point",
      "model.proprioception", "for the policy diffusion-policy"),
    Case(
      "small", "grounding: point", "action_normalization: bounds\n  grounding: point",
      "model.action_normalization", "for the policy diffusion-policy"),
    Case(
      "small", "grounding: point", "tells_turn: true\n  grounding: point", "model.tells_turn",
      "for the policy diffusion-policy"),
    Case(
      "small", "grounding: point", "tells_way: true\n  grounding: point", "model.tells_way",
      "for the policy diffusion-policy"),
    Case("diffusion-policy", "turn_weight: 0.5", "turn_weight: 0", "no stage teaches turns"),
    Case(
      "diffusion-policy", "history: 2", "history: 2\n  action_normalization: max",
      "model.action_normalization", "'max'", "bounds_q99"),
    Case(
      "small", "turn_noise:", "place_noise: 0.01\n    turn_noise:", "stages[0].place_noise",
      "nobody is told places"),
    Case(
      "diffusion-policy", "place_noise: 0.003", "place_noise: 2", "2 is out of range"),
    Case(
      "diffusion-policy", "seed: 1", "seed: 1\nnoise_anew: true", "noise_anew",
      "of its own already", "demonstrations: 150"),
    Case(
      "diffusion-policy", "  chunk_length: 8", "  decoding: parallel\n  chunk_length: 8",
      "model.decoding", "a diffusion policy denoises"),
    Case(
      "openvla", "location_bins: 112", "location_bins: 112\n  executed_length: 3",
      "`decoding: parallel`"),
    Case("openvla-oft", "decoding: parallel", "decoding: diffusion", "'diffusion'", "parallel"),
    Case("openvla-oft", "decoding: parallel", "decoding: autoregressive", "model.chunk_length"),
    Case("openvla-oft", "  chunk_length: 8\n", "", "decodes in parallel needs 'chunk_length'"),
    Case("openvla-oft", "chunk_length: 8", "chunk_length: 65", "64 actions at most"),
    Case("openvla-oft", "executed_length: 4", "executed_length: 9", "more actions are executed"),
    Case("openvla-oft", "grounding: none", "grounding: point", "says nothing before it acts"),
    Case(
      "openvla-oft", "decoding: parallel", "action_choices: mean\n  decoding: parallel",
      "model.action_choices", "are numbers, not tokens"),
    Case(
      "openvla-oft", "decoding: parallel", "action_spread: 3\n  decoding: parallel",
      "model.action_spread", "are numbers, not tokens"),
    Case(
      "openvla-oft", "gaze_at: things", "gaze_at: things\n    action_spread: 3",
      "].action_spread", "are numbers, not tokens"),
    Case(
      "openvla-oft", "action_noise: 0", "action_noise: 4", "stages[0].action_noise",
      "are numbers, not tokens", "write 0"),
    Case(
      "small", "seed: 1", withTasks, "a task's demonstration has one decision", "write 1"),
    Case("small", "seed: 1", "seed: 1\ntasks: []", "tasks: ", "0 items"),
    Case("openvla-lora", "rank: 16", "rank: 0", "lora.rank: 0 is out of range"),
    Case("openvla-lora", "adaptation: lora", "adaptation: full", "'lora' needs 'adaptation: lora'"),
    Case("openvla-lora", "initial_weights: Checkpoints/openvla", "", "needs 'initial_weights'"),
  ]

  @Test(arguments: cases)
  func aFlawIsNamedBeforeTheFirstStep(_ testCase: Case) throws {
    let text = try Self.text(testCase.recipe)
    let range = try #require(text.range(of: testCase.replacing))
    let error = #expect(throws: YAMLError.self) {
      try Self.read(text.replacingCharacters(in: range, with: testCase.by))
    }
    let message = error?.description ?? ""
    #expect(message.hasPrefix("r.yaml:"))
    for part in testCase.expected { #expect(message.contains(part), "\(message)") }
  }

  @Test func whatADiffusionPolicySeesIsRead() throws {
    let full = try Self.read(Self.text("diffusion-policy"))
    #expect(full.model?.history == 2 && full.model?.proprioception == true && full.seesEarlier)
    #expect(full.model?.chunkLength == 8 && full.model?.executedLength == 3)
    let matched = try Self.read(Self.text("diffusion-policy-matched"))
    #expect(matched.model?.history == nil && matched.model?.proprioception == nil)
    #expect(!matched.seesEarlier && matched.model?.chunkLength == 1)
    for recipe in [full, matched] { #expect(recipe.initialWeights == nil) }
    let narrow = try Self.read(Self.text("diffusion-policy-put-carrot"))
    #expect(narrow.noiseAnew == true && narrow.demonstrations == 150)
    #expect(narrow.stages[0].augmentation == .shifts && !narrow.cropsCenter)
  }

  private static let withTasks =
    "seed: 1\ntasks: [bridge/lift-eggplant, google-robot/open-middle-drawer]"

  @Test func tasksOfSeveralSuitesAreRead() throws {
    let text = try Self.text("small")
      .replacing("seed: 1", with: Self.withTasks)
      .replacing("decisions_per_image: 4", with: "decisions_per_image: 1")
    #expect(
      try Self.read(text).tasks == [
        SuiteTask(suite: "bridge", task: "lift-eggplant"),
        SuiteTask(suite: "google-robot", task: "open-middle-drawer"),
      ])
  }

  @Test func tasksThatThereAreNotAreNamedByLine() throws {
    let known = ["bridge/lift-eggplant", "bridge/lift-white-tape"].compactMap { SuiteTask($0) }
    let text = try Self.text("small").replacing(
      "seed: 1",
      with:
        "seed: 1\ntasks: [bridge/fly, moon/lift, lift, bridge/lift-eggplant, bridge/lift-eggplant]")
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument(text: text, named: "r.yaml").read { try Recipe($0, knowing: known) }
    }
    let message = error?.description ?? ""
    for part in [
      "tasks[0]: suite 'bridge' has no task 'fly'", "lift-eggplant, lift-white-tape",
      "tasks[1]: unknown suite 'moon'", "tasks[2]: expected a task of a suite",
      "tasks[4]: 'bridge/lift-eggplant' occurs twice",
    ] {
      #expect(message.contains(part), "\(message)")
    }
  }

  @Test func allFlawsAreNamedAtOnce() throws {
    let error = #expect(throws: YAMLError.self) {
      try Self.read("policy: openvla\nseed: many\nprecision: float32\n")
    }
    #expect(error?.complaints.map(\.key) == ["output", "optimizer", "stages", "seed"])
  }

  @Test func foldersAreOfTheRootOrAbsolute() {
    let root = URL(fileURLWithPath: "/some/root")
    #expect(Recipe.folder("Checkpoints/a", under: root).path == "/some/root/Checkpoints/a")
    #expect(Recipe.folder("/elsewhere/a", under: root).path == "/elsewhere/a")
  }
}
