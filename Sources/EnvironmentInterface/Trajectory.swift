/// An episode as it went: every state, what was done in it, and where the task stood.
///
/// There is one state and one status more than there are actions: the first are those of the start. Images are not
/// kept, since an environment draws any state again.
public struct Trajectory<State: Sendable>: Sendable {
  public let episode: Episode
  public private(set) var states: [State]
  public private(set) var statuses: [EpisodeStatus]
  public private(set) var actions: [Action] = []

  /// The trajectory of an episode that has not moved yet.
  public init(of episode: Episode, startingIn state: State, status: EpisodeStatus) {
    self.episode = episode
    states = [state]
    statuses = [status]
  }

  /// Takes in one control step: what was done, and what came of it.
  public mutating func append(_ action: Action, leadingTo state: State, status: EpisodeStatus) {
    actions.append(action)
    states.append(state)
    statuses.append(status)
  }

  /// How many control steps had been made when the goal first held; nil where it never did.
  public var firstSuccessStep: Int? { statuses.firstIndex(where: \.isSuccess) }
}

extension Environment {
  /// An episode as a chooser of actions carries it out, to its success or its step limit.
  ///
  /// - Parameters:
  ///   - continuesAfterSuccess: whether it goes on to the step limit after the goal has held.
  ///   - choose: what to do in a state; nil ends the episode there.
  /// - Throws: where the episode cannot be started, or whatever `choose` throws.
  public func trajectory(
    of episode: Episode, continuesAfterSuccess: Bool = false,
    choosing choose: (State) throws -> Action?
  ) throws -> Trajectory<State> {
    var state = try start(episode)
    var trajectory = Trajectory(of: episode, startingIn: state, status: status(of: state))
    var isSuccess = trajectory.statuses[0].isSuccess
    while trajectory.actions.count < episode.stepLimit, continuesAfterSuccess || !isSuccess {
      guard let action = try choose(state) else { break }
      step(&state, applying: action)
      let status = status(of: state)
      isSuccess = isSuccess || status.isSuccess
      trajectory.append(action, leadingTo: state, status: status)
    }
    return trajectory
  }

  /// An episode as the scripted expert carries it out.
  public func expertTrajectory(
    of episode: Episode, continuesAfterSuccess: Bool = false
  ) throws -> Trajectory<State> {
    try trajectory(of: episode, continuesAfterSuccess: continuesAfterSuccess) {
      expertAction(in: $0)
    }
  }

  /// An episode under actions that were recorded, all of which are applied.
  public func trajectory(
    of episode: Episode, replaying actions: [Action]
  ) throws -> Trajectory<State> {
    var rest = actions[...]
    return try trajectory(of: episode, continuesAfterSuccess: true) { _ in rest.popFirst() }
  }
}
