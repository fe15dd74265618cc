import EnvironmentInterface
import Statistics

/// A gate that runs what it judges: just as many episodes of the baseline as the answer needs.
///
/// Each contestant acts in the baseline's episodes up to the first look at which the gate can say something of
/// it, or to the last.
public struct GateRun<World: Environment> {
  /// Who answers for which policy of the baseline.
  public struct Candidate {
    public let contestant: Contestant
    public let baselineName: String

    public init(_ contestant: Contestant, for baselineName: String) {
      self.contestant = contestant
      self.baselineName = baselineName
    }
  }

  private let gate: RegressionGate
  private let baseline: Baseline
  private let scope: RegressionGate.Scope
  private let candidates: [Candidate]
  private let plan: EpisodePlan
  private let environment: World
  private let settings: RolloutSettings
  /// After how many episodes a contestant may stop.
  public let looks: [Int]

  /// - Throws: `EvaluationError.unknownPolicy` for a policy that the baseline lacks, `.noBaseline` for one that no
  ///   run can answer.
  public init(
    of candidates: [Candidate], against baseline: Baseline, judgedBy gate: RegressionGate,
    in environment: World, settings: RolloutSettings
  ) throws {
    let known = baseline.policies.map(\.name)
    var names: [EpisodeName] = []
    for candidate in candidates {
      guard let policy = baseline.policies.first(where: { $0.name == candidate.baselineName })
      else {
        throw EvaluationError.unknownPolicy(
          candidate.baselineName, run: "the baseline", known: known)
      }
      names += policy.episodes.map(\.name)
    }
    let episodes = names.uniqued()
    looks =
      gate.test.looks.filter { $0 < episodes.count }
      + (episodes.count <= gate.test.looks.last ?? 0 ? [episodes.count] : [])
    self.gate = gate
    self.baseline = baseline
    self.candidates = candidates
    self.environment = environment
    self.settings = settings
    scope = RegressionGate.Scope(
      policies: Set(candidates.map(\.baselineName)),
      standIns: Dictionary(
        candidates.map { ($0.baselineName, $0.contestant.name) }, uniquingKeysWith: { $1 }))
    plan = try EpisodePlan(answering: episodes, looks: looks, in: environment)
  }

  /// What `run.json` says of this run.
  public func description(facts: [String: String], notes: [String: String] = [:])
    -> RunDescription
  {
    RunDescription(
      plan: plan, contestants: candidates.map(\.contestant.description), shard: .whole,
      continuesAfterSuccess: settings.continuesAfterSuccess,
      facts: facts.merging(environment.facts) { given, _ in given }, notes: notes,
      schedule: gate.test.looking(at: looks))
  }

  /// Runs and judges.
  ///
  /// - Parameters:
  ///   - description: what `description(facts:notes:)` gave.
  ///   - folder: where finished blocks go; nil keeps them in memory only.
  public func report(
    describedBy description: RunDescription, in folder: RunFolder?,
    observer: (any ProgressObserver)? = nil
  ) throws -> GateReport {
    func files(_ records: [EpisodeRecord]) -> RunFiles {
      RunFiles(path: folder?.path ?? "this run", description: description, records: records)
    }
    let stopping = EpisodeSchedule.Stopping(looks: looks) { name, records in
      // A run of one contestant, judged as the whole will be.
      let report = try? gate.report(
        on: files(records), against: baseline, scope: scope, stage: .underWay)
      return report?.policies.first { $0.name == name }?.verdict != .inconclusive
    }
    let run = try EvaluationRun(
      of: candidates.map(\.contestant), on: plan, shard: .whole, in: environment,
      settings: settings, stopping: stopping)
    let records = try run.records(in: folder, observer: observer)
    return try gate.report(on: files(records), against: baseline, scope: scope)
  }

  /// Runs the episodes up to the first look twice, and says where the two differ.
  ///
  /// - Parameter makeContestants: the same contestants for either time.
  public func calibration(observer: (any ProgressObserver)? = nil) throws -> Calibration {
    let first = looks.first ?? 0
    let stopping = EpisodeSchedule.Stopping(looks: [first]) { _, _ in true }
    func records() throws -> [EpisodeRecord] {
      try EvaluationRun(
        of: candidates.map(\.contestant), on: plan, shard: .whole, in: environment,
        settings: settings, stopping: stopping
      ).records(in: nil, observer: observer)
    }
    return Calibration(first: try records(), second: try records())
  }
}
