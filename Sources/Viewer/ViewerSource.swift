import Geometry
import Rendering

/// What a viewer shows: a list of episodes, and the one that plays. The viewer knows nothing of tasks or policies.
///
/// Used on the thread that runs the viewer only; nothing here may wait for a policy.
public protocol ViewerSource: AnyObject {
  /// How many episodes there are to choose from.
  var episodeCount: Int { get }
  /// An episode as the list names it.
  func episode(_ number: Int) -> ViewerEpisode

  /// The number of the episode that plays.
  var selection: Int { get }
  /// Begins to play another episode.
  func select(_ number: Int)

  /// What the robot is told in the episode that plays, what the episode is called, and its step limit.
  var caption: ViewerCaption { get }
  /// The episode that plays, once for each policy: one or two.
  var tracks: [ViewerTrack] { get }
  /// The corners of the regions where objects begin, in the world's frame [m].
  var startRegions: [[Vector3]] { get }

  /// Begins to write videos of the episode that plays.
  func makeVideo()
  /// What is worth telling beside the button, such as where a video lies; empty for nothing.
  var message: String { get }
}

/// An episode in the list.
public struct ViewerEpisode: Hashable, Sendable {
  public var title: String
  /// How it ended for each policy; running where that is not known.
  public var outcomes: [ViewerOutcome]

  public init(title: String, outcomes: [ViewerOutcome]) {
    self.title = title
    self.outcomes = outcomes
  }

  /// Whether two policies ended it differently.
  var isFlip: Bool {
    outcomes.count == 2 && outcomes.allSatisfy(\.isOver)
      && (outcomes[0] == .success) != (outcomes[1] == .success)
  }
}

/// The words beside the scene.
public struct ViewerCaption: Hashable, Sendable {
  /// What the robot was told to do.
  public var instruction: String
  /// The episode's name, say.
  public var title: String
  /// Control steps at most.
  public var stepLimit: Int

  public init(instruction: String, title: String, stepLimit: Int) {
    self.instruction = instruction
    self.title = title
    self.stepLimit = stepLimit
  }
}
