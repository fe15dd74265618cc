import Foundation
import Torch

/// What `run.json` says of program and machine.
enum RunFacts {
  /// Facts that results depend on.
  static var common: [String: String] {
    ["trestle": Bench.version, "libtorch": libraryVersion]
  }

  /// What is worth knowing and may differ when a run is resumed.
  static func notes() -> [String: String] {
    var notes = [
      "host": ProcessInfo.processInfo.hostName,
      "cores": "\(ProcessInfo.processInfo.activeProcessorCount)",
      "started": ISO8601DateFormatter().string(from: Date()),
    ]
    if let commit = gitCommit() { notes["git_commit"] = commit }
    return notes
  }

  /// The commit that is checked out here; nil outside a repository.
  private static func gitCommit() -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 && !text.isEmpty ? text : nil
  }
}
