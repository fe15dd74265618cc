import Geometry
import Rendering

/// An episode at one control step: the scene, what the policy saw of it, and what it did.
public struct ViewerMoment: Sendable {
  public var frame: Frame
  /// What the policy's camera saw, once it has been drawn.
  public var observation: RenderedImage?
  /// What is done here; nil before that is known, and at the end.
  public var action: ViewerAction?

  public init(frame: Frame, observation: RenderedImage? = nil, action: ViewerAction? = nil) {
    self.frame = frame
    self.observation = observation
    self.action = action
  }
}

/// What a policy does in one control step.
public struct ViewerAction: Hashable, Sendable {
  /// Where the fingertips are and where they are sent, in the world's frame [m].
  public var start: Vector3
  public var end: Vector3
  /// The numbers of the action, in the order of `ViewerAction.names`.
  public var values: [Double]
  /// The tokens that the numbers were read from; empty for a policy without.
  public var tokens: [Int]
  /// What each token stands for on its scale, −1 to 1; as many as there are tokens.
  public var levels: [Double]
  /// Places in the observation that the policy names before it acts, as fractions of width and height: what it goes
  /// for, then the gripper.
  public var places: [Vector2]

  /// What the numbers are.
  public static let names = ["Δx", "Δy", "Δz", "roll", "pitch", "yaw", "grip"]

  /// The least and the greatest value that is told from others: metres, radians, and the gripper's fraction.
  static let ranges: [(least: Double, most: Double)] =
    Array(repeating: (-0.03, 0.03), count: 3) + Array(repeating: (-0.25, 0.25), count: 3)
    + [(0, 1)]

  /// The numbers on a scale of −1 to 1 each: the tokens' own, or within `ranges`.
  var scaled: [Double] {
    guard levels.isEmpty else { return levels }
    return zip(values, Self.ranges).map { value, range in
      min(1, max(-1, (2 * value - range.least - range.most) / (range.most - range.least)))
    }
  }

  public init(
    start: Vector3, end: Vector3, values: [Double], tokens: [Int] = [], levels: [Double] = [],
    places: [Vector2] = []
  ) {
    self.start = start
    self.end = end
    self.values = values
    self.tokens = tokens
    self.levels = levels
    self.places = places
  }
}

/// How an episode stands.
public enum ViewerOutcome: Hashable, Sendable {
  case running
  case success
  /// Over without success; the text says more, or is empty.
  case failure(String)
  /// Broken off; the text says why.
  case error(String)

  public var isOver: Bool { self != .running }
}
