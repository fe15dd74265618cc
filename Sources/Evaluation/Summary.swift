import EnvironmentInterface
import Statistics

/// Success rates with their uncertainty: a pure function of the records.
public struct Summary: Hashable, Sendable {
  /// The version of the layout of `summary.json`.
  public static let schema = 1

  public let seed: UInt64
  /// Entries first in their given order, then controls, the floor, and the ceiling.
  public let policies: [PolicySummary]

  public init(of records: [EpisodeRecord]) {
    seed = records.first?.episode.seed ?? 0
    let order: [ContestantKind] = [.entry, .control, .floor, .ceiling]
    let byPolicy = Dictionary(grouping: records, by: \.policy)
    let policies = records.map(\.policy).uniqued().map {
      PolicySummary(name: $0, records: byPolicy[$0] ?? [])
    }
    self.policies = order.flatMap { kind in policies.filter { $0.kind == kind } }
  }

  /// The names of all suites, in the order of their first episodes.
  public var suites: [String] { policies.flatMap { $0.suites.map(\.name) }.uniqued() }

  /// The tasks of a suite, in the order of their first episodes.
  public func tasks(of suite: String) -> [String] {
    policies.compactMap { $0.suite(suite) }.flatMap { $0.tasks.map(\.name) }.uniqued()
  }
}

/// What one policy did in each suite.
public struct PolicySummary: Hashable, Sendable {
  public let name: String
  public let kind: ContestantKind
  public let suites: [SuiteSummary]

  init(name: String, records: [EpisodeRecord]) {
    self.name = name
    self.kind = records.first?.kind ?? .entry
    let bySuite = Dictionary(grouping: records, by: \.episode.suite)
    self.suites = records.map(\.episode.suite).uniqued().map {
      SuiteSummary(name: $0, records: bySuite[$0] ?? [])
    }
  }

  public func suite(_ name: String) -> SuiteSummary? { suites.first { $0.name == name } }
}

/// What one policy did in one suite.
public struct SuiteSummary: Hashable, Sendable {
  public let name: String
  /// All tasks together, clean twins not counted.
  ///
  /// Its interval holds for these tasks, not for tasks at large: that is `acrossTasks`.
  public let result: Tally
  /// The mean over tasks as a statement on tasks like these; nil for fewer than two tasks.
  public let acrossTasks: ClusteredMean?
  /// The same of the change against the clean twins.
  public let changeAcrossTasks: ClusteredMean?
  /// The same episodes without their perturbation; nil for a suite without clean twins.
  public let clean: CleanComparison?
  public let tasks: [TaskSummary]
  /// What went wrong in episodes that ended as errors, twins included, and how often.
  public let errorMessages: [String: Int]

  init(name: String, records: [EpisodeRecord]) {
    self.name = name
    let own = records.filter { !$0.episode.isCleanTwin }
    let twins = records.filter(\.episode.isCleanTwin)
    let byTask = Dictionary(grouping: own, by: \.episode.task)
    result = Tally(own)
    let tasks = own.map(\.episode.task).uniqued()
    acrossTasks = ClusteredMean(tasks.map { (byTask[$0] ?? []).map { $0.isSuccess ? 1 : 0 } })
    let twinsByTask = Dictionary(grouping: twins, by: \.episode.task)
    changeAcrossTasks = ClusteredMean(
      tasks.map { task in
        CleanComparison.differences(
          perturbed: byTask[task] ?? [], twins: twinsByTask[task] ?? []
        ).map { ($0.candidate ? 1 : 0) - ($0.baseline ? 1 : 0) }
      })
    clean = twins.isEmpty ? nil : CleanComparison(perturbed: own, twins: twins)
    self.tasks = tasks.map {
      TaskSummary(name: $0, result: Tally(byTask[$0] ?? []))
    }
    errorMessages = records.reduce(into: [:]) { counts, record in
      if let error = record.error { counts[error.message, default: 0] += 1 }
    }
  }

  public func task(_ name: String) -> TaskSummary? { tasks.first { $0.name == name } }
}

/// What one policy did in one task.
public struct TaskSummary: Hashable, Sendable {
  public let name: String
  public let result: Tally
}

/// Counts of outcomes; errors count as not successful.
public struct Tally: Hashable, Sendable {
  public let episodes: Int
  public let successes: Int
  public let errors: Int
  /// Mean partial credit in [0, 1]; NaN without episodes.
  public let progress: Double
  /// The mean score by the paper's rules; nil where no task of these has any.
  public let paper: PaperScore?

  init(_ records: [EpisodeRecord]) {
    episodes = records.count
    successes = records.count(where: \.isSuccess)
    errors = records.count { $0.outcome == .error }
    progress = records.reduce(0) { $0 + $1.progress } / Double(records.count)
    paper = PaperScore(of: records)
  }

  public var proportion: Proportion { Proportion(successes: successes, of: episodes) }
}

/// Perturbed episodes against their clean twins, pair by pair.
public struct CleanComparison: Hashable, Sendable {
  /// All twins.
  public let result: Tally
  /// Baseline: the twin; candidate: the perturbed episode.
  public let pairs: PairedCounts

  init(perturbed: [EpisodeRecord], twins: [EpisodeRecord]) {
    result = Tally(twins)
    pairs = PairedCounts(Self.differences(perturbed: perturbed, twins: twins))
  }

  /// The outcomes of every perturbed episode that has a twin, beside the twin's.
  static func differences(perturbed: [EpisodeRecord], twins: [EpisodeRecord])
    -> [(baseline: Bool, candidate: Bool)]
  {
    struct Draw: Hashable {
      let task: String
      let index: Int
      let seed: UInt64
      init(_ episode: Episode) { (task, index, seed) = (episode.task, episode.index, episode.seed) }
    }
    let twinSucceeded = Dictionary(
      twins.map { (Draw($0.episode), $0.isSuccess) }, uniquingKeysWith: { first, _ in first })
    return perturbed.compactMap { record in
      twinSucceeded[Draw(record.episode)].map { (baseline: $0, candidate: record.isSuccess) }
    }
  }

  /// Tango's score interval of the change.
  public var interval: Interval { pairs.scoreInterval(confidence: RateText.confidence) }
}
