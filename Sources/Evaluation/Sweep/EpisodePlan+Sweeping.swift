import EnvironmentInterface

extension EpisodePlan {
  /// The episodes of the tasks that have a factor, with that factor alone at a strength and the others not acting.
  ///
  /// Every strength has the same draws, so that the episodes of two strengths are pairs.
  ///
  /// - Throws: `EvaluationError.unknownSuite`, `.unknownFactor` where no task has it, `.tooFewEpisodes`; whatever the
  ///   environment throws for an episode that cannot be made.
  public init(
    sweeping factor: String, of suiteName: String, episodesPerTask: Int?, seed: UInt64,
    strength: Double, in environment: some Environment
  ) throws {
    if let count = episodesPerTask, count < 1 { throw EvaluationError.tooFewEpisodes(count) }
    guard var suite = environment.suites.first(where: { $0.name == suiteName }) else {
      throw EvaluationError.unknownSuite(suiteName, known: environment.suites.map(\.name))
    }
    func drawn(_ task: String, _ index: Int) throws -> Episode {
      try environment.episode(suite: suiteName, task: task, index: index, seed: seed, strength: 1)
    }
    var known: Set<String> = []
    suite.tasks = try suite.tasks.filter { task in
      let names = try drawn(task, 0).factors.map(\.name)
      known.formUnion(names)
      return names.contains(factor)
    }
    guard !suite.tasks.isEmpty else {
      throw EvaluationError.unknownFactor(factor, suite: suiteName, known: known.sorted())
    }
    suite.hasCleanTwins = false
    let count = episodesPerTask ?? suite.defaultEpisodesPerTask
    var episodes: [Episode] = []
    for index in 0..<count {
      for task in suite.tasks {
        let episode = try drawn(task, index)
        let settings = episode.factors.map {
          FactorSetting(name: $0.name, strength: $0.name == factor ? strength : 0)
        }
        episodes.append(try environment.episode(episode, under: settings))
      }
    }
    self.init(
      seed: seed, strength: strength, factor: factor, suites: [suite],
      episodesPerTask: [suiteName: count], blocks: Self.blocks(of: episodes, suite: suiteName))
  }
}
