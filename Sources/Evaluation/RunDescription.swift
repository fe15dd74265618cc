import EnvironmentInterface
import Statistics

/// What a run is: everything that its records depend on.
///
/// The content of `run.json`.
public struct RunDescription: Hashable, Sendable {
  /// A block of the whole run, on whichever shard it runs.
  public struct Block: Hashable, Sendable, Codable {
    public let id: String
    public let episodes: Int
    /// A hash of the planned episodes with their factors and instructions; nil in files of before it was kept.
    public let plan: String?

    public init(id: String, episodes: Int, plan: String? = nil) {
      self.id = id
      self.episodes = episodes
      self.plan = plan
    }
  }

  public var schema: Int
  public var seed: UInt64
  public var strength: Double
  /// The only factor that acts; nil where all of a task's do.
  public var factor: String?
  public var episodesPerTask: [String: Int]
  public var continuesAfterSuccess: Bool
  public var suites: [SuiteDescription]
  /// In the order in which they run.
  public var contestants: [ContestantDescription]
  public var shard: Shard
  /// The blocks of all shards, in order.
  public var blocks: [Block]
  /// The test that may stop a contestant at its looks; nil where each runs every block.
  public var schedule: GroupSequentialTest?
  /// What was asked for: versions, hashes of scenes and weights, precision. Runs that differ in them are different
  /// experiments.
  public var facts: [String: String]
  /// What it ran on: processor, libraries, renderer, device. The same experiment elsewhere may differ in bytes.
  public var machine: [String: String]
  /// What is worth knowing and may differ, such as the host.
  public var notes: [String: String]
  /// What is known of contestants beside how they act, by their names: sizes, trainings. Facts hold the hashes of their
  /// weights, so these are not compared.
  public var policyFacts: [String: PolicyFacts] = [:]

  /// The version of the layout of `run.json`.
  public static let schema = 1

  /// - Parameters:
  ///   - facts: facts of both sorts; those of the machine are told by their names.
  public init(
    plan: EpisodePlan, contestants: [ContestantDescription], shard: Shard,
    continuesAfterSuccess: Bool, facts: [String: String], notes: [String: String] = [:],
    schedule: GroupSequentialTest? = nil
  ) {
    self.schema = Self.schema
    self.seed = plan.seed
    self.strength = plan.strength
    self.factor = plan.factor
    self.episodesPerTask = plan.episodesPerTask
    self.continuesAfterSuccess = continuesAfterSuccess
    self.suites = plan.suites
    self.contestants = contestants
    self.shard = shard
    self.blocks = plan.blocks.map {
      Block(id: $0.id, episodes: $0.episodes.count, plan: PlanHash.text(of: $0.episodes))
    }
    (self.facts, self.machine) = MachineFacts.split(facts)
    self.notes = notes
    self.schedule = schedule
  }

  /// Reads the `run.json` of a run's folder.
  ///
  /// - Throws: `EvaluationError` with the file.
  public init(inFolder path: String) throws(EvaluationError) {
    self = try RunFiles.description(at: "\(path)/\(RunFolder.descriptionName)")
  }

  /// Whether the run keeps the trajectory of every episode beside its record.
  ///
  /// A note, since recording changes no result; whoever goes on with the run keeps to it.
  public var keepsRecordings: Bool {
    get { notes[Self.recordingsNote] != nil }
    set { notes[Self.recordingsNote] = newValue ? "trajectories" : nil }
  }

  private static let recordingsNote = "recordings"

  /// The blocks that this run's shard holds, in order.
  public var ownBlocks: [Block] {
    blocks.enumerated().filter { shard.contains(block: $0.offset) }.map(\.element)
  }

  /// How many records the shard holds when it is finished, at most where contestants may stop.
  public var promisedEpisodes: Int {
    contestants.count * ownBlocks.reduce(0) { $0 + $1.episodes }
  }

  /// The keys under which two runs differ with both values, a line each; empty for the same run.
  ///
  /// Machines and notes are not compared.
  public func differences(from other: RunDescription, ignoringShard: Bool = false) -> [String] {
    var lines: [String] = []
    func compare<Value: Equatable>(_ key: String, _ here: Value, _ there: Value) {
      if here != there { lines.append("\(key): \(here) here, \(there) there") }
    }
    compare("seed", seed, other.seed)
    compare("strength", strength, other.strength)
    compare("factor", factor ?? "all", other.factor ?? "all")
    compare("suites", suites.map(\.name), other.suites.map(\.name))
    for (mine, theirs) in zip(suites, other.suites) where mine.name == theirs.name {
      compare("tasks of \(mine.name)", mine.tasks, theirs.tasks)
      compare(
        "episodes per task of \(mine.name)", episodesPerTask[mine.name] ?? 0,
        other.episodesPerTask[mine.name] ?? 0)
      compare("clean twins of \(mine.name)", mine.hasCleanTwins, theirs.hasCleanTwins)
    }
    compare(
      "policies", contestants.map { "\($0.name) (\($0.kind))" },
      other.contestants.map { "\($0.name) (\($0.kind))" })
    compare("continues_after_success", continuesAfterSuccess, other.continuesAfterSuccess)
    compare("schedule", schedule, other.schedule)
    if !ignoringShard { compare("shard", shard, other.shard) }
    for key in Set(facts.keys).union(other.facts.keys).sorted() {
      compare("facts.\(key)", facts[key] ?? "nothing", other.facts[key] ?? "nothing")
    }
    if lines.isEmpty { compare("blocks", blocks.map(\.id), other.blocks.map(\.id)) }
    if lines.isEmpty {
      compare("block sizes", blocks.map(\.episodes), other.blocks.map(\.episodes))
    }
    if lines.isEmpty {
      for (mine, theirs) in zip(blocks, other.blocks) where mine.plan != theirs.plan {
        guard let here = mine.plan, let there = theirs.plan else { continue }
        compare("episodes of block \(mine.id)", here, there)
      }
    }
    return lines
  }
}

// MARK: - Coding

extension RunDescription: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, seed, strength, factor, suites, contestants, shard, blocks, schedule, facts,
      machine, notes
    case episodesPerTask = "episodes_per_task"
    case policyFacts = "policy_facts"
    case continuesAfterSuccess = "continues_after_success"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    schema = try values.decode(Int.self, forKey: .schema)
    seed = try values.decode(UInt64.self, forKey: .seed)
    strength = try values.decode(Double.self, forKey: .strength)
    factor = try values.decodeIfPresent(String.self, forKey: .factor)
    episodesPerTask = try values.decode([String: Int].self, forKey: .episodesPerTask)
    continuesAfterSuccess = try values.decode(Bool.self, forKey: .continuesAfterSuccess)
    suites = try values.decode([SuiteDescription].self, forKey: .suites)
    contestants = try values.decode([ContestantDescription].self, forKey: .contestants)
    shard = try values.decode(Shard.self, forKey: .shard)
    blocks = try values.decode([Block].self, forKey: .blocks)
    schedule = try values.decodeIfPresent(GroupSequentialTest.self, forKey: .schedule)
    // Before machines were told apart their facts stood among the others.
    let (facts, machine) = MachineFacts.split(
      try values.decode([String: String].self, forKey: .facts))
    self.facts = facts
    self.machine =
      try values.decodeIfPresent([String: String].self, forKey: .machine) ?? machine
    notes = try values.decode([String: String].self, forKey: .notes)
    policyFacts =
      try values.decodeIfPresent([String: PolicyFacts].self, forKey: .policyFacts) ?? [:]
    if let flaw {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: [flaw.key], debugDescription: flaw.reason))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(schema, forKey: .schema)
    try values.encode(seed, forKey: .seed)
    try values.encode(strength, forKey: .strength)
    try values.encodeIfPresent(factor, forKey: .factor)
    try values.encode(episodesPerTask, forKey: .episodesPerTask)
    try values.encode(continuesAfterSuccess, forKey: .continuesAfterSuccess)
    try values.encode(suites, forKey: .suites)
    try values.encode(contestants, forKey: .contestants)
    try values.encode(shard, forKey: .shard)
    try values.encode(blocks, forKey: .blocks)
    try values.encodeIfPresent(schedule, forKey: .schedule)
    try values.encode(facts, forKey: .facts)
    try values.encode(machine, forKey: .machine)
    try values.encode(notes, forKey: .notes)
    if !policyFacts.isEmpty { try values.encode(policyFacts, forKey: .policyFacts) }
  }

  /// What no plan can have, of a file that decodes; nil where there is nothing of the kind.
  private var flaw: (key: CodingKeys, reason: String)? {
    if !(0...1).contains(strength) { return (.strength, "a number from 0 to 1 is needed") }
    if Set(suites.map(\.name)).count < suites.count { return (.suites, "a name is there twice") }
    if Set(contestants.map(\.name)).count < contestants.count {
      return (.contestants, "a name is there twice")
    }
    if Set(blocks.map(\.id)).count < blocks.count { return (.blocks, "an id is there twice") }
    for block in blocks {
      guard (1...EpisodeBlock.size).contains(block.episodes) else {
        return (
          .blocks, "\(block.id) has \(block.episodes) episodes, not 1 to \(EpisodeBlock.size)"
        )
      }
      guard suites.contains(where: { block.id.hasPrefix($0.name + "/") }) else {
        return (.blocks, "\(block.id) belongs to no suite of this run")
      }
    }
    for (name, facts) in policyFacts.sorted(by: { $0.key < $1.key }) {
      if (facts.parameters ?? 0) < 0 {
        return (.policyFacts, "\(name) has \(facts.parameters ?? 0) parameters")
      }
      if let flaw = facts.training?.flaw {
        return (.policyFacts, "\(flaw.key) of \(name): \(flaw.reason)")
      }
    }
    for suite in suites where (episodesPerTask[suite.name] ?? 0) < 1 {
      return (.episodesPerTask, "\(suite.name) has none")
    }
    return nil
  }
}
