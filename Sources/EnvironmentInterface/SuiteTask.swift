/// A task of a suite, as `suite/task`.
public struct SuiteTask: Hashable, Sendable, Codable, CustomStringConvertible {
  public var suite: String
  public var task: String

  public init(suite: String, task: String) {
    self.suite = suite
    self.task = task
  }

  /// Nil where the text is not of the form `suite/task`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(suite: String(parts[0]), task: String(parts[1]))
  }

  public var description: String { "\(suite)/\(task)" }
}
