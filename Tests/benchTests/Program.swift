import Foundation

/// The built `bench`, run as its user would run it.
struct Program {
  /// What a run of the program left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Test bundle and program are built into one folder.
  static let url = Bundle.main.bundleURL.appendingPathComponent("bench")

  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    let process = try started(arguments, environment: environment)
    return finish(process)
  }

  /// A process that is running; `finish` waits for it.
  final class Running {
    let process = Process()
    let output: URL
    let errors: URL

    init() {
      let folder = FileManager.default.temporaryDirectory
      let name = "bench-\(UInt64.random(in: 0...(.max)))"
      output = folder.appendingPathComponent(name + ".out")
      errors = folder.appendingPathComponent(name + ".err")
    }
  }

  /// Runs a script of the shell in which `$BENCH` is the program.
  static func shell(_ script: String, environment: [String: String] = [:]) throws -> Result {
    let names = ["BENCH": url.path, "ROOT": root.path].merging(environment) { $1 }
    return finish(
      try started(
        ["-c", script], environment: names, program: URL(fileURLWithPath: "/bin/bash")))
  }

  static func started(
    _ arguments: [String], environment: [String: String] = [:], program: URL = url
  ) throws -> Running {
    let running = Running()
    let process = running.process
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: a full pipe would stop a talkative program.
    for url in [running.output, running.errors] {
      try Data().write(to: url)
    }
    process.standardOutput = try FileHandle(forWritingTo: running.output)
    process.standardError = try FileHandle(forWritingTo: running.errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return running
  }

  static func finish(_ running: Running) -> Result {
    running.process.waitUntilExit()
    defer {
      try? FileManager.default.removeItem(at: running.output)
      try? FileManager.default.removeItem(at: running.errors)
    }
    func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }
    return Result(
      status: running.process.terminationStatus, output: text(running.output),
      errors: text(running.errors))
  }

  /// A folder that does not exist yet.
  static func newFolder() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("bench-run-\(UInt64.random(in: 0...(.max)))").path
  }
}
