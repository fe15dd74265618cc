import EnvironmentInterface

/// How rollouts are carried out.
public struct RolloutSettings: Hashable, Sendable {
  /// At most this many requests in one call of a policy, 1 to the block size.
  ///
  /// Changes speed and memory, never a result.
  public var batchLimit: Int
  /// Whether every episode goes on to its step limit after its goal has held, so that success at the
  /// end can differ from success once; those of some suites do so anyway.
  public var continuesAfterSuccess: Bool

  public init(batchLimit: Int, continuesAfterSuccess: Bool) {
    self.batchLimit = min(max(1, batchLimit), EpisodeBlock.size)
    self.continuesAfterSuccess = continuesAfterSuccess
  }
}

/// What happens in a rollout, for whoever films or shows it.
public enum RolloutEvent<State: Sendable> {
  case started(slot: Int, Episode, State)
  /// An action was executed and led to this state, in which the task stands so.
  case stepped(slot: Int, Action, State, EpisodeStatus)
  case finished(slot: Int, EpisodeRecord)
}

/// Runs the episodes of a block side by side, one control step of all at a time.
///
/// ```swift
/// var rollout = Rollout(of: block, by: contestant, policy: policy, in: environment, settings: settings)
/// rollout.begin()
/// while !rollout.isFinished { rollout.step() }
/// let records = rollout.records
/// ```
///
/// Trouble stays in its episode: whatever a policy answers or throws, and whatever the environment
/// cannot do for one state, ends that episode as an error and the others go on.
public struct Rollout<World: Environment> {
  private let block: EpisodeBlock
  private let contestant: ContestantDescription
  private let policy: (any Policy)?
  private let environment: World
  private let settings: RolloutSettings
  private let continuesAfterSuccess: Bool
  private let trace: ((RolloutEvent<World.State>) -> Void)?
  private let probe: RolloutProbe<World.State>?

  private typealias Running = RunningEpisode<World.State>

  private var running: [Running] = []
  private var finished: [EpisodeRecord?]
  /// The last state of every episode that has ended, by slot.
  private var states: [World.State?]

  /// - Parameters:
  ///   - policy: who acts; nil for the environment's expert.
  ///   - trace: is told everything that happens, in order.
  ///   - probe: looks over the policy's shoulder.
  public init(
    of block: EpisodeBlock, by contestant: ContestantDescription, policy: (any Policy)?,
    in environment: World, settings: RolloutSettings,
    trace: ((RolloutEvent<World.State>) -> Void)? = nil,
    probe: RolloutProbe<World.State>? = nil
  ) {
    self.block = block
    self.contestant = contestant
    self.policy = policy
    self.environment = environment
    self.settings = settings
    continuesAfterSuccess =
      settings.continuesAfterSuccess || environment.continuesAfterSuccess(suite: block.suite)
    self.trace = trace
    self.probe = probe
    finished = Array(repeating: nil, count: block.episodes.count)
    states = Array(repeating: nil, count: block.episodes.count)
  }

  /// Starts every episode of the block.
  public mutating func begin() {
    for (slot, episode) in block.episodes.enumerated() {
      do {
        var begun = try start(episode, slot: slot)
        begun.error = begin(episode, slot: slot)
        trace?(.started(slot: slot, episode, begun.state))
        running.append(begun)
      } catch {
        let record = EpisodeRecord(
          unstarted: episode, of: contestant, block: block.id, error: error)
        finished[slot] = record
        trace?(.finished(slot: slot, record))
      }
    }
    retire()
  }

  /// Asks for actions where there are none, and makes one control step of every episode that runs.
  public mutating func step() {
    // Taken out, so that each is changed in its place while this rollout is read.
    var running = self.running
    self.running = []
    decide(for: &running)
    for index in running.indices where running[index].error == nil { step(&running[index]) }
    self.running = running
    retire()
  }

  /// Carries the block out from its start to its end.
  public mutating func runToEnd() -> [EpisodeRecord] {
    begin()
    while !isFinished { step() }
    return records
  }

  /// Whether no episode runs any more.
  public var isFinished: Bool { running.isEmpty }

  /// The records of the episodes that have ended, in the order of the block.
  public var records: [EpisodeRecord] { finished.compactMap { $0 } }

  /// How much of the step limits of the running episodes is used up, in episodes.
  public var partial: Double { running.reduce(0) { $0 + $1.elapsed } }

  /// The state of an episode as it is, or as it ended; nil where it could not be started.
  public func state(inSlot slot: Int) -> World.State? {
    states[slot] ?? running.first { $0.slot == slot }?.state
  }

  /// The record of an episode; nil while it runs.
  public func record(inSlot slot: Int) -> EpisodeRecord? { finished[slot] }

  /// How many control steps an episode has made.
  public func steps(inSlot slot: Int) -> Int {
    finished[slot]?.steps ?? running.first { $0.slot == slot }?.steps ?? 0
  }

  /// Records the episodes that have come to their end.
  private mutating func retire() {
    for one in running where isFinished(one) {
      let record = one.record(
        of: contestant, block: block.id, finalState: environment.stateHash(of: one.state))
      finished[one.slot] = record
      states[one.slot] = one.state
      policy?.end(slot: one.slot, outcome: record.outcome)
      trace?(.finished(slot: one.slot, record))
    }
    running.removeAll(where: isFinished)
  }

  private func isFinished(_ one: Running) -> Bool {
    one.isFinished(continuingAfterSuccess: continuesAfterSuccess)
  }

  private func start(_ episode: Episode, slot: Int) throws(EpisodeError) -> Running {
    do {
      return try Running(starting: episode, slot: slot, in: environment)
    } catch {
      throw EpisodeError(cause: .environment, message: String(describing: error))
    }
  }

  /// Tells a policy what is about to come.
  ///
  /// - Returns: what keeps the policy from starting.
  private func begin(_ episode: Episode, slot: Int) -> EpisodeError? {
    guard let policy else { return nil }
    let setup: String
    do {
      setup = try environment.interface(of: episode).name
    } catch {
      return EpisodeError(cause: .environment, message: String(describing: error))
    }
    do {
      try policy.begin(slot: slot, episode: EpisodeBriefing(of: episode, setup: setup))
    } catch {
      return EpisodeError(cause: .policy, message: String(describing: error))
    }
    return nil
  }

  private func step(_ one: inout Running) {
    guard var action = one.pending.popFirst() else { return }
    if policy?.needs.earlier == true { one.stateBefore = one.state }
    if let probe { action = probe.chosen(one.slot, one.steps, one.state, action) }
    let status = one.step(applying: action, in: environment)
    trace?(.stepped(slot: one.slot, action, one.state, status))
  }

  // MARK: - Deciding

  /// Gives every episode without a pending action a new chunk, or an error.
  private func decide(for running: inout [Running]) {
    guard let policy else {
      for index in running.indices {
        take(expertAnswer(in: running[index].state), into: &running[index])
      }
      return
    }
    let idle = running.indices.filter { running[$0].pending.isEmpty }
    for start in stride(from: 0, to: idle.count, by: settings.batchLimit) {
      let batch = idle[start..<min(start + settings.batchLimit, idle.count)]
      if let probe {
        for index in batch { probe.willAsk(running[index].slot, running[index].state) }
      }
      let observations = observe(batch.map { running[$0] }, needs: policy.needs)
      var asked: [Int] = []
      var requests: [PolicyRequest] = []
      for (index, observation) in zip(batch, observations) {
        switch observation {
        case .success(let observation):
          asked.append(index)
          requests.append(
            PolicyRequest(
              slot: running[index].slot, observation: observation,
              randomness: running[index].randomness))
        case .failure(let error): running[index].error = error
        }
      }
      for (index, answer) in zip(asked, policy.answers(to: requests)) {
        take(answer, into: &running[index])
      }
    }
  }

  private func take(_ answer: Result<[Action], EpisodeError>, into one: inout Running) {
    switch answer {
    case .success(let actions): one.pending = actions[...]
    case .failure(let error): one.error = error
    }
  }

  private func expertAnswer(in state: World.State) -> Result<[Action], EpisodeError> {
    let action = environment.expertAction(in: state)
    if let fault = action.fault {
      return .failure(EpisodeError(cause: .environment, message: "expert: \(fault)"))
    }
    return .success([action])
  }

  /// What the policy sees in each episode.
  ///
  /// If drawing them together fails they are drawn one by one, so that only the state at fault is lost.
  private func observe(_ episodes: [Running], needs: ObservationNeeds)
    -> [Result<Observation, EpisodeError>]
  {
    let reason: String
    do {
      let observations = try environment.observations(
        of: episodes.map(\.state), before: episodes.map(\.stateBefore), needs: needs)
      if observations.count == episodes.count { return observations.map { .success($0) } }
      reason =
        "the environment drew \(observations.count) observations of \(episodes.count) states"
    } catch {
      reason = String(describing: error)
    }
    if episodes.count == 1 {
      return [.failure(EpisodeError(cause: .environment, message: reason))]
    }
    return episodes.flatMap { observe([$0], needs: needs) }
  }
}
