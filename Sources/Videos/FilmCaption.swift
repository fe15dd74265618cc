import EnvironmentInterface

/// What is written under a frame of a film.
public struct FilmCaption: Hashable, Sendable {
  /// How an episode ended.
  public struct Ending: Hashable, Sendable {
    public var outcome: Outcome
    /// Why, in a few words or none.
    public var reason: String

    public init(_ outcome: Outcome, reason: String = "") {
      self.outcome = outcome
      self.reason = reason
    }
  }

  /// What the robot was told to do.
  public var instruction: String
  /// The policy and the episode's name, say.
  public var title: String
  /// Control steps done, and at most.
  public var step: Int
  public var stepLimit: Int
  /// What is done next; nil at the end.
  public var action: Action?
  /// Nil before the end.
  public var ending: Ending?

  public init(
    instruction: String, title: String, step: Int, stepLimit: Int, action: Action? = nil,
    ending: Ending? = nil
  ) {
    self.instruction = instruction
    self.title = title
    self.step = step
    self.stepLimit = stepLimit
    self.action = action
    self.ending = ending
  }
}
