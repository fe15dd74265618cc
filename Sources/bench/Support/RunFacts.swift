import EnvironmentInterface
import Foundation
import Torch

/// What `run.json` says of program and machine.
enum RunFacts {
  /// Facts that results depend on.
  static var common: [String: String] {
    ["trestle": Bench.version, "libtorch": libraryVersion].merging(Processor.facts) { $1 }
  }

  /// Facts of these policies and how they are loaded, those of the program and its machine among them.
  static func of(
    _ entrants: [Entrant], _ options: PolicyOptions
  ) -> [String: String] {
    var facts = common.merging(options.facts) { $1 }
    for entrant in entrants {
      let name = entrant.contestant.name
      if !entrant.weightsHash.isEmpty { facts["weights.\(name)"] = entrant.weightsHash }
      for (key, value) in entrant.facts { facts["\(key).\(name)"] = value }
    }
    return facts
  }

  /// What is known of these policies beside how they act, by their names.
  static func policies(_ entrants: [Entrant]) -> [String: PolicyFacts] {
    Dictionary(
      entrants.compactMap { entrant in
        entrant.policyFacts.map { (entrant.contestant.name, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What is worth knowing and may differ when a run is resumed.
  static func notes() -> [String: String] {
    var notes = [
      "host": ProcessInfo.processInfo.hostName,
      "cores": "\(ProcessInfo.processInfo.activeProcessorCount)",
      "started": ISO8601DateFormatter().string(from: Date()),
    ]
    if let commit = SourceCommit.current { notes["git_commit"] = commit }
    return notes
  }
}
