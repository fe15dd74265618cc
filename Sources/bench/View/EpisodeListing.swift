import EnvironmentInterface
import Environments
import Evaluation

/// Which episodes a window offers, and how they ended where a run has them.
struct EpisodeListing {
  /// An episode of the list.
  struct Entry {
    var name: EpisodeName
    /// By policy of the window; nil where no run has it.
    var records: [EpisodeRecord?]
  }

  let entries: [Entry]
  private let hasSeveralSuites: Bool

  /// How many rounds of a suite's tasks are offered.
  private static let rounds = 50

  private init(_ entries: [Entry]) {
    self.entries = entries
    hasSeveralSuites = Set(entries.map(\.name.suite)).count > 1
  }

  /// Episodes of a suite: task by task, then the next index.
  init(suite: String, tasks: [String], seed: UInt64, strength: Double, policies: Int) {
    self.init(
      (0..<Self.rounds).flatMap { index in
        tasks.map { task in
          Entry(
            name: EpisodeName(
              suite: suite, task: task, index: index, seed: seed, strength: strength),
            records: Array(repeating: nil, count: policies))
        }
      })
  }

  /// Episodes by name.
  init(_ names: [EpisodeName], policies: Int) {
    self.init(names.map { Entry(name: $0, records: Array(repeating: nil, count: policies)) })
  }

  /// The episodes that all of these policies of runs have, in the first one's order.
  init(_ columns: [(run: RunFiles, policy: String)]) {
    let tables = columns.map { column in
      Dictionary(
        column.run.records.filter { $0.policy == column.policy }
          .map { (EpisodeName(of: $0.episode), $0) }, uniquingKeysWith: { first, _ in first })
    }
    let names = (columns.first?.run.records ?? []).filter { $0.policy == columns.first?.policy }
      .map { EpisodeName(of: $0.episode) }
    self.init(
      names.filter { name in tables.allSatisfy { $0[name] != nil } }
        .map { name in Entry(name: name, records: tables.map { $0[name] }) })
  }

  /// How the list calls an episode.
  func title(_ number: Int) -> String {
    let name = entries[number].name
    let suite = hasSeveralSuites ? "\(name.suite)/" : ""
    return "#\(name.index)  \(name.isCleanTwin ? "~" : "")\(suite)\(name.task)"
  }
}
