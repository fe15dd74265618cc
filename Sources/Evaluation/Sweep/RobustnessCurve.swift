import EnvironmentInterface
import Statistics

/// How a success rate changes with the strength of one factor.
public struct RobustnessCurve: Sendable {
  public struct Point: Sendable {
    public let strength: Double
    public let result: Tally
    /// Baseline: the same draws at the weakest strength; nil for that strength itself.
    public let pairs: PairedCounts?

    public var interval: Interval {
      result.proportion.wilsonInterval(confidence: RateText.confidence)
    }

    /// Tango's score interval of the change.
    public var changeInterval: Interval? {
      pairs?.scoreInterval(confidence: RateText.confidence)
    }
  }

  public struct Policy: Sendable {
    public let name: String
    public let kind: ContestantKind
    /// By rising strength.
    public let points: [Point]
  }

  public let suite: String
  public let factor: String
  public let seed: UInt64
  public let policies: [Policy]

  /// The strengths of all runs, rising.
  public var strengths: [Double] {
    policies.flatMap { $0.points.map(\.strength) }.uniqued().sorted()
  }

  /// How many intervals a text or page of it shows: of each rate, and of each change.
  package var intervalCount: Int {
    policies.flatMap(\.points).reduce(0) { $0 + ($1.pairs == nil ? 1 : 2) }
  }

  /// - Throws: `EvaluationError.noEpisodes` for no run that holds one, `.notTheSameRun` where two differ in more than the
  ///   strength.
  public init(of runs: [RunFiles], in path: String) throws(EvaluationError) {
    let filled = runs.filter { !$0.records.isEmpty }
      .sorted { ($0.description?.strength ?? 0) < ($1.description?.strength ?? 0) }
    guard let first = filled.first, let described = first.description, let factor = described.factor
    else { throw .noEpisodes(path) }
    for run in filled {
      guard let other = run.description else { throw .noEpisodes(run.path) }
      var same = other
      same.strength = described.strength
      // The episodes' factors differ, and so do the hashes over them.
      same.blocks = described.blocks
      let differences = same.differences(from: described)
      guard differences.isEmpty else {
        throw .notTheSameRun(path: run.path, differences: differences)
      }
    }
    suite = described.suites.first?.name ?? ""
    seed = described.seed
    self.factor = factor
    policies = first.policies.map { name in
      let weakest = first.records.filter { $0.policy == name }
      return Policy(
        name: name, kind: weakest.first?.kind ?? .entry,
        points: filled.map { run in
          let own = run.records.filter { $0.policy == name }
          let pairs = CleanComparison.differences(perturbed: own, twins: weakest)
          return Point(
            strength: run.description?.strength ?? 0, result: Tally(own),
            pairs: run.path == first.path ? nil : PairedCounts(pairs))
        }.filter { $0.result.episodes > 0 })
    }
  }
}
