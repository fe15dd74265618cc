/// What an object has to do with a task.
public enum TaskRole: String, Hashable, Sendable, Codable, CaseIterable {
  /// The object that the task is about.
  case object
  /// What it is to be brought to.
  case target
  /// Anything else on the table.
  case other
}

/// What the gripper has to do with the things on the table: facts of the world, from which follows why a task failed.
public struct TaskContact: Hashable, Sendable, Codable {
  /// What the gripper touched first in this episode; nil where it has touched nothing.
  public var firstTouched: TaskRole?
  /// What it holds now.
  public var held: TaskRole?

  public init(firstTouched: TaskRole? = nil, held: TaskRole? = nil) {
    self.firstTouched = firstTouched
    self.held = held
  }
}
