import EnvironmentInterface
import Foundation
import Testing

@testable import Environments

/// The package's own scenes and suites, read once for all tests.
enum SharedTabletop {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()

  private static let loaded = Result { try TabletopEnvironment(root: root) }

  static func environment() throws -> TabletopEnvironment { try loaded.get() }
}

/// A task of a suite, as an argument of a test.
struct TaskCase: Sendable, CustomTestStringConvertible {
  var suite: String
  var task: String

  var testDescription: String { "\(suite)/\(task)" }

  /// Every task of every suite; empty where the files cannot be read, which a test of its own reports.
  static let all: [TaskCase] =
    (try? SharedTabletop.environment())?.suites.flatMap { suite in
      suite.tasks.map { TaskCase(suite: suite.name, task: $0) }
    } ?? []

  static let perturbed = all.filter { task in
    (try? SharedTabletop.environment())?.suites.first { $0.name == task.suite }?.hasCleanTwins
      ?? false
  }

  static let inDistribution = all.filter { $0.suite == "in-distribution" }

  func episode(
    _ index: Int, seed: UInt64 = 11, strength: Double = 1
  ) throws -> Episode {
    try SharedTabletop.environment()
      .episode(suite: suite, task: task, index: index, seed: seed, strength: strength)
  }
}
