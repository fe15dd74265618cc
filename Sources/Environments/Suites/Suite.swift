import EnvironmentInterface
import Geometry
import StrictYAML

/// A suite of tasks, as a file of `Benchmarks/` describes it.
public struct Suite: Sendable {
  public var name: String
  public var title: String
  /// What the suite asks, what training holds of it and what it leaves out.
  public var about: String
  public var tasks: [TaskDefinition]
  public var factors: [String: Factor]
  public var episodesPerTask: Int
  /// Whether episodes go on to their step limits after their goals have held.
  public var continuesAfterSuccess = false
  /// Whether `--suite all` runs it.
  public var isInAll = true

  /// Whether its episodes have clean twins: it has factors.
  public var hasCleanTwins: Bool { tasks.contains { !$0.factors.isEmpty } }

  /// The name of the scenes that a task shares with another; nil where its scenes are its own.
  func sharedDraw(of task: TaskDefinition) -> String? {
    tasks.contains { $0.draw == task.draw && $0.name != task.name } ? task.draw : nil
  }
}

/// A task of a suite: what to do with which objects, and what is perturbed.
public struct TaskDefinition: Sendable {
  public var name: String
  /// The name of the set-up that it plays in.
  public var setup: String
  public var family: TaskFamily
  /// The object to move is drawn from these.
  public var objects: [String]
  /// The object to bring it to is drawn from these.
  public var targets: [String]
  /// Objects that are in the scene whatever is drawn, by name.
  public var companions: [String]
  /// How many more objects there are, and which ones they are drawn from.
  public var othersCount: ClosedRange<Int>
  public var others: [String]
  /// Names of the suite's factors that act.
  public var factors: [String]
  /// Objects that stand at a place of the file's choosing, turned so [m, rad]; the rest is drawn.
  public var places: [String: (position: Vector2, yaw: Double)]
  /// The name under which the scene is drawn: tasks that share it have the same first states.
  public var draw: String
  public var stepLimit: Int
  /// For how many control steps on end the goal must hold.
  public var hold: Int
  /// Which generalization the paper files it under; nil for a task that is not the paper's.
  public var category: Category?
  /// The paper's words for it, by the object's name, or for any under an empty one; else the training distribution's.
  public var instructions: [String: String] = [:]
  /// How many episodes it has where that is not the suite's number.
  public var ownEpisodes: Int?
  /// How the scene is set.
  var staging = Staging()
  /// Where a file says it; nil for a task that no file describes.
  var place: FilePlace?
}

extension TaskDefinition {
  /// The paper's kinds of generalization (Kim et al. 2024, section 5.1).
  public enum Category: String, Hashable, Sendable, CaseIterable {
    case inDistribution = "in-distribution"
    case outOfDistribution = "out-of-distribution"
    case visual, motion, physical, semantic
    case language = "language-grounding"
  }

  /// What the paper says for an object; nil where the training distribution's words are meant.
  func instruction(for object: String) -> String? { instructions[object] ?? instructions[""] }
}

extension Suite {
  /// How a table heads the suite.
  public var description: SuiteDescription {
    SuiteDescription(
      name: name, title: title, tasks: tasks.map(\.name), hasCleanTwins: hasCleanTwins,
      defaultEpisodesPerTask: episodesPerTask, continuesAfterSuccess: continuesAfterSuccess,
      ownEpisodes: Dictionary(
        tasks.compactMap { task in task.ownEpisodes.map { (task.name, $0) } }
      ) { first, _ in first })
  }
}
