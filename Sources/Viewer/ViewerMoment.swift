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
  /// Places in the observation that the policy names before it acts, as fractions of width and height: what it goes
  /// for, then the gripper.
  public var places: [Vector2]

  /// What the numbers are.
  public static let names = ["Δx", "Δy", "Δz", "roll", "pitch", "yaw", "grip"]

  public init(
    start: Vector3, end: Vector3, values: [Double], tokens: [Int] = [], places: [Vector2] = []
  ) {
    self.start = start
    self.end = end
    self.values = values
    self.tokens = tokens
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
