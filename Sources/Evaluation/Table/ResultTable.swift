import EnvironmentInterface
import Statistics

/// The results of a run as a grid for each suite: policies down, tasks, their mean and the change across.
///
/// The one value that every printer reads; what a cell shows is decided here and nowhere else.
public struct ResultTable: Sendable {
  /// What stands over a column.
  public enum Column: Hashable, Sendable {
    case task(String)
    /// All tasks together.
    case mean
    /// Pairs of episodes with one first state and two instructions, of which both were solved; only where tasks share
    /// their scenes.
    case bothOfPair
    /// The mean score by the paper's rules; only where a task has partial credit by them.
    case paper
    /// The mean against the clean twins.
    case change

    public var name: String {
      switch self {
      case .task(let name): name
      case .mean: "mean"
      case .bothOfPair: "both of a pair"
      case .paper: "paper score"
      case .change: "change"
      }
    }
  }

  /// A mean over tasks as a statement on tasks like these.
  public struct AcrossTasks: Hashable, Sendable {
    public let mean: ClusteredMean
    public let interval: Interval
  }

  /// A success rate.
  public struct Rate: Hashable, Sendable {
    /// Successes and episodes.
    public let count: Proportion
    /// Episodes that ended as errors, which count as failures.
    public let errors: Int
    /// Mean partial credit in [0, 1].
    public let credit: Double
    /// By the paper's rules; nil where no task has partial credit by them.
    public let paper: PaperScore?
    /// Wilson's.
    public let interval: Interval
    /// Nil for a single task.
    public let acrossTasks: AcrossTasks?
  }

  /// How often both of a pair were solved.
  public struct Both: Hashable, Sendable {
    /// Pairs, and how many of them were solved both.
    public let count: Proportion
    /// Wilson's, of pairs.
    public let interval: Interval
    /// On scenes like these; nil for a single draw.
    public let acrossDraws: AcrossTasks?
  }

  /// A paired change of a success rate.
  public struct Change: Hashable, Sendable {
    /// Baseline: the clean twin; candidate: the perturbed episode.
    public let pairs: PairedCounts
    /// Tango's.
    public let interval: Interval
    /// The twins' own rate.
    public let clean: Rate
    public let acrossTasks: AcrossTasks?
  }

  public enum Cell: Hashable, Sendable {
    case rate(Rate)
    case bothOfPair(Both)
    case change(Change)
    case paper(PaperScore)
  }

  public struct Row: Sendable {
    public let policy: String
    public let kind: ContestantKind
    /// One for each column; nil where there are no episodes.
    public let cells: [Cell?]
    /// The rate over all tasks; nil without episodes that count.
    public let mean: Rate?
    /// What went wrong in episodes that ended as errors, twins included, and how often.
    public let errorMessages: [String: Int]
    /// Episodes, twins included.
    public let episodes: Int
  }

  /// A suite.
  public struct Section: Sendable {
    public let suite: String
    public let columns: [Column]
    public let rows: [Row]
    /// What is known against the rates of tasks, by their names.
    public var solvability: [String: TaskSolvability] = [:]
  }

  public let seed: UInt64
  public let sections: [Section]
  /// All policies, in the order of the rows.
  public let policies: [(name: String, kind: ContestantKind)]
  /// What is known of policies beside how they acted, by their names.
  public let policyFacts: [String: PolicyFacts]

  public init(of summary: Summary) {
    seed = summary.seed
    policyFacts = summary.policyFacts
    policies = summary.policies.map { ($0.name, $0.kind) }
    sections = summary.suites.map { suite in
      let tasks = summary.tasks(of: suite)
      let results = summary.policies.filter { $0.suite(suite) != nil }
      let hasTwins = results.contains { $0.suite(suite)?.clean != nil }
      let hasPaper = results.contains { $0.suite(suite)?.result.paper != nil }
      let hasPairs = results.contains { $0.suite(suite)?.bothOfPair != nil }
      let columns =
        tasks.map(Column.task) + [.mean] + (hasPairs ? [.bothOfPair] : [])
        + (hasPaper ? [.paper] : []) + (hasTwins ? [.change] : [])
      return Section(
        suite: suite, columns: columns,
        rows: results.compactMap { policy in
          policy.suite(suite).map { Row($0, of: policy, columns: columns) }
        }, solvability: summary.solvability[suite] ?? [:])
    }
  }

  /// Whether a column holds scores by the paper's rules.
  var hasPaperScores: Bool { sections.contains { $0.columns.contains(.paper) } }

  static let paperLegend =
    "Paper score: half points where the OpenVLA paper's rules give them, and its standard error."

  /// Whether a column counts pairs of episodes with one first state.
  var hasPairs: Bool { sections.contains { $0.columns.contains(.bothOfPair) } }

  package static let pairLegend =
    "Both of a pair: the same first state under two instructions, solved where both episodes are; not reading solves "
    + "one at most."

  /// How many intervals the table shows.
  public var intervalCount: Int {
    sections.flatMap(\.rows).flatMap(\.cells).reduce(0) { count, cell in
      switch cell {
      case .rate(let rate): count + 1 + (rate.acrossTasks == nil ? 0 : 1)
      case .bothOfPair(let both): count + 1 + (both.acrossDraws == nil ? 0 : 1)
      case .change(let change): count + 1 + (change.acrossTasks == nil ? 0 : 1)
      case .paper, nil: count
      }
    }
  }
}

extension Summary {
  /// The summary as every printer takes it.
  public var table: ResultTable { ResultTable(of: self) }
}

extension ResultTable.Row {
  fileprivate init(
    _ suite: SuiteSummary, of policy: PolicySummary, columns: [ResultTable.Column]
  ) {
    self.policy = policy.name
    kind = policy.kind
    errorMessages = suite.errorMessages
    episodes = suite.result.episodes + (suite.clean?.result.episodes ?? 0)
    let mean = ResultTable.Rate(suite.result, acrossTasks: suite.acrossTasks)
    self.mean = mean
    cells = columns.map { column in
      switch column {
      case .task(let name):
        suite.task(name).flatMap { ResultTable.Rate($0.result) }.map(ResultTable.Cell.rate)
      case .mean: mean.map(ResultTable.Cell.rate)
      case .bothOfPair:
        suite.bothOfPair.map { ResultTable.Cell.bothOfPair(ResultTable.Both($0)) }
      case .paper: suite.result.paper.map(ResultTable.Cell.paper)
      case .change:
        suite.clean.flatMap {
          ResultTable.Change($0, acrossTasks: suite.changeAcrossTasks)
        }.map(ResultTable.Cell.change)
      }
    }
  }

  /// How often both of a pair were solved; nil for a suite whose tasks do not share scenes.
  public var bothOfPair: ResultTable.Both? {
    for case .bothOfPair(let both)? in cells { return both }
    return nil
  }

  /// The change against the clean twins; nil for a suite without them.
  public var change: ResultTable.Change? {
    if case .change(let change)?? = cells.last { return change }
    return nil
  }
}

extension ResultTable.Section {
  /// The tasks with their places among the columns.
  var tasks: [(column: Int, name: String)] {
    columns.enumerated().compactMap { index, column in
      if case .task(let name) = column { return (index, name) }
      return nil
    }
  }

  var hasChange: Bool { columns.last == .change }
}

extension ResultTable.Rate {
  /// Nil without episodes.
  fileprivate init?(_ tally: Tally, acrossTasks: ClusteredMean? = nil) {
    guard tally.episodes > 0 else { return nil }
    count = tally.proportion
    errors = tally.errors
    credit = tally.progress
    paper = tally.paper
    interval = tally.proportion.wilsonInterval(confidence: RateText.confidence)
    self.acrossTasks = acrossTasks.map { .init($0, within: 0...1) }
  }

  /// `18/30 60 %` and `[42–75]`.
  package var words: (value: String, interval: String) {
    (RateText.rate(count), RateText.interval(count))
  }
}

extension ResultTable.Both {
  fileprivate init(_ both: BothOfPair) {
    count = both.count
    interval = both.count.wilsonInterval(confidence: RateText.confidence)
    acrossDraws = both.acrossDraws.map { .init($0, within: 0...1) }
  }

  /// `18/30 60 %` and `[42–75]`.
  package var words: (value: String, interval: String) {
    (RateText.rate(count), RateText.interval(count))
  }
}

extension ResultTable.Change {
  /// Nil without pairs.
  fileprivate init?(_ clean: CleanComparison, acrossTasks: ClusteredMean?) {
    guard clean.pairs.count > 0, let twins = ResultTable.Rate(clean.result) else { return nil }
    pairs = clean.pairs
    interval = clean.interval
    self.clean = twins
    self.acrossTasks = acrossTasks.map { .init($0, within: -1...1) }
  }

  /// `−27 pp` and `[−37, −18]`.
  package var words: (value: String, interval: String) {
    (RateText.change(pairs), RateText.interval(interval, count: pairs.count))
  }
}

extension ResultTable.Cell {
  /// The value and its interval in words.
  package var words: (value: String, interval: String) {
    switch self {
    case .rate(let rate): rate.words
    case .bothOfPair(let both): both.words
    case .change(let change): change.words
    case .paper(let score): (score.meanText, score.errorText)
    }
  }
}

extension ResultTable.AcrossTasks {
  /// Of paired changes, a task each; nil where tasks are too few, or all alike, to say anything of others.
  init?(changesBy tasks: [PairedCounts]) {
    guard let mean = ClusteredMean(sums: tasks.map(\.sums)) else { return nil }
    self.init(mean, within: -1...1)
  }

  fileprivate init(_ mean: ClusteredMean, within range: ClosedRange<Double>) {
    self.mean = mean
    interval = mean.interval(confidence: RateText.confidence, within: range)
  }
}
