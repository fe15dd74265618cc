import EnvironmentInterface
import Environments
import Foundation

/// The tabletop of one root folder, shared by its batches.
final class Simulator: Sendable {
  let environment: TabletopEnvironment

  /// - Parameter contexts: how many pictures are drawn at a time; 0 for one a core.
  init(root: String, contexts: Int) throws {
    environment = try TabletopEnvironment(root: root, contexts: contexts == 0 ? nil : contexts)
  }

  func setup(named name: String) throws(CallError) -> Setup {
    guard let setup = environment.catalog.setups[name] else {
      let known = environment.catalog.setups.keys.sorted().joined(separator: ", ")
      throw .badArgument("no set-up is called '\(name)'; there are \(known)")
    }
    return setup
  }

  func catalog() throws -> String {
    try json(CatalogDescription(of: environment))
  }
}

/// A value as JSON with sorted keys.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
