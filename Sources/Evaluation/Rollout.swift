import EnvironmentInterface

/// How rollouts are carried out.
public struct RolloutSettings: Hashable, Sendable {
  /// At most this many requests in one call of a policy, 1 to the block size.
  ///
  /// Changes speed and memory, never a result.
  public var batchLimit: Int
  /// Whether an episode goes on to its step limit after its goal has held, so that success at the
  /// end can differ from success once.
  public var continuesAfterSuccess: Bool

  public init(batchLimit: Int, continuesAfterSuccess: Bool) {
    self.batchLimit = min(max(1, batchLimit), EpisodeBlock.size)
    self.continuesAfterSuccess = continuesAfterSuccess
  }
}

/// What happens in a rollout, for whoever films or shows it.
public enum RolloutEvent<State: Sendable> {
  case started(slot: Int, Episode, State)
  /// An action was executed and led to this state.
  case stepped(slot: Int, Action, State)
  case finished(slot: Int, EpisodeRecord)
}

/// Runs the episodes of a block side by side, one control step of all at a time.
///
/// Trouble stays in its episode: whatever a policy answers or throws, and whatever the environment
/// cannot do for one state, ends that episode as an error and the others go on.
public struct Rollout<World: Environment> {
  private let environment: World
  private let settings: RolloutSettings
  private let trace: ((RolloutEvent<World.State>) -> Void)?

  private typealias Running = RunningEpisode<World.State>

  /// - Parameter trace: is told everything that happens, in order.
  public init(
    in environment: World, settings: RolloutSettings,
    trace: ((RolloutEvent<World.State>) -> Void)? = nil
  ) {
    self.environment = environment
    self.settings = settings
    self.trace = trace
  }

  /// Runs a block to its end.
  ///
  /// - Parameters:
  ///   - policy: who acts; nil for the environment's expert.
  ///   - advance: called after every control step with the finished records and with how much of the
  ///     step limits of those still running is used up, in episodes.
  /// - Returns: one record per episode, in the order of the block.
  /// - Throws: `EvaluationError.environmentFailed` where the environment failed in every episode:
  ///   such a block says nothing and is better run again.
  public func records(
    of block: EpisodeBlock, contestant: ContestantDescription, policy: (any Policy)?,
    advance: (_ finished: [EpisodeRecord], _ partial: Double) -> Void = { _, _ in }
  ) throws(EvaluationError) -> [EpisodeRecord] {
    var records = [EpisodeRecord?](repeating: nil, count: block.episodes.count)
    var running: [Running] = []

    for (slot, episode) in block.episodes.enumerated() {
      do {
        var begun = try start(episode, slot: slot)
        begun.error = begin(episode, slot: slot, policy: policy)
        trace?(.started(slot: slot, episode, begun.state))
        running.append(begun)
      } catch {
        let record = EpisodeRecord(
          unstarted: episode, of: contestant, block: block.id, error: error)
        records[slot] = record
        trace?(.finished(slot: slot, record))
      }
    }

    while true {
      for one in running where isFinished(one) {
        let record = one.record(
          of: contestant, block: block.id, finalState: environment.stateHash(of: one.state))
        records[one.slot] = record
        policy?.end(slot: one.slot, outcome: record.outcome)
        trace?(.finished(slot: one.slot, record))
      }
      running.removeAll(where: isFinished)
      advance(records.compactMap { $0 }, running.reduce(0) { $0 + $1.elapsed })
      if running.isEmpty { break }

      decide(for: &running, policy: policy)
      for index in running.indices where running[index].error == nil { step(&running[index]) }
    }

    let finished = records.compactMap { $0 }
    if let reason = finished.first?.error?.message, !finished.isEmpty,
      finished.allSatisfy({ $0.error?.cause == .environment })
    {
      throw .environmentFailed(block: block.id, policy: contestant.name, reason: reason)
    }
    return finished
  }

  private func isFinished(_ one: Running) -> Bool {
    one.isFinished(continuingAfterSuccess: settings.continuesAfterSuccess)
  }

  private func start(_ episode: Episode, slot: Int) throws(EpisodeError) -> Running {
    do {
      let state = try environment.start(episode)
      return Running(
        slot: slot, episode: episode,
        content: environment.contentHash(of: episode, startingIn: state), state: state)
    } catch {
      throw EpisodeError(cause: .environment, message: String(describing: error))
    }
  }

  /// Tells a policy what is about to come.
  ///
  /// - Returns: what keeps the policy from starting.
  private func begin(_ episode: Episode, slot: Int, policy: (any Policy)?) -> EpisodeError? {
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
    guard let action = one.pending.popFirst() else { return }
    environment.step(&one.state, applying: action)
    one.steps += 1
    one.observe(environment.status(of: one.state))
    trace?(.stepped(slot: one.slot, action, one.state))
  }

  // MARK: - Deciding

  /// Gives every episode without a pending action a new chunk, or an error.
  private func decide(for running: inout [Running], policy: (any Policy)?) {
    guard let policy else {
      for index in running.indices {
        take(expertAnswer(in: running[index].state), into: &running[index])
      }
      return
    }
    let idle = running.indices.filter { running[$0].pending.isEmpty }
    for start in stride(from: 0, to: idle.count, by: settings.batchLimit) {
      let batch = idle[start..<min(start + settings.batchLimit, idle.count)]
      let observations = observe(batch.map { running[$0].state }, needs: policy.needs)
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

  /// What the policy sees in each state.
  ///
  /// If drawing them together fails they are drawn one by one, so that only the state at fault is lost.
  private func observe(_ states: [World.State], needs: ObservationNeeds)
    -> [Result<Observation, EpisodeError>]
  {
    let reason: String
    do {
      let observations = try environment.observations(of: states, needs: needs)
      if observations.count == states.count { return observations.map { .success($0) } }
      reason = "the environment drew \(observations.count) observations of \(states.count) states"
    } catch {
      reason = String(describing: error)
    }
    if states.count == 1 { return [.failure(EpisodeError(cause: .environment, message: reason))] }
    return states.flatMap { observe([$0], needs: needs) }
  }
}
