import Foundation
import Torch

/// What `run.json` says of program and machine.
enum RunFacts {
  /// Facts that results depend on.
  static var common: [String: String] {
    ["trestle": Bench.version, "libtorch": libraryVersion].merging(Processor.facts) { $1 }
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
