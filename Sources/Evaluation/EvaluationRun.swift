import EnvironmentInterface
import Recordings

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
  private let schedule: EpisodeSchedule

  /// How often an episode is tried that the machine fails.
  static var attempts: Int { 3 }

  /// - Parameter stopping: when a contestant may stop before its last block; nil runs all.
  /// - Throws: `EvaluationError.repeatedName` where two contestants have one name.
  public init(
    of contestants: [Contestant], on plan: EpisodePlan, shard: Shard, in environment: World,
    settings: RolloutSettings, stopping: EpisodeSchedule.Stopping? = nil
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
    schedule = EpisodeSchedule(
      of: contestants.map(\.name), on: plan.blocks(of: shard), stopping: stopping)
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
  ///   - folder: where finished blocks go, with their trajectories where its description says so; nil keeps them in
  ///     memory only.
  ///   - observer: is told of every control step.
  /// - Returns: all records of the shard, those of an earlier process included, in the plan's order.
  /// - Throws: `EvaluationError`, or whatever making a policy throws. Finished blocks are kept.
  public func records(
    in folder: RunFolder?, observer: (any ProgressObserver)? = nil
  ) throws -> [EpisodeRecord] {
    do {
      let records = try carryOut(in: folder, observer: observer)
      try folder?.finish()
      return records
    } catch {
      // The block before the one that failed is kept.
      try? folder?.finish()
      throw error
    }
  }

  private func carryOut(in folder: RunFolder?, observer: (any ProgressObserver)?) throws
    -> [EpisodeRecord]
  {
    let isRecording = folder?.description.keepsRecordings ?? false
    var records = folder?.records ?? []
    var schedule = schedule
    var progress = ProgressCount(
      perPolicy: plan.blocks(of: shard).reduce(0) { $0 + $1.episodes.count },
      policies: contestants.count, resumed: records.count)
    var acting: (contestant: Int, policy: (any Policy)?)?

    var finished = records
    while let work = schedule.next(after: finished) {
      let contestant = contestants[work.contestant]
      if acting?.contestant != work.contestant {
        // The last one is let go before the next takes its memory.
        acting = nil
        progress.begin(contestant.name, number: work.contestant, after: records)
        var policy: (any Policy)?
        if case .policy(let make) = contestant.player { policy = try make() }
        acting = (work.contestant, policy)
      }
      var recorder = isRecording ? TrajectoryRecorder(in: environment) : nil
      finished = try self.records(
        of: work.block, by: contestant.description, policy: acting?.policy,
        trace: isRecording ? { recorder?.take($0) } : nil
      ) { finished, partial in
        observer?.evaluationDidAdvance(
          progress.report(work.block.suite, adding: finished, partial: partial))
      }
      let recording = recorder?.recording(
        of: work.block, by: contestant.name, records: finished)
      try folder?.append(finished, recording: recording)
      records += finished
      progress.add(finished)
    }
    return records
  }

  /// The records of a block, as many episodes side by side as the policy takes.
  ///
  /// - Throws: `EvaluationError.environmentFailed` where the environment failed in every episode to the last
  ///   attempt: such a block says nothing and is better run again.
  private func records(
    of block: EpisodeBlock, by contestant: ContestantDescription, policy: (any Policy)?,
    trace: ((RolloutEvent<World.State>) -> Void)?,
    advance: @escaping (_ finished: [EpisodeRecord], _ partial: Double) -> Void
  ) throws(EvaluationError) -> [EpisodeRecord] {
    let width = max(1, min(policy?.episodesAtOnce ?? .max, block.episodes.count))
    var records: [EpisodeRecord] = []
    for start in stride(from: 0, to: block.episodes.count, by: width) {
      let before = records
      records += attempted(
        block.part(start..<min(start + width, block.episodes.count)), by: contestant,
        policy: policy, trace: trace
      ) { advance(before + $0, $1) }
    }
    if let reason = records.first?.error?.message,
      records.allSatisfy({ $0.error?.cause == .environment })
    {
      throw .environmentFailed(block: block.id, policy: contestant.name, reason: reason)
    }
    return records
  }

  /// The records of episodes, in which one that the machine failed, or that lost its policy's process or server, was
  /// tried again from its start: an episode is a pure function of its value, so a retry is the one that would have been.
  private func attempted(
    _ block: EpisodeBlock, by contestant: ContestantDescription, policy: (any Policy)?,
    trace: ((RolloutEvent<World.State>) -> Void)?,
    advance: @escaping (_ finished: [EpisodeRecord], _ partial: Double) -> Void
  ) -> [EpisodeRecord] {
    func carriedOut(
      _ block: EpisodeBlock, telling advance: (([EpisodeRecord], Double) -> Void)?
    ) -> [EpisodeRecord] {
      var rollout = Rollout(
        of: block, by: contestant, policy: policy, in: environment, settings: settings,
        trace: trace)
      rollout.begin()
      advance?(rollout.records, rollout.partial)
      while !rollout.isFinished {
        rollout.step()
        advance?(rollout.records, rollout.partial)
      }
      return rollout.records
    }
    var records = carriedOut(block, telling: advance)
    for _ in 1..<Self.attempts {
      let failed = records.indices.filter { records[$0].error?.cause.isTriedAgain ?? false }
      if failed.isEmpty { break }
      let again = EpisodeBlock(
        id: block.id, suite: block.suite, episodes: failed.map { block.episodes[$0] })
      for (index, record) in zip(failed, carriedOut(again, telling: nil)) {
        records[index] = record
      }
    }
    return records
  }
}

extension Contestant {
  /// Its name and kind.
  public var description: ContestantDescription { ContestantDescription(name: name, kind: kind) }
}

/// Counts that a progress report needs.
private struct ProgressCount {
  /// How many episodes a policy has, if it does not stop before.
  private let perPolicy: Int
  private let policies: Int
  private let resumed: Int
  private var episodes: Int
  private var finished: Int
  private var policy = ""
  private var policyEpisodes = 0
  private var policySuccesses = 0
  private var policyErrors = 0

  init(perPolicy: Int, policies: Int, resumed: Int) {
    self.perPolicy = perPolicy
    self.policies = policies
    self.resumed = resumed
    episodes = perPolicy * policies
    finished = resumed
  }

  mutating func add(_ records: [EpisodeRecord]) {
    finished += records.count
    // As in the table, where twins have a column of their own.
    let own = records.filter { !$0.episode.isCleanTwin }
    policyEpisodes += own.count
    policySuccesses += own.count(where: \.isSuccess)
    policyErrors += records.count { $0.outcome == .error }
  }

  /// Goes on to contestant `number`; those before it may have stopped early.
  mutating func begin(_ policy: String, number: Int, after records: [EpisodeRecord]) {
    let own = records.filter { $0.policy == policy }
    self.policy = policy
    policyEpisodes = own.count
    policySuccesses = own.count(where: \.isSuccess)
    policyErrors = own.count { $0.outcome == .error }
    episodes = finished - own.count + (policies - number) * perPolicy
  }

  func report(
    _ suite: String, adding records: [EpisodeRecord], partial: Double
  ) -> EvaluationProgress {
    let own = records.filter { !$0.episode.isCleanTwin }
    return EvaluationProgress(
      policy: policy, suite: suite, episodes: episodes, finished: finished + records.count,
      resumed: resumed, partial: partial, policyEpisodes: policyEpisodes + own.count,
      policySuccesses: policySuccesses + own.count(where: \.isSuccess),
      policyErrors: policyErrors + records.count { $0.outcome == .error })
  }
}

extension EpisodeBlock {
  /// Some of the block's episodes, under its name.
  fileprivate func part(_ range: Range<Int>) -> EpisodeBlock {
    EpisodeBlock(id: id, suite: suite, episodes: Array(episodes[range]))
  }
}
