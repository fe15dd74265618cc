import EnvironmentInterface
import Environments
import Evaluation
import Rendering
import Viewer

/// Which episodes a window shows, one after another.
struct EpisodeSequence {
  private let make: (_ number: Int) throws -> Episode

  /// The episodes of a suite: task by task, then the next index.
  init(
    suite: String, tasks: [String], seed: UInt64, strength: Double,
    in environment: TabletopEnvironment
  ) {
    make = { number in
      let (index, task) = number.quotientAndRemainder(dividingBy: tasks.count)
      return try environment.episode(
        suite: suite, task: tasks[task], index: index, seed: seed, strength: strength)
    }
  }

  /// These episodes, and then from the first again.
  ///
  /// - Precondition: there is one.
  init(_ names: [EpisodeName], in environment: TabletopEnvironment) {
    make = { try names[$0 % names.count].episode(in: environment) }
  }

  func episode(_ number: Int) throws -> Episode { try make(number) }
}

/// The rollout of a run, stepped by a window: watching changes no result.
final class RolloutSource: ViewerSource {
  private let environment: TabletopEnvironment
  private let contestant: Contestant
  private let policy: (any Policy)?
  private let episodes: EpisodeSequence
  private var number = 0
  private var episode: Episode
  private var rollout: Rollout<TabletopEnvironment>
  private var state: TabletopState
  private(set) var observation: RenderedImage?

  init(
    environment: TabletopEnvironment, contestant: Contestant, episodes: EpisodeSequence
  ) throws {
    self.environment = environment
    self.contestant = contestant
    self.episodes = episodes
    if case .policy(let make) = contestant.player { policy = try make() } else { policy = nil }
    (episode, rollout, state) = try Self.begun(
      episodes.episode(0), contestant, policy, in: environment)
    try look()
  }

  private static func begun(
    _ episode: Episode, _ contestant: Contestant, _ policy: (any Policy)?,
    in environment: TabletopEnvironment
  ) throws -> (Episode, Rollout<TabletopEnvironment>, TabletopState) {
    var rollout = Rollout(
      of: EpisodeBlock(id: "\(episode.suite)/view", suite: episode.suite, episodes: [episode]),
      by: contestant.description, policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: 1, continuesAfterSuccess: false))
    rollout.begin()
    // An episode that cannot be started has nothing to be looked at.
    guard let state = rollout.state(inSlot: 0) else {
      throw rollout.record(inSlot: 0)?.error
        ?? EpisodeError(cause: .environment, message: "the episode could not be started")
    }
    return (episode, rollout, state)
  }

  private func begin() throws {
    (episode, rollout, state) = try Self.begun(
      episodes.episode(number), contestant, policy, in: environment)
    try look()
  }

  /// Draws what the policy's camera sees.
  private func look() throws {
    let seen = try environment.observations(of: [state], needs: [.image])[0]
    observation = seen.primaryImage.map {
      RenderedImage(height: $0.height, width: $0.width, pixels: $0.pixels)
    }
  }

  // MARK: - ViewerSource

  var frame: Frame { state.frame }

  var caption: ViewerCaption {
    ViewerCaption(
      instruction: episode.instruction, title: EpisodeName(of: episode).description,
      policy: contestant.name, step: rollout.steps(inSlot: 0), stepLimit: episode.stepLimit,
      outcome: outcome)
  }

  private var outcome: ViewerOutcome {
    guard let record = rollout.record(inSlot: 0) else { return .running }
    switch record.outcome {
    case .success: return .success
    case .failure: return .failure("step limit")
    case .error: return .error(record.error?.message ?? "")
    }
  }

  func advance() throws {
    guard !rollout.isFinished else { return }
    rollout.step()
    state = rollout.state(inSlot: 0) ?? state
    try look()
  }

  func restart() throws { try begin() }

  func next() throws {
    number += 1
    try begin()
  }
}
