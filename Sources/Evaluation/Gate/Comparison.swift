import Statistics

/// Two policies, or one policy in two runs, on the same episodes.
public struct Comparison: Sendable {
  /// A suite, its clean twins, pairs of episodes with one first state, or everything.
  public struct Row: Hashable, Sendable {
    public let name: String
    /// Baseline: the first policy; candidate: the second.
    public let pairs: PairedCounts
    /// The change as a statement on tasks like these, or on kinds of scenes; nil for a single one.
    public let acrossTasks: ResultTable.AcrossTasks?
  }

  /// The second policy's own name.
  public let policy: String
  public let baselineName: String
  public let candidateName: String
  /// Suites in the order of their first pairs, then those whose tasks share scenes by both of a pair, then all episodes
  /// together where there are several suites.
  public let rows: [Row]
  /// All episodes of both sides.
  public let pairs: PairedCounts
  /// Episodes that have no partner on the other side.
  public let unmatchedBaseline: [EpisodeName]
  public let unmatchedCandidate: [EpisodeName]
  /// Episodes that the machine failed on either side: they are in no row.
  public let infrastructureErrors: [EpisodeName]
  /// Episodes that only the first policy solved, and that only the second solved.
  public let lost: [EpisodeName]
  public let gained: [EpisodeName]
  /// How the facts of the two runs differ; nothing within one run.
  public let facts: FactComparison

  /// Pairs the episodes of a policy with those of another by content hash.
  ///
  /// - Throws: `EvaluationError.unknownPolicy` where a run has no such policy, `.brokenFile` where an
  ///   episode is there twice.
  public init(
    of baselinePolicy: String, in baseline: RunFiles, with candidatePolicy: String,
    in candidate: RunFiles
  ) throws(EvaluationError) {
    let pairing = Pairing(
      baseline: try Self.outcomes(of: baselinePolicy, in: baseline),
      candidate: try Self.outcomes(of: candidatePolicy, in: candidate))
    policy = candidatePolicy
    let isOneFile = baseline.path == candidate.path
    let isOnePolicy = baselinePolicy == candidatePolicy
    baselineName = isOneFile || !isOnePolicy ? baselinePolicy : "\(baselinePolicy) before"
    candidateName = isOneFile || !isOnePolicy ? candidatePolicy : "\(candidatePolicy) after"
    let groups = pairing.groups.map {
      Row(name: $0.name, pairs: $0.counts, acrossTasks: pairing.acrossTasks(of: $0.name))
    }
    let all = Row(name: "all", pairs: pairing.counts, acrossTasks: pairing.acrossTasks())
    let both = pairing.sharedScenes.map {
      Row(
        name: "\($0.suite), both of a pair", pairs: $0.counts,
        acrossTasks: .init(changesBy: $0.draws))
    }
    pairs = pairing.counts
    rows = groups + both + (groups.count > 1 ? [all] : [])
    unmatchedBaseline = pairing.onlyBaseline.map(\.name)
    unmatchedCandidate = pairing.onlyCandidate.map(\.name)
    infrastructureErrors = pairing.void.map(\.candidate.name)
    (lost, gained) = pairing.flips
    facts = FactComparison(
      baseline: baseline.facts, run: candidate.description == nil ? baseline.facts : candidate.facts
    )
  }

  private static func outcomes(of policy: String, in run: RunFiles) throws(EvaluationError)
    -> [EpisodeOutcome]
  {
    try run.checkUnique()
    let records = run.records.filter { $0.policy == policy }
    guard !records.isEmpty else {
      throw .unknownPolicy(policy, run: run.path, known: run.policies)
    }
    return records.map(EpisodeOutcome.init)
  }

  /// Whether the two sides have an episode in common.
  public var isComparable: Bool { !rows.isEmpty }
}

extension Comparison {
  /// The comparison of every policy that both runs hold, or of the only one of each.
  ///
  /// - Throws: `EvaluationError.unknownPolicy` where they share none, `.noBaseline` for a run without
  ///   episodes.
  public static func ofCommonPolicies(baseline: RunFiles, candidate: RunFiles)
    throws(EvaluationError) -> [Comparison]
  {
    var comparisons: [Comparison] = []
    for pair in try PolicyPair.common(to: baseline, and: candidate) {
      comparisons.append(
        try Comparison(of: pair.earlier, in: baseline, with: pair.later, in: candidate))
    }
    return comparisons
  }

  /// The comparison as a terminal shows it.
  ///
  /// - Parameter flips: how many episodes of either kind are named at most.
  public func text(flips limit: Int) -> String {
    guard isComparable else {
      return "\(baselineName) and \(candidateName) share no episode: "
        + "\(unmatchedBaseline.count) and \(unmatchedCandidate.count) episodes differ in content, and the "
        + "machine failed in \(infrastructureErrors.count)\n" + factText
    }
    let table = TextTable(
      columns: [
        ["suite"], ["pairs"], [baselineName], [candidateName], ["change, 95 % interval"],
        ["lost"], ["gained"], ["mid-p"],
      ],
      rows: rows.map { row in
        let interval = row.pairs.scoreInterval(confidence: RateText.confidence)
        return [
          [row.name], ["\(row.pairs.count)"],
          ["\(RateText.rate(row.pairs.baseline)) \(RateText.interval(row.pairs.baseline))"],
          ["\(RateText.rate(row.pairs.candidate)) \(RateText.interval(row.pairs.candidate))"],
          [
            RateText.change(row.pairs) + " "
              + RateText.interval(interval, count: row.pairs.count)
          ],
          ["\(row.pairs.lost)"], ["\(row.pairs.gained)"],
          [RateText.probability(row.pairs.midMcNemarP)],
        ]
      })
    var text = table.rendered() + acrossTasksText
    if unmatchedBaseline.count + unmatchedCandidate.count > 0 {
      text +=
        "without a partner: \(unmatchedBaseline.count) of \(baselineName), "
        + "\(unmatchedCandidate.count) of \(candidateName)\n"
    }
    let lists = [
      ("lost", lost), ("gained", gained),
      ("failed by the machine, in no row", infrastructureErrors),
    ]
    text += lists.map { GateReport.list($0, $1, limit: limit) }.joined()
    return text + factText
  }

  private var factText: String {
    let lists = [
      ("another protocol, so that the two were asked different things", facts.protocolFacts),
      ("another machine", facts.machineFacts), ("also different", facts.otherFacts),
    ]
    return lists.filter { !$1.isEmpty }.map { title, differences in
      "\(title):\n"
        + differences.map { "  \($0.words(inOne: "the first run", inOther: "the second"))\n" }
        .joined()
    }.joined()
  }

  /// What the rows say of tasks like theirs; empty where there is one task.
  private var acrossTasksText: String {
    let parts = rows.compactMap { row in row.acrossTasks.map { "  \(row.name) \($0.changeText)\n" }
    }
    guard !parts.isEmpty else { return "" }
    return "change in tasks like these (t over task means, 95 %; deff is the design effect):\n"
      + parts.joined()
  }

  /// How many intervals its text shows.
  public var intervalCount: Int {
    rows.reduce(0) { $0 + 3 + ($1.acrossTasks == nil ? 0 : 1) }
  }

  /// What the numbers of comparisons mean.
  ///
  /// - Parameter width: columns at hand.
  public static func legend(of comparisons: [Comparison], width: Int) -> String {
    let intervals = comparisons.reduce(0) { $0 + $1.intervalCount }
    guard intervals > 0 else { return "" }
    return TextTable.filled(
      "Rates: 95 % Wilson intervals. Change: the second minus the first, paired, 95 % Tango interval, for these "
        + "tasks. Mid-p: McNemar's test, two-sided. " + RateText.misses(of: intervals),
      width: width)
  }
}
