import EnvironmentInterface
import Foundation
import Networks
import Policies
import StrictYAML
import Torch

extension Recipe {
  /// Reads a recipe.
  ///
  /// - Parameter tasks: Those that there are; nil where nobody knows.
  /// - Throws: `YAMLError` with everything that is wrong with it, each mistake with line, key and mend.
  public init(contentsOf url: URL, knowing tasks: [SuiteTask]? = nil) throws {
    self = try YAMLDocument(atPath: url.path, named: url.path).read {
      try Recipe($0, knowing: tasks)
    }
  }

  init(_ file: YAMLValue, knowing known: [SuiteTask]? = nil) throws {
    let entries = try file.mapping(knownKeys: CodingKeys.names)
    policy = entries.read("policy", or: .openVLA) { try $0.one(of: PolicyKind.self, "policy") }
    seed = UInt64(entries.integer("seed", within: .seed))
    precision = entries.read("precision", or: .float32) {
      try $0.one(of: ProductPrecision.self, "precision")
    }
    output = entries.string("output")
    initialWeights = entries.readIfPresent("initial_weights", default: nil) { try $0.string() }
    visited = entries.readIfPresent("visited", default: nil) { try $0.string() }
    instructions = entries.readIfPresent("instructions", default: nil) {
      try $0.one(of: InstructionUse.self, "use of instructions")
    }
    model = entries.readIfPresent("model", default: nil) { try ModelRecipe($0) }
    tokenizer = entries.readIfPresent("tokenizer", default: nil) { try TokenizerRecipe($0) }
    optimizer = entries.read("optimizer", or: .standIn) { try OptimizerRecipe($0) }
    tasks = entries.readIfPresent("tasks", default: nil) { try $0.tasks(among: known) }
    demonstrations = entries.readIfPresent("demonstrations", default: nil) {
      try $0.integer(within: .demonstrations)
    }
    noiseAnew = entries.readIfPresent("noise_anew", default: nil) { try $0.boolean() }
    stages = entries.read("stages", or: []) { try $0.items(.stages) { try Stage($0) } }
    adaptation = entries.readIfPresent("adaptation", default: nil) {
      try $0.one(of: AdaptationStrategy.self, "adaptation")
    }
    lora = entries.readIfPresent("lora", default: nil) { try LoRASize($0) }
    guard file.isSoundSoFar else { return }
    for flaw in flaws { file.complain(at: flaw.key, flaw.problem, mend: flaw.mend) }
  }
}

extension ModelRecipe {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: CodingKeys.names)
    imageSize = entries.integer("image_size", within: .pixels)
    patchSize = entries.integer("patch_size", within: .pixels)
    visionWidth = entries.integer("vision_width", within: .width)
    visionDepth = entries.integer("vision_depth", within: .layers)
    visionHeads = entries.integer("vision_heads", within: .heads)
    stem = entries.readIfPresent("stem", default: nil) {
      try $0.items(.stem) { try $0.integer(within: .stemWidth) }
    }
    width = entries.integer("width", within: .width)
    depth = entries.integer("depth", within: .layers)
    heads = entries.integer("heads", within: .heads)
    feedForwardWidth = entries.integer("feed_forward_width", within: .width)
    grounding = entries.read("grounding", or: .none) { try $0.one(of: Grounding.self, "grounding") }
    locationBins = entries.integer("location_bins", within: .locationBins)
    smoothNumbers = entries.readIfPresent("smooth_numbers", default: nil) { try $0.boolean() }
    actionSpread = entries.readIfPresent("action_spread", default: nil) {
      try $0.number(within: .spread)
    }
    actionChoices = entries.readIfPresent("action_choices", default: nil) {
      try $0.one(of: TokenChoice.self, "way of choosing")
    }
    decoding = entries.readIfPresent("decoding", default: nil) {
      try $0.one(of: ActionDecoding.self, "decoding")
    }
    chunkLength = entries.readIfPresent("chunk_length", default: nil) {
      try $0.integer(within: .actions)
    }
    executedLength = entries.readIfPresent("executed_length", default: nil) {
      try $0.integer(within: .actions)
    }
    history = entries.readIfPresent("history", default: nil) { try $0.integer(within: .history) }
    proprioception = entries.readIfPresent("proprioception", default: nil) { try $0.boolean() }
    tellsTurn = entries.readIfPresent("tells_turn", default: nil) { try $0.boolean() }
    tellsWay = entries.readIfPresent("tells_way", default: nil) { try $0.boolean() }
    actionNormalization = entries.readIfPresent("action_normalization", default: nil) {
      try $0.one(of: ActionNormalization.self, "normalization")
    }
  }
}

extension TokenizerRecipe {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: ["size", "symbols"])
    size = entries.integer("size", within: .pieces)
    symbols = entries.read("symbols", or: []) { try $0.items(.symbols) { try $0.string() } }
  }
}

extension OptimizerRecipe {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: CodingKeys.names)
    beta1 = entries.number("beta1", within: .decay)
    beta2 = entries.number("beta2", within: .decay)
    weightDecay = entries.number("weight_decay", within: .fraction)
    clipNorm = entries.number("clip_norm", within: .norm)
  }

  /// Stands in for one that could not be read.
  fileprivate static let standIn = OptimizerRecipe(
    beta1: 0.9, beta2: 0.95, weightDecay: 0, clipNorm: 1)
}

extension Stage {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: CodingKeys.names)
    name = entries.string("name")
    steps = entries.integer("steps", within: .steps)
    scheduleSteps = entries.readIfPresent("schedule_steps", default: nil) {
      try $0.integer(within: .steps)
    }
    robotImages = entries.integer("robot_images", within: .images)
    visionImages = entries.integer("vision_images", within: .images)
    decisionsPerImage = entries.integer("decisions_per_image", within: .texts)
    questionsPerRobotImage = entries.integer("questions_per_robot_image", within: .texts)
    questionsPerVisionImage = entries.integer("questions_per_vision_image", within: .texts)
    learningRate = entries.number("learning_rate", within: .learningRate)
    warmupSteps = entries.integer("warmup_steps", within: .warmup)
    finalLearningRateFraction = entries.number("final_learning_rate_fraction", within: .fraction)
    patchWeight = entries.number("patch_weight", within: .weight)
    wordWeight = entries.number("word_weight", within: .weight)
    placeWeight = entries.number("place_weight", within: .weight)
    turnWeight = entries.number("turn_weight", within: .weight)
    gazeWeight = entries.number("gaze_weight", within: .weight)
    gazeAt = entries.readIfPresent("gaze_at", default: nil) {
      try $0.one(of: GazeTarget.self, "target of looks")
    }
    actionSpread = entries.readIfPresent("action_spread", default: nil) {
      try $0.number(within: .spread)
    }
    gripperWeight = entries.number("gripper_weight", within: .weight)
    locationWeight = entries.number("location_weight", within: .weight)
    actionNoise = entries.number("action_noise", within: .bins)
    placeNoise = entries.readIfPresent("place_noise", default: nil) {
      try $0.number(within: .places)
    }
    turnNoise = entries.number("turn_noise", within: .turn)
    turnShare = entries.number("turn_share", within: .share)
    mishaps = entries.number("mishaps", within: .fraction)
    misjudgements = entries.readIfPresent("misjudgements", default: nil) {
      try $0.number(within: .fraction)
    }
    variedLooks = entries.number("varied_looks", within: .fraction)
    variedPaints = entries.readIfPresent("varied_paints", default: nil) {
      try $0.number(within: .fraction)
    }
    variedLamps = entries.readIfPresent("varied_lamps", default: nil) {
      try $0.number(within: .fraction)
    }
    cameraShift = entries.readIfPresent("camera_shift", default: nil) {
      try $0.number(within: .cameraShift)
    }
    visitedShare = entries.readIfPresent("visited_share", default: nil) {
      try $0.number(within: .fraction)
    }
    augmentation = entries.readIfPresent("augmentation", default: nil) {
      try $0.one(of: StageAugmentation.self, "augmentation")
    }
    gates = entries.readIfPresent("gates", default: nil) {
      try $0.items(.gates) { try StageGate($0) }
    }
  }
}

extension StageGate {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: CodingKeys.names)
    self.init(
      figure: entries.read("error", or: .yaw) { try $0.one(of: Figure.self, "error") },
      atMost: entries.number("at_most", within: .fraction))
  }
}

extension LoRASize {
  fileprivate init(_ entry: YAMLValue) throws {
    let entries = try entry.mapping(knownKeys: ["rank", "alpha"])
    self.init(
      rank: entries.integer("rank", within: .rank), alpha: entries.number("alpha", within: .alpha))
  }
}

extension CaseIterable where Self: CodingKey {
  /// What the keys are called in a file.
  fileprivate static var names: [String] { allCases.map(\.stringValue) }
}

extension YAMLValue {
  /// Tasks of suites, each once.
  ///
  /// - Parameter known: Those that there are; nil where nobody knows.
  fileprivate func tasks(among known: [SuiteTask]?) throws -> [SuiteTask] {
    var named: Set<SuiteTask> = []
    return try items(.tasks) { entry in
      guard let task = SuiteTask(try entry.string()) else {
        throw entry.error(
          "expected a task of a suite",
          mend: "write suite and task, such as in-distribution/lift; `bench list tasks` names them")
      }
      if let known, !known.contains(task) { throw entry.unknown(task, among: known) }
      guard named.insert(task).inserted else {
        throw entry.error("'\(task)' occurs twice", mend: "name it once")
      }
      return task
    }
  }

  private func unknown(_ task: SuiteTask, among known: [SuiteTask]) -> YAMLError {
    let own = known.filter { $0.suite == task.suite }
    return own.isEmpty
      ? error(
        "unknown suite '\(task.suite)'",
        mend: "use one of: \(Set(known.map(\.suite)).sorted().joined(separator: ", "))")
      : error(
        "suite '\(task.suite)' has no task '\(task.task)'",
        mend: "use one of: \(own.map(\.task).joined(separator: ", "))")
  }

  /// A case by its name.
  fileprivate func one<Choice: CaseIterable & RawRepresentable<String>>(
    of choices: Choice.Type, _ what: String
  ) throws -> Choice {
    let name = try name(among: Choice.allCases.map(\.rawValue), what: what)
    guard let choice = Choice(rawValue: name) else { throw error("unknown \(what)", mend: "") }
    return choice
  }
}
