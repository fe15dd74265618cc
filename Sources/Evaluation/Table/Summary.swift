import EnvironmentInterface
import Statistics

/// Success rates with their uncertainty: a pure function of the records.
public struct Summary: Hashable, Sendable {
  /// The version of the layout of `summary.json`.
  public static let schema = 1

  public let seed: UInt64
  /// Entries first in their given order, then controls, the floor, and the ceiling.
  public let policies: [PolicySummary]
  /// What is known of policies beside how they acted, by their names; of the run, not of its records.
  public var policyFacts: [String: PolicyFacts] = [:]

  /// What is known against the rates of suites' tasks; of the run, not of its records.
  public var solvability: [String: [String: TaskSolvability]] = [:]

  /// - Parameter description: the run that the records are of; nil where nothing is known but them.
  public init(of records: [EpisodeRecord], in description: RunDescription? = nil) {
    var counts = SummaryCounts(of: description)
    for record in records { counts.add(record) }
    self.init(counts, in: description)
  }

  init(_ counts: SummaryCounts, in description: RunDescription? = nil) {
    for suite in description?.suites ?? [] where !suite.solvability.isEmpty {
      solvability[suite.name] = suite.solvability
    }
    policyFacts = description?.policyFacts ?? [:]
    seed = counts.seed ?? 0
    let order: [ContestantKind] = [.entry, .control, .floor, .ceiling]
    let policies = counts.policies.map(PolicySummary.init)
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

  init(_ counts: SummaryCounts.Policy) {
    name = counts.name
    kind = counts.kind
    suites = counts.suites.map(SuiteSummary.init)
  }

  public func suite(_ name: String) -> SuiteSummary? { suites.first { $0.name == name } }
}

/// What one policy did in one suite.
public struct SuiteSummary: Hashable, Sendable {
  public let name: String
  /// All tasks together, clean twins and what cannot be solved as it is specified not counted.
  ///
  /// Its interval holds for these tasks, not for tasks at large: that is `acrossTasks`.
  public let result: Tally
  /// The mean over tasks as a statement on tasks like these; nil for fewer than two tasks.
  public let acrossTasks: ClusteredMean?
  /// The same of the change against the clean twins.
  public let changeAcrossTasks: ClusteredMean?
  /// The same episodes without their perturbation; nil for a suite without clean twins.
  public let clean: CleanComparison?
  /// Nil for a suite whose tasks do not share scenes.
  public let bothOfPair: BothOfPair?
  public let tasks: [TaskSummary]
  /// What went wrong in episodes that ended as errors, twins included, and how often.
  public let errorMessages: [String: Int]

  init(_ counts: SummaryCounts.Suite) {
    name = counts.name
    result = counts.own
    let counted = counts.tasks.filter { !counts.leftOut.contains($0.name) }
    acrossTasks = ClusteredMean(sums: counted.map { $0.sums })
    changeAcrossTasks = ClusteredMean(sums: counted.map { $0.pairs.sums })
    clean = counts.twins.episodes > 0 ? CleanComparison(counts) : nil
    bothOfPair = BothOfPair(counts.sharedScenes)
    tasks = counts.tasks.map { TaskSummary(name: $0.name, result: $0.tally) }
    errorMessages = counts.errorMessages
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
  public private(set) var episodes = 0
  public private(set) var successes = 0
  public private(set) var errors = 0
  private var credit = 0.0
  private var scores = PaperScore.Sums()

  init() {}

  init(_ records: [EpisodeRecord]) {
    for record in records { add(record) }
  }

  mutating func add(_ record: EpisodeRecord) {
    episodes += 1
    if record.isSuccess { successes += 1 }
    if record.outcome == .error { errors += 1 }
    credit += record.progress
    scores.add(record)
  }

  /// Mean partial credit in [0, 1]; NaN without episodes.
  public var progress: Double { credit / Double(episodes) }

  /// The mean score by the paper's rules; nil where no task of these has any.
  public var paper: PaperScore? { PaperScore(scores) }

  public var proportion: Proportion { Proportion(successes: successes, of: episodes) }
}

/// Perturbed episodes against their clean twins, pair by pair.
public struct CleanComparison: Hashable, Sendable {
  /// All twins.
  public let result: Tally
  /// Baseline: the twin; candidate: the perturbed episode.
  public let pairs: PairedCounts

  init(_ counts: SummaryCounts.Suite) {
    result = counts.twins
    pairs = counts.tasks.filter { !counts.leftOut.contains($0.name) }
      .reduce(into: PairedCounts()) { $0 += $1.pairs }
  }

  /// The outcomes of every perturbed episode that has a twin, beside the twin's.
  static func differences(perturbed: [EpisodeRecord], twins: [EpisodeRecord])
    -> [(baseline: Bool, candidate: Bool)]
  {
    let twinSucceeded = Dictionary(
      twins.map { (Draw($0.episode), $0.isSuccess) }, uniquingKeysWith: { first, _ in first })
    return perturbed.compactMap { record in
      twinSucceeded[Draw(record.episode)].map { (baseline: $0, candidate: record.isSuccess) }
    }
  }

  /// Tango's score interval of the change.
  public var interval: Interval { pairs.scoreInterval(confidence: RateText.confidence) }
}

/// What perturbed episode and twin share: the same task, drawn alike.
struct Draw: Hashable {
  private let task: String
  private let index: Int
  private let seed: UInt64

  init(_ episode: Episode) { (task, index, seed) = (episode.task, episode.index, episode.seed) }
}
