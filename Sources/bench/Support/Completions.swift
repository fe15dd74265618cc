import Environments
import Foundation

/// What shells offer after an option's name (`bench --generate-completion-script`).
enum Completions {
  @Sendable static func suites(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    (environment(words)?.suites.map(\.name) ?? []) + ["all"]
  }

  @Sendable static func policies(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    PolicyCatalog.names
      + ((try? Root(option: value(of: "--root", in: words))).map(PolicyCatalog.others) ?? [])
  }

  /// The tasks of the suite that the line names, or of all suites.
  @Sendable static func tasks(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let suite = value(of: "--suite", in: words)
    let suites = environment(words)?.suites.filter { suite == nil || $0.name == suite } ?? []
    return suites.flatMap { each in each.tasks.map { suite == nil ? "\(each.name)/\($0)" : $0 } }
  }

  private static func environment(_ words: [String]) -> TabletopEnvironment? {
    guard let root = try? Root(option: value(of: "--root", in: words)) else { return nil }
    return try? TabletopEnvironment(root: root.url.path, contexts: 1)
  }

  private static func value(of option: String, in words: [String]) -> String? {
    guard let place = words.firstIndex(of: option), words.indices.contains(place + 1) else {
      return nil
    }
    return words[place + 1]
  }
}
