import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Geometry
import Policies
import Recordings
import Rendering
import Synchronization
import Viewer

/// Where one policy carries out episodes for a window, or a run's recordings are played: on a thread of its own, a little
/// behind the window's, so that the window is never waited for and never waits.
final class EpisodeStage: Sendable {
  /// An episode that was carried out to its end.
  struct Played: Sendable {
    let record: EpisodeRecord
    let trajectory: Trajectory<TabletopState>
  }

  let title: String
  private let environment: TabletopEnvironment
  private let jobs = Jobs()
  private let result = Mutex<(track: ViewerTrack, played: Played)?>(nil)

  /// - Parameters:
  ///   - title: what the window calls who acts.
  ///   - contestant: who acts; it is used on the stage's thread alone.
  init(_ title: String, contestant: Contestant, environment: TabletopEnvironment) {
    self.title = title
    self.environment = environment
    let (jobs, player) = (jobs, Handover(Player(contestant)))
    let thread = Thread {
      // The window's thread goes first where there are too few cores; 0 is this thread on Linux.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      while let job = jobs.next() { job(player.value) }
      jobs.isOver.signal()
    }
    thread.stackSize = 16 << 20
    thread.start()
  }

  deinit { jobs.end() }

  /// Waits until the thread has ended, but not for a policy that takes long: a process that ends under a thread in the
  /// middle of its work crashes now and then.
  func close() {
    jobs.end()
    _ = jobs.isOver.wait(timeout: .now() + 3)
  }

  /// Begins to carry out an episode, or to play what a run recorded of it.
  ///
  /// - Parameters:
  ///   - record: how it ended in a run.
  ///   - recordings: those of the run; an episode that is not among them is carried out again.
  func play(_ episode: Episode, record: EpisodeRecord?, recordings: RecordingFolder?)
    -> ViewerTrack
  {
    let track = ViewerTrack(policy: title)
    jobs.add { [weak self] player in
      guard let self, track.isWanted else { return }
      do {
        let played: Played?
        if let record, let recordings, recordings.holds(record) {
          played = try self.replay(record, from: recordings, on: track)
        } else {
          played = try self.carryOut(episode, by: player, on: track)
        }
        guard let played else { return }
        self.result.withLock { $0 = (track, played) }
        track.finish(ViewerOutcome(played.record))
      } catch {
        track.finish(.error(sentence(on: error)))
      }
    }
    return track
  }

  /// What a track that is over was made of.
  func result(of track: ViewerTrack) -> Played? {
    result.withLock { $0?.track === track ? $0?.played : nil }
  }

  // MARK: - On the stage's thread

  /// Nil where nobody looked any more.
  private func carryOut(_ episode: Episode, by player: Player, on track: ViewerTrack) throws
    -> Played?
  {
    let policy = try player.policy()
    policy?.track = track
    var trajectory: Trajectory<TabletopState>?
    var fault: (any Error)?
    var rollout = Rollout(
      of: EpisodeBlock(id: "\(episode.suite)/view", suite: episode.suite, episodes: [episode]),
      by: player.contestant.description, policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: 1, continuesAfterSuccess: false)
    ) { [environment] event in
      do {
        switch event {
        case .started(_, let episode, let state):
          trajectory = Trajectory(
            of: episode, startingIn: state, status: environment.status(of: state))
          track.append(ViewerMoment(frame: state.frame))
        case .stepped(_, let action, let next, let status):
          guard let state = trajectory?.states.last else { return }
          try self.look(at: state, on: track)
          track.act(ViewerAction(action, in: state, said: policy?.said, pointed: policy?.pointed))
          trajectory?.append(action, leadingTo: next, status: status)
          track.append(ViewerMoment(frame: next.frame))
        case .finished:
          if let state = trajectory?.states.last { try self.look(at: state, on: track) }
        }
      } catch {
        fault = error
      }
    }
    rollout.begin()
    while !rollout.isFinished, track.isWanted, fault == nil { rollout.step() }
    if let fault { throw fault }
    guard rollout.isFinished, let record = rollout.records.first else { return nil }
    guard let trajectory else {
      throw record.error ?? EpisodeError(cause: .environment, message: "it could not be started")
    }
    return Played(record: record, trajectory: trajectory)
  }

  /// Draws what the camera sees, where the policy has not looked.
  private func look(at state: TabletopState, on track: ViewerTrack) throws {
    guard track.moment(track.count - 1)?.observation == nil else { return }
    let seen = try environment.observations(of: [state], needs: [.image])[0]
    if let image = seen.primaryImage { track.see(RenderedImage(image)) }
  }

  private func replay(
    _ record: EpisodeRecord, from recordings: RecordingFolder, on track: ViewerTrack
  ) throws -> Played? {
    let trajectory =
      try recordings
      .episode(record.episode, policy: record.policy, block: record.block)
      .trajectory(in: environment)
    for (step, state) in trajectory.states.enumerated() {
      guard track.isWanted else { return nil }
      track.append(ViewerMoment(frame: state.frame))
      try look(at: state, on: track)
      if trajectory.actions.indices.contains(step) {
        track.act(ViewerAction(trajectory.actions[step], in: state, said: nil, pointed: nil))
      }
    }
    return Played(record: record, trajectory: trajectory)
  }

  /// Who acts, made when it is first needed; belongs to the stage's thread.
  final class Player {
    let contestant: Contestant
    private var made: WatchedPolicy?

    init(_ contestant: Contestant) { self.contestant = contestant }

    func policy() throws -> WatchedPolicy? {
      guard made == nil, case .policy(let make) = contestant.player else { return made }
      let policy = WatchedPolicy(try make())
      made = policy
      return policy
    }
  }

  /// Something that is handed to one thread, which alone uses it from then on.
  private struct Handover<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  /// What the thread is to do, in order.
  private final class Jobs: Sendable {
    typealias Job = @Sendable (Player) -> Void

    private let waiting = Mutex<(jobs: [Job], isOver: Bool)>(([], false))
    private let signal = DispatchSemaphore(value: 0)
    let isOver = DispatchSemaphore(value: 0)

    func add(_ job: @escaping Job) {
      waiting.withLock { $0.jobs.append(job) }
      signal.signal()
    }

    func end() {
      waiting.withLock { $0 = ([], true) }
      signal.signal()
    }

    /// Waits for the next; nil at the end.
    func next() -> Job? {
      while true {
        signal.wait()
        let (job, isOver) = waiting.withLock {
          ($0.jobs.isEmpty ? nil : $0.jobs.removeFirst(), $0.isOver)
        }
        if isOver { return nil }
        if let job { return job }
      }
    }
  }
}

extension ViewerOutcome {
  init(_ record: EpisodeRecord) {
    self =
      switch record.outcome {
      case .success: .success
      case .failure: .failure(record.failure?.reason.words ?? "")
      case .error: .error(record.error?.message ?? "")
      }
  }
}

extension ViewerAction {
  /// - Parameter said: what the policy said before it acted.
  init(_ action: Action, in state: TabletopState, said: ActionPrediction?, pointed: [Vector2]?) {
    let model = state.scene.tabletop
    let start = state.world.worldFromGripper(in: model).translation
    self.init(
      start: start, end: start + model.worldFromBase.rotation * action.translation,
      values: action.values, tokens: said?.tokens ?? [], levels: said?.levels ?? [],
      places: pointed ?? [])
  }
}
