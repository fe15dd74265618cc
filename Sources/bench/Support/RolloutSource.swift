import EnvironmentInterface
import Environments
import Evaluation
import RandomNumbers
import Rendering
import Viewer

/// The episodes of a suite one after another: task by task, then the next index.
struct EpisodeSequence {
  var suite: String
  var tasks: [String]
  var seed: UInt64
  var strength: Double

  func episode(_ number: Int, in environment: TabletopEnvironment) throws -> Episode {
    let (index, task) = number.quotientAndRemainder(dividingBy: tasks.count)
    return try environment.episode(
      suite: suite, task: tasks[task], index: index, seed: seed, strength: strength)
  }
}

/// A rollout that the window steps: the same episodes and the same chance as in a run.
final class RolloutSource: ViewerSource {
  private let environment: TabletopEnvironment
  private let contestant: Contestant
  private let policy: (any Policy)?
  private let episodes: EpisodeSequence
  private var number = 0
  private var episode: Episode
  private var state: TabletopState
  private var step = 0
  private var pending: [Action] = []
  private var outcome = ViewerOutcome.running
  private(set) var observation: RenderedImage?

  init(
    environment: TabletopEnvironment, contestant: Contestant, episodes: EpisodeSequence
  ) throws {
    self.environment = environment
    self.contestant = contestant
    self.episodes = episodes
    if case .policy(let make) = contestant.player { policy = try make() } else { policy = nil }
    episode = try episodes.episode(0, in: environment)
    state = try environment.start(episode)
    try begin()
  }

  private func begin() throws {
    episode = try episodes.episode(number, in: environment)
    state = try environment.start(episode)
    step = 0
    pending = []
    outcome = .running
    try policy?.begin(
      slot: 0,
      episode: EpisodeBriefing(of: episode, setup: environment.interface(of: episode).name))
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
      instruction: episode.instruction, title: "\(episode.suite) / \(episode.task)",
      policy: contestant.name, step: step, stepLimit: episode.stepLimit, outcome: outcome)
  }

  func advance() throws {
    guard outcome == .running else { return }
    do {
      environment.step(&state, applying: try nextAction())
    } catch let error as PolicyError {
      outcome = .error("\(error)")
      policy?.end(slot: 0, outcome: .error)
      return
    }
    step += 1
    if environment.status(of: state).isSuccess {
      outcome = .success
      policy?.end(slot: 0, outcome: .success)
    } else if step >= episode.stepLimit {
      outcome = .failure("step limit")
      policy?.end(slot: 0, outcome: .failure)
    }
    try look()
  }

  func restart() throws { try begin() }

  func next() throws {
    number += 1
    try begin()
  }

  private func nextAction() throws -> Action {
    guard let policy else { return environment.expertAction(in: state) }
    if pending.isEmpty {
      var observation = try environment.observations(of: [state], needs: policy.needs)[0]
      observation.step = step
      let randomness = RandomStream(seed: episode.seed)
        .named("policy", episode.suite, episode.task).numbered(episode.index).numbered(step)
      let request = PolicyRequest(slot: 0, observation: observation, randomness: randomness)
      guard let answer = try policy.chunks(for: [request]).first else {
        throw PolicyError.emptyChunk
      }
      pending = try answer.get().actions
    }
    return pending.removeFirst()
  }
}
