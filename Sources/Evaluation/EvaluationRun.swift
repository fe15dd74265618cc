import EnvironmentInterface

/// An evaluation: every contestant on every episode of a plan.
///
/// ```swift
/// let plan = try EpisodePlan(
///   suites: ["semantic"], episodesPerTask: 30, seed: 0, strength: 1, in: environment)
/// let run = try EvaluationRun(
///   of: contestants, on: plan, shard: .whole, in: environment,
///   settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false))
/// let folder = try RunFolder(
///   at: "Runs/1", describing: run.description(facts: facts), resuming: true)
/// let summary = Summary(of: try run.records(in: folder))
/// ```
public struct EvaluationRun<World: Environment> {
  private let contestants: [Contestant]
  private let plan: EpisodePlan
  private let shard: Shard
  private let environment: World
  private let settings: RolloutSettings

  /// - Throws: `EvaluationError.repeatedName` where two contestants have one name.
  public init(
    of contestants: [Contestant], on plan: EpisodePlan, shard: Shard, in environment: World,
    settings: RolloutSettings
  ) throws(EvaluationError) {
    var names: Set<String> = []
    for contestant in contestants where !names.insert(contestant.name).inserted {
      throw .repeatedName(contestant.name)
    }
    self.contestants = contestants
    self.plan = plan
    self.shard = shard
    self.environment = environment
    self.settings = settings
  }

  /// What `run.json` says of this run.
  ///
  /// - Parameters:
  ///   - facts: what results depend on, such as versions and hashes; the environment's own are added.
  ///   - notes: what is worth knowing and may differ on resuming.
  public func description(facts: [String: String], notes: [String: String] = [:])
    -> RunDescription
  {
    RunDescription(
      plan: plan, contestants: contestants.map(\.description), shard: shard,
      continuesAfterSuccess: settings.continuesAfterSuccess,
      facts: facts.merging(environment.facts) { given, _ in given }, notes: notes)
  }

  /// Runs what the folder does not hold yet.
  ///
  /// - Parameters:
  ///   - folder: where finished blocks go; nil keeps them in memory only.
  ///   - observer: is told of every control step.
  ///   - trace: is told of everything that happens in the rollouts.
  /// - Returns: all records of the shard, those of an earlier process included, in the plan's order.
  /// - Throws: `EvaluationError`, or whatever making a policy throws. Finished blocks are kept.
  public func records(
    in folder: RunFolder?, observer: (any ProgressObserver)? = nil,
    trace: ((RolloutEvent<World.State>) -> Void)? = nil
  ) throws -> [EpisodeRecord] {
    let blocks = plan.blocks(of: shard)
    var records = folder?.records ?? []
    var progress = ProgressCount(
      episodes: contestants.count * blocks.reduce(0) { $0 + $1.episodes.count },
      resumed: records.count)
    let rollout = Rollout(in: environment, settings: settings, trace: trace)

    var start = 0
    for contestant in contestants {
      var policy: (any Policy)?
      for block in blocks {
        let end = start + block.episodes.count
        defer { start = end }
        if end <= records.count {
          progress.add(records[start..<end])
          continue
        }
        if policy == nil, case .policy(let make) = contestant.player { policy = try make() }
        let finished = try rollout.recordsInTurns(
          of: block, contestant: contestant.description, policy: policy
        ) { finished, partial in
          observer?.evaluationDidAdvance(
            progress.report(contestant.name, block.suite, adding: finished, partial: partial))
        }
        try folder?.append(finished)
        records += finished
        progress.add(finished[...])
      }
      progress.beginNextPolicy()
    }
    return records
  }
}

extension Contestant {
  var description: ContestantDescription { ContestantDescription(name: name, kind: kind) }
}

/// Counts that a progress report needs.
private struct ProgressCount {
  let episodes: Int
  let resumed: Int
  private var finished = 0
  private var policyEpisodes = 0
  private var policySuccesses = 0
  private var policyErrors = 0

  init(episodes: Int, resumed: Int) {
    self.episodes = episodes
    self.resumed = resumed
  }

  mutating func add(_ records: ArraySlice<EpisodeRecord>) {
    finished += records.count
    policyEpisodes += records.count
    policySuccesses += records.count(where: \.isSuccess)
    policyErrors += records.count { $0.outcome == .error }
  }

  mutating func beginNextPolicy() {
    (policyEpisodes, policySuccesses, policyErrors) = (0, 0, 0)
  }

  func report(
    _ policy: String, _ suite: String, adding records: [EpisodeRecord], partial: Double
  ) -> EvaluationProgress {
    EvaluationProgress(
      policy: policy, suite: suite, episodes: episodes, finished: finished + records.count,
      resumed: resumed, partial: partial, policyEpisodes: policyEpisodes + records.count,
      policySuccesses: policySuccesses + records.count(where: \.isSuccess),
      policyErrors: policyErrors + records.count { $0.outcome == .error })
  }
}
