import ArgumentParser
import Environments
import Foundation
import Policies

/// `bench list`: the names that other commands take.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List suites, tasks, objects, robots, set-ups, policies or factors.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case suites, tasks, objects, robots, setups, policies, factors
  }

  @OptionGroup var rootOption: RootOption

  @Argument(help: "What to list.")
  var kind: Kind

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let root = try rootOption.resolved()
    try reportingFailures {
      let rows: [Row]
      switch kind {
      case .policies:
        rows =
          (PolicyCatalog.shipped + PolicyCatalog.others(in: root) + PolicyCatalog.bounds
          + [PolicyCatalog.standing])
          .map { Row(name: $0, note: PolicyCatalog.note(on: $0)) }
          + Blindness.allCases.map {
            Row(name: "NAME+\($0.rawValue)", note: "control: the policy NAME \($0.note)")
          }
      default:
        let environment = try TabletopEnvironment(root: root.url.path)
        rows = Self.rows(of: kind, in: environment)
      }
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        output(String(decoding: try encoder.encode(rows), as: UTF8.self))
      } else {
        let width = rows.map(\.name.count).max() ?? 0
        output(
          rows.map { row in
            row.note.isEmpty
              ? row.name
              : row.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + row.note
          }.joined(separator: "\n"))
      }
    }
  }

  private struct Row: Encodable {
    var name: String
    var note: String
  }

  private static func rows(of kind: Kind, in environment: TabletopEnvironment) -> [Row] {
    switch kind {
    case .suites:
      environment.suites.map { suite in
        Row(
          name: suite.name,
          note: "\(suite.title); \(suite.tasks.count) tasks × \(suite.defaultEpisodesPerTask)")
      }
    case .tasks:
      environment.suites.flatMap { suite in
        suite.tasks.map { Row(name: "\(suite.name)/\($0)", note: "") }
      }
    case .objects: environment.catalog.objectNames.map { Row(name: $0, note: "") }
    case .robots: environment.catalog.robots.keys.sorted().map { Row(name: $0, note: "") }
    case .setups:
      environment.catalog.setups.values.sorted { $0.name < $1.name }
        .map { Row(name: $0.name, note: $0.about) }
    case .factors:
      environment.suiteDefinitions.flatMap { suite in
        suite.factors.values.sorted { $0.name < $1.name }
          .map { Row(name: "\(suite.name)/\($0.name)", note: $0.about) }
      }
        + environment.sharedFactors.values.sorted { $0.name < $1.name }
        .map { Row(name: $0.name, note: "in any task: \($0.about)") }
    case .policies: []
    }
  }
}
