import EnvironmentInterface

/// An episode as it went, in numbers: what was done, where everything was, how far the task was.
///
/// There is one state more than there are actions: the first is that of the start. An episode that could not be started
/// has none. Pictures are not kept, since an environment draws any state again (`trajectory(in:)`).
public struct RecordedEpisode: Hashable, Sendable {
  public let episode: Episode
  /// Nil while it runs.
  public var outcome: Outcome?
  /// What each number of a state is, such as `gripper_x`.
  public let stateNames: [String]
  /// `[states][stateNames]`, metres and radians, in the world's frame unless a name says otherwise.
  public var states: [[Double]] {
    progress.indices.map {
      Array(stateNumbers[$0 * stateNames.count..<($0 + 1) * stateNames.count])
    }
  }

  /// The states one behind the other.
  private(set) var stateNumbers: [Double]
  /// The best partial credit so far, in each state.
  public private(set) var progress: [Double]
  public private(set) var actions: [Action]

  /// - Precondition: as many states as progress, one more than actions (or none at all), each of as many numbers as
  ///   there are names.
  public init(
    episode: Episode, outcome: Outcome?, stateNames: [String] = [], states: [[Double]] = [],
    progress: [Double] = [], actions: [Action] = []
  ) {
    precondition(
      states.count == progress.count && actions.count == max(0, states.count - 1)
        && states.allSatisfy { $0.count == stateNames.count },
      "\(states.count) states, \(progress.count) of progress, \(actions.count) actions")
    self.episode = episode
    self.outcome = outcome
    self.stateNames = stateNames
    stateNumbers = Array(states.joined())
    self.progress = progress
    self.actions = actions
  }

  /// An episode that has not moved yet.
  public init<World: Environment>(
    _ episode: Episode, startingIn state: World.State, of environment: World
  ) {
    self.init(
      episode: episode, outcome: nil, stateNames: environment.stateNames(of: state),
      states: [environment.stateValues(of: state)],
      progress: [environment.status(of: state).progress])
  }

  /// Takes in one control step: what was done, the numbers of the state that it led to, and how far the task is then.
  ///
  /// - Precondition: the state has as many numbers as those before.
  public mutating func append(_ action: Action, leadingTo state: [Double], progress: Double) {
    precondition(state.count == stateNames.count, "a state of \(state.count) numbers")
    actions.append(action)
    stateNumbers += state
    self.progress.append(progress)
  }
}

extension RecordedEpisode {
  /// The episode once more, state by state, so that it can be looked at and drawn.
  ///
  /// A step is a pure function, so the recorded actions lead to the recorded states; each is compared to the last bit.
  ///
  /// - Throws: `RecordingError.otherWorld` where a state is another one: scenes or program have changed since; whatever
  ///   the environment throws for an episode that it cannot start.
  public func trajectory<World: Environment>(in environment: World) throws
    -> Trajectory<World.State>
  {
    guard !progress.isEmpty else { throw RecordingError.nothingRecorded(episode) }
    let trajectory = try environment.trajectory(of: episode, replaying: actions)
    for (step, (state, recorded)) in zip(trajectory.states, states).enumerated() {
      let values = environment.stateValues(of: state)
      guard values.count == recorded.count,
        zip(values, recorded).allSatisfy({ $0.bitPattern == $1.bitPattern })
      else { throw RecordingError.otherWorld(episode, step: step) }
    }
    return trajectory
  }
}
