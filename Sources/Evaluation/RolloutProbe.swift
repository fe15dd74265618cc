import EnvironmentInterface

/// Looks into a rollout and may interfere with it, for whoever wants to know what a policy lacks.
///
/// What a probe changes is no result of the policy's: such episodes belong in no table beside others.
public struct RolloutProbe<State: Sendable> {
  /// Told the state in which a policy is about to be asked.
  public var willAsk: (_ slot: Int, State) -> Void
  /// Told the state and the action that the policy chose in it; answers the action that is executed.
  public var chosen: (_ slot: Int, _ step: Int, State, Action) -> Action

  public init(
    willAsk: @escaping (_ slot: Int, State) -> Void,
    chosen: @escaping (_ slot: Int, _ step: Int, State, Action) -> Action
  ) {
    self.willAsk = willAsk
    self.chosen = chosen
  }
}
