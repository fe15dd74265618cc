import EnvironmentInterface

/// Episodes that run in lockstep, and the unit in which a run is recorded, resumed and sharded.
public struct EpisodeBlock: Hashable, Sendable {
  /// Suite and number within it, such as `semantic/0003`.
  public let id: String
  public let suite: String
  public let episodes: [Episode]

  /// Episodes in a full block; only a suite's last one may hold fewer.
  ///
  /// A constant, because what shares a batch must never depend on how a run is carried out.
  public static let size = 32

  public init(id: String, suite: String, episodes: [Episode]) {
    self.id = id
    self.suite = suite
    self.episodes = episodes
  }

  /// `semantic/0003`.
  static func id(_ suite: String, _ number: Int) -> String {
    let digits = String(number)
    return "\(suite)/" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// Every episode of a run in order, cut into blocks.
///
/// Blocks depend on the suite and the seed alone, never on policies, shards, workers or batch sizes.
/// A suite's episodes come in rounds: one episode of each task, each followed by its clean twin, then
/// the next index. So asking for more episodes only adds blocks at the end, and any prefix of a suite
/// has the same mix of tasks.
public struct EpisodePlan: Sendable {
  public let seed: UInt64
  public let strength: Double
  /// The only factor that acts; nil where all of a task's do.
  public let factor: String?
  public let suites: [SuiteDescription]
  /// How many episodes a task of a suite has, twins not counted; where they differ, the most.
  public let episodesPerTask: [String: Int]
  public let blocks: [EpisodeBlock]

  /// Plans the named suites in their order.
  ///
  /// - Parameters:
  ///   - episodesPerTask: how many episodes each task has; nil takes each suite's own number.
  ///   - strength: scales the suites' factors; 1 is the suite as published.
  ///   - tasks: only these of the suites' tasks; all where there are none.
  /// - Throws: `EvaluationError` for unknown or repeated names and for fewer than one episode;
  ///   whatever the environment throws for an episode that cannot be made.
  public init(
    suites names: [String], episodesPerTask: Int?, seed: UInt64, strength: Double,
    tasks: [String] = [], in environment: some Environment
  ) throws {
    if let count = episodesPerTask, count < 1 { throw EvaluationError.tooFewEpisodes(count) }
    self.seed = seed
    self.strength = strength
    factor = nil

    var suites: [SuiteDescription] = []
    var counts: [String: Int] = [:]
    var blocks: [EpisodeBlock] = []
    for name in names {
      guard var suite = environment.suites.first(where: { $0.name == name }) else {
        throw EvaluationError.unknownSuite(name, known: environment.suites.map(\.name))
      }
      if !tasks.isEmpty { suite.tasks = suite.tasks.filter(tasks.contains) }
      guard counts[name] == nil else { throw EvaluationError.repeatedName(name) }
      let perTask = suite.tasks.map { episodesPerTask ?? suite.defaultEpisodes(of: $0) }
      counts[name] = perTask.max() ?? episodesPerTask ?? suite.defaultEpisodesPerTask
      let episodes = try Self.episodes(
        of: suite, perTask: perTask, seed: seed, strength: strength, in: environment)
      suite.solvability = try Self.solvability(of: episodes, in: environment)
      suites.append(suite)
      blocks += Self.blocks(of: episodes, suite: name)
    }
    if let unknown = tasks.first(where: { task in !suites.contains { $0.tasks.contains(task) } }) {
      let known = environment.suites.filter { names.contains($0.name) }.flatMap(\.tasks)
      throw EvaluationError.unknownTask(unknown, known: known)
    }
    if let idle = suites.first(where: { $0.tasks.isEmpty }) {
      throw EvaluationError.noTask(suite: idle.name)
    }
    self.suites = suites
    self.episodesPerTask = counts
    self.blocks = blocks
  }

  init(
    seed: UInt64, strength: Double, factor: String? = nil, suites: [SuiteDescription],
    episodesPerTask: [String: Int], blocks: [EpisodeBlock]
  ) {
    self.seed = seed
    self.strength = strength
    self.factor = factor
    self.suites = suites
    self.episodesPerTask = episodesPerTask
    self.blocks = blocks
  }

  /// The blocks of one machine.
  public func blocks(of shard: Shard) -> [EpisodeBlock] {
    blocks.enumerated().filter { shard.contains(block: $0.offset) }.map(\.element)
  }

  private static func episodes(
    of suite: SuiteDescription, perTask counts: [Int], seed: UInt64, strength: Double,
    in environment: some Environment
  ) throws -> [Episode] {
    var episodes: [Episode] = []
    for index in 0..<(counts.max() ?? 0) {
      // A task that has fewer than others is in the first rounds only.
      for (task, count) in zip(suite.tasks, counts) where index < count {
        let episode = try environment.episode(
          suite: suite.name, task: task, index: index, seed: seed, strength: strength)
        episodes.append(episode)
        if suite.hasCleanTwins, let twin = try environment.cleanTwin(of: episode) {
          episodes.append(twin)
        }
      }
    }
    return episodes
  }

  /// What is known against tasks' rates, by their names.
  static func solvability(
    of episodes: [Episode], in environment: some Environment
  ) throws -> [String: TaskSolvability] {
    // The episodes of a task have the same factors.
    let first = Dictionary(episodes.filter { !$0.isCleanTwin }.map { ($0.task, $0) }) { first, _ in
      first
    }
    return try first.compactMapValues { try environment.solvability(of: $0) }
  }

  static func blocks(of episodes: [Episode], suite: String) -> [EpisodeBlock] {
    stride(from: 0, to: episodes.count, by: EpisodeBlock.size).enumerated().map { number, start in
      let end = min(start + EpisodeBlock.size, episodes.count)
      return EpisodeBlock(
        id: EpisodeBlock.id(suite, number), suite: suite, episodes: Array(episodes[start..<end]))
    }
  }
}
