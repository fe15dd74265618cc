import EnvironmentInterface
import Statistics

extension EpisodePlan {
  /// The episodes of a baseline in rounds over all its suites, so that whoever stops at a look has seen the
  /// same mix of tasks.
  ///
  /// No block reaches over a look.
  ///
  /// - Parameter looks: after how many episodes a contestant may stop; more than the last are not planned.
  /// - Throws: `EvaluationError.noBaseline` for episodes of several seeds; whatever the environment throws for a
  ///   suite or task that it does not have.
  init(answering names: [EpisodeName], looks: [Int], in environment: some Environment) throws {
    let seeds = Set(names.map(\.seed))
    guard let seed = seeds.first, seeds.count == 1 else {
      throw EvaluationError.noBaseline(
        "the baseline", reason: "its episodes are of \(seeds.count) seeds; a run has one")
    }
    let most = looks.last ?? 0
    let rounds = names.enumerated().sorted {
      ($0.element.index, $0.offset) < ($1.element.index, $1.offset)
    }.prefix(most).map(\.element)

    var blocks: [EpisodeBlock] = []
    var numbers: [String: Int] = [:]
    var start = 0
    for look in looks where start < rounds.count {
      let chunk = rounds[start..<min(look, rounds.count)]
      start = min(look, rounds.count)
      let bySuite = Dictionary(grouping: chunk, by: \.suite)
      for suite in chunk.map(\.suite).uniqued() {
        let episodes = try (bySuite[suite] ?? []).map { try $0.episode(in: environment) }
        for first in stride(from: 0, to: episodes.count, by: EpisodeBlock.size) {
          let end = min(first + EpisodeBlock.size, episodes.count)
          let number = numbers[suite, default: 0]
          numbers[suite] = number + 1
          blocks.append(
            EpisodeBlock(
              id: EpisodeBlock.id(suite, number), suite: suite,
              episodes: Array(episodes[first..<end])))
        }
      }
    }

    let known = Dictionary(grouping: rounds, by: \.suite)
    let suites = rounds.map(\.suite).uniqued().map { name in
      let own = known[name] ?? []
      let there = environment.suites.first { $0.name == name }
      return SuiteDescription(
        name: name, title: there?.title ?? name, tasks: own.map(\.task).uniqued(),
        hasCleanTwins: own.contains(where: \.isCleanTwin),
        defaultEpisodesPerTask: there?.defaultEpisodesPerTask ?? 1)
    }
    let counts = known.mapValues { (($0.map(\.index).max()) ?? 0) + 1 }
    self.init(
      seed: seed, strength: rounds.first { !$0.isCleanTwin }?.strength ?? 1, suites: suites,
      episodesPerTask: counts, blocks: blocks)
  }
}
