import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Geometry
import RandomNumbers

/// Looks over a policy's shoulder, and puts the expert's word in the place of one of its components.
final class DiagnosisProbe {
  /// A component that is the expert's.
  enum Oracle: String, ExpressibleByArgument, CaseIterable {
    case yaw, z, gripper, goal

    var words: String {
      switch self {
      case .yaw: "the turn about the vertical"
      case .z: "the step up or down"
      case .gripper: "whether the fingers open or close"
      case .goal: "the places that a policy points at before it acts"
      }
    }
  }

  /// Standard deviations of noise on each action.
  struct Noise: ExpressibleByArgument {
    /// On each axis [m] and about each axis [rad].
    var shift: Double
    var turn: Double

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
        Double($0)
      }
      guard (1...2).contains(parts.count), let shift = parts[0], let turn = parts.last ?? nil,
        [shift, turn].allSatisfy({ (0...1000).contains($0) })
      else { return nil }
      self.shift = shift / 1000
      self.turn = parts.count == 2 ? turn * .pi / 180 : 0
    }
  }

  private let policy: any Policy
  private let environment: TabletopEnvironment
  private let oracles: Set<Oracle>
  private let noise: Noise?
  private let mishaps: ForcedMishaps?
  private var episodes: [Episode] = []
  /// Slots whose next step is of a new answer: a chunk's other steps follow from where it pointed before.
  private var asked: Set<Int> = []
  /// What was seen, in the order of the steps.
  private(set) var steps: [StepDiagnosis] = []

  /// - Throws: `ValidationError` where the policy does not point and its goal shall be the expert's.
  init(
    of policy: any Policy, in environment: TabletopEnvironment, oracles: Set<Oracle>, noise: Noise?,
    forcesMishaps: Bool = false
  ) throws {
    guard !oracles.contains(.goal) || (policy as? any PointingPolicy)?.points == true else {
      throw ValidationError(
        "--oracle goal: \(policy.name) points at nothing before it acts; leave it out.")
    }
    self.policy = policy
    self.environment = environment
    self.oracles = oracles
    self.noise = noise
    mishaps = forcesMishaps ? ForcedMishaps() : nil
  }

  /// The episodes of a block come next.
  func begin(_ block: EpisodeBlock) { episodes = block.episodes }

  var rolloutProbe: RolloutProbe<TabletopState> {
    RolloutProbe(
      willAsk: { [self] slot, state in
        asked.insert(slot)
        guard oracles.contains(.goal), let pointing = policy as? any PointingPolicy else { return }
        pointing.point(at: environment.expertView(of: state).places, slot: slot)
      },
      chosen: { [self] slot, step, state, action in chosen(slot, step, state, action) })
  }

  private func chosen(_ slot: Int, _ step: Int, _ state: TabletopState, _ action: Action) -> Action
  {
    let view = environment.expertView(of: state)
    let episode = episodes[slot]
    var executed = action
    if oracles.contains(.yaw) { executed.rotation.z = view.action.rotation.z }
    if oracles.contains(.z) { executed.translation.z = view.action.translation.z }
    if oracles.contains(.gripper) { executed.gripper = view.action.gripper }
    if let noise { noise.disturb(&executed, episode, step) }
    mishaps?.disturb(&executed, episode, view)
    let isNew = asked.remove(slot) != nil
    let pointed = isNew ? (policy as? any PointingPolicy)?.pointed(slot: slot) ?? [] : []
    steps.append(
      StepDiagnosis(
        episode: EpisodeName(of: episode).description, step: step, phase: view.phase.rawValue,
        predicted: action, expert: view.action, executed: executed, distance: view.hand.distance,
        height: view.hand.height, turn: view.hand.turn, opening: view.opening,
        holding: view.hand.fingers == .holding, shutOnNothing: view.hand.fingers == .shut,
        pointed: pointed.map { [$0.x, $0.y] },
        expertPlaces: view.places.map { [$0.x, $0.y] }))
    return executed
  }
}

extension DiagnosisProbe.Noise {
  /// The same noise at the same step of the same episode, whatever the policy.
  fileprivate func disturb(_ action: inout Action, _ episode: Episode, _ step: Int) {
    var source = RandomStream(seed: episode.seed)
      .named("diagnosis-noise", episode.suite, episode.task).numbered(episode.index).numbered(step)
    func vector(_ deviation: Double) -> Vector3 {
      Vector3(source.normal() * deviation, source.normal() * deviation, source.normal() * deviation)
    }
    action.translation = action.translation + vector(shift)
    action.rotation = action.rotation + vector(turn)
  }
}
