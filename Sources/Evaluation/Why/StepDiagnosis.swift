import EnvironmentInterface

/// One control step of a diagnosed episode: what a policy did and what the expert would have done.
public struct StepDiagnosis: Hashable, Sendable, Codable {
  /// The episode as a person types it.
  public var episode: String
  public var step: Int
  /// What the expert was about.
  public var phase: String
  /// Seven numbers each: the policy's, the expert's, and what was executed.
  public var predicted: [Double]
  public var expert: [Double]
  public var executed: [Double]
  /// Sideways, and how far above the point that the expert headed for [m].
  public var distance: Double
  public var height: Double
  /// What was left to turn [rad].
  public var turn: Double
  /// Between the fingers [m].
  public var opening: Double
  public var holding: Bool
  /// Fingers shut on nothing.
  public var shutOnNothing: Bool
  /// Where the policy pointed and where the expert would have: subgoal, then gripper, `[x, y]` as fractions of the image;
  /// empty for a policy that does not point, and where an action follows from an answer before.
  public var pointed: [[Double]]
  public var expertPlaces: [[Double]]

  private enum CodingKeys: String, CodingKey {
    case episode, step, phase, predicted, expert, executed, distance, height, turn, opening, holding
    case shutOnNothing = "shut_on_nothing"
    case pointed
    case expertPlaces = "expert_places"
  }

  public init(
    episode: String, step: Int, phase: String, predicted: Action, expert: Action, executed: Action,
    distance: Double, height: Double, turn: Double, opening: Double, holding: Bool,
    shutOnNothing: Bool, pointed: [[Double]], expertPlaces: [[Double]]
  ) {
    self.episode = episode
    self.step = step
    self.phase = phase
    self.predicted = predicted.values
    self.expert = expert.values
    self.executed = executed.values
    self.distance = distance
    self.height = height
    self.turn = turn
    self.opening = opening
    self.holding = holding
    self.shutOnNothing = shutOnNothing
    self.pointed = pointed
    self.expertPlaces = expertPlaces
  }

  // MARK: - Errors against the expert

  /// Sideways [m].
  var sidewaysError: Double {
    let (x, y) = (predicted[0] - expert[0], predicted[1] - expert[1])
    return (x * x + y * y).squareRoot()
  }

  var heightError: Double { abs(predicted[2] - expert[2]) }

  /// About the vertical [rad].
  var turnError: Double { abs(predicted[5] - expert[5]) }

  /// Whether one opens the fingers and the other closes them.
  var fingersDiffer: Bool { (predicted[6] < 0.5) != (expert[6] < 0.5) }

  /// How far a place that was pointed at is from the expert's, as a fraction of the image; nil without one.
  func pointingError(_ place: Int) -> Double? {
    guard pointed.indices.contains(place), expertPlaces.indices.contains(place) else { return nil }
    let (own, other) = (pointed[place], expertPlaces[place])
    let (x, y) = (own[0] - other[0], own[1] - other[1])
    return (x * x + y * y).squareRoot()
  }
}
