import EnvironmentInterface
import Statistics

/// What a regression gate found, policy by policy.
public struct GateReport: Sendable {
  /// A suite, its clean twins, or a task of either, with its paired outcomes.
  public struct Group: Hashable, Sendable {
    public let name: String
    public let pairs: PairedCounts
    /// The one-sided mid-p value after Holm's correction; nil where the group is not tested.
    public let correctedP: Double?
    /// Whether it fell beyond chance on its own.
    public let isHarmed: Bool
  }

  /// What a verdict rests on.
  public enum Basis: String, Hashable, Sendable, Codable {
    /// Episodes are missing, or the machine failed.
    case comparability
    /// Every last state is the baseline's.
    case unchanged
    /// The deterministic expert lost an episode.
    case yardstick
    /// The paired outcomes.
    case statistics
  }

  public struct Policy: Sendable {
    public let name: String
    /// Its name in the baseline.
    public let baselineName: String
    public let kind: ContestantKind
    public internal(set) var verdict = GateVerdict.notComparable
    public internal(set) var basis = Basis.comparability
    /// What decides, with this policy's share of the error rate.
    public let test: GroupSequentialTest
    /// The level of the tests of single suites together.
    public let suiteLevel: Double
    public let pairs: PairedCounts
    /// Pairs that end in the same state with the same outcome.
    public let unchanged: Int
    public let groups: [Group]
    /// By task, for information.
    public let cells: [Group]
    /// The change as a statement on tasks like these; nil for a single task, and where all changed alike.
    public let acrossTasks: ResultTable.AcrossTasks?
    /// Episodes of the baseline that the run does not have, and those that it has in another form.
    public let missing: [EpisodeName]
    public let altered: [EpisodeName]
    /// Episodes that the baseline does not have.
    public let additional: [EpisodeName]
    /// Episodes that the machine failed.
    public let infrastructureErrors: [EpisodeName]
    /// Episodes of the run that ended as errors of the policy.
    public let policyErrors: Int
    /// Episodes that only the baseline solved, and that only the run solved.
    public let lost: [EpisodeName]
    public let gained: [EpisodeName]
    /// Mean partial credit of either side; NaN without pairs.
    public let progress: (baseline: Double, run: Double)
    /// By how many steps the goal was met later, over the pairs that both sides solved; nil without any.
    public let delay: Double?

    init(
      name: String, baselineName: String, kind: ContestantKind, test: GroupSequentialTest,
      suiteLevel: Double, pairing: Pairing, groups: [Group]
    ) {
      self.name = name
      self.baselineName = baselineName
      self.kind = kind
      self.test = test
      self.suiteLevel = suiteLevel
      self.groups = groups
      let pairs = pairing.pairs
      self.pairs = pairing.counts
      unchanged = pairs.count(where: \.isUnchanged)
      cells = pairing.cells.map {
        Group(name: $0.name, pairs: $0.counts, correctedP: nil, isHarmed: false)
      }
      acrossTasks = pairing.acrossTasks()
      let others = Set(pairing.onlyCandidate.map(\.name))
      altered = pairing.onlyBaseline.map(\.name).filter(others.contains)
      let isAltered = Set(altered)
      missing = pairing.onlyBaseline.map(\.name).filter { !isAltered.contains($0) }
      additional = pairing.onlyCandidate.map(\.name).filter { !isAltered.contains($0) }
      infrastructureErrors = pairing.void.map(\.candidate.name)
      policyErrors = pairs.count { $0.candidate.outcome == .error }
      (lost, gained) = pairing.flips
      let count = Double(pairs.count)
      progress = (
        pairs.reduce(0) { $0 + $1.baseline.progress } / count,
        pairs.reduce(0) { $0 + $1.candidate.progress } / count
      )
      let delays = pairs.compactMap { pair -> Double? in
        guard let before = pair.baseline.firstSuccessStep,
          let after = pair.candidate.firstSuccessStep
        else { return nil }
        return Double(after - before)
      }
      delay = delays.isEmpty ? nil : delays.reduce(0, +) / Double(delays.count)
    }
  }

  public let gate: RegressionGate
  public let policies: [Policy]
  /// Why the whole cannot be compared, a sentence each; empty where it can.
  public let obstacles: [String]
  public let facts: FactComparison
  /// Policies of the run that the baseline does not have.
  public let onlyInRun: [String]
  /// At how many pairs it would look; nil for a run that was judged once, as it is.
  public let looks: [Int]?

  /// The verdict on the run: the gravest on any policy.
  public var verdict: GateVerdict {
    if !obstacles.isEmpty || policies.isEmpty { return .notComparable }
    return GateVerdict.byGravity.first { verdict in policies.contains { $0.verdict == verdict } }
      ?? .notComparable
  }

  public var exitCode: Int32 { verdict.exitCode }
}
