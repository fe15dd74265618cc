import Foundation
import Testing

/// Runs with recordings and videos, and runs of the gate's schedule, that are ended at any moment in any way: taken up
/// again, they end with the files of one that nobody disturbed.
///
/// A few endings in `swift test`; `TRESTLE_TRIALS=100` tries so many of each kind.
@Suite(.serialized) struct KilledRunTrials {
  private static let trials =
    ProcessInfo.processInfo.environment["TRESTLE_TRIALS"].flatMap { Int($0) } ?? 1

  /// What ends a process from outside.
  private static let signals = [SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT]

  private struct Case: Sendable {
    var name: String
    var arguments: [String]
    /// What the undisturbed run leaves, of these kinds.
    var suffixes = [".jsonl", ".safetensors", ".mp4", "summary.json"]
    var status: Int32 = 0
    /// What the answer on standard output holds; an answer is the same after every ending.
    var answer: String?
  }

  private static func cases(baseline: String, fallen: String) -> [Case] {
    [
      Case(
        name: "recordings",
        arguments: [
          "run", "--suite", "motion", "--policy", "random", "--policy", "expert", "--episodes",
          "12",
          "--record", "-q",
        ]),
      Case(
        name: "videos",
        arguments: [
          "run", "--suite", "language-grounding", "--policy", "expert", "--episodes", "1",
          "--video", "all", "-q",
        ]),
      Case(
        name: "schedule",
        arguments: [
          "regress", "--baseline", baseline, "--policy", "random", "--record",
        ], suffixes: [".jsonl", ".safetensors"], answer: "is unchanged: all 60 episodes"),
      Case(
        name: "looks",
        arguments: ["regress", "--baseline", fallen, "--policy", "random", "--record"],
        suffixes: [".jsonl", ".safetensors"], status: 1,
        answer: "random has fallen: −4.4 points, from 8/180 4 % to 0/180 0 %"),
    ]
  }

  @Test func whateverEndsARunItGoesOnToTheSameFiles() throws {
    let place = Program.newFolder()
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let baseline = "\(place)/baseline"
    let made = try Program.run([
      "--suite", "in-distribution", "--policy", "random", "--episodes", "30", "--out", baseline,
      "-q",
    ])
    #expect(made.status == 0, "\(made.errors)")
    let fallen = "\(place)/fallen.json"
    try Self.writeBaseline(of: baseline, to: fallen)

    for trial in Self.cases(baseline: baseline, fallen: fallen) {
      let whole = "\(place)/\(trial.name)"
      let began = Date()
      let result = try Program.run(trial.arguments + ["--out", whole])
      #expect(result.status == trial.status, "\(trial.name): \(result.errors)")
      let seconds = Date().timeIntervalSince(began)
      if let answer = trial.answer { #expect(result.output.contains(answer), "\(result.output)") }
      let expected = try files(whole, trial.suffixes)
      #expect(expected.keys.contains { $0.hasSuffix(".safetensors") })

      for number in 0..<Self.trials {
        let folder = "\(place)/\(trial.name)-\(number)"
        try end(trial, in: folder, number: number, within: seconds)
        let resumed = try Program.run(trial.arguments + ["--out", folder, "--resume"])
        #expect(resumed.status == trial.status, "\(trial.name) \(number): \(resumed.errors)")
        if trial.answer != nil { #expect(resumed.output == result.output) }
        let found = try files(folder, trial.suffixes)
        #expect(
          found == expected,
          "\(trial.name) \(number): \(Set(found.keys).symmetricDifference(expected.keys)) or other bytes"
        )
        #expect(
          try !FileManager.default.subpathsOfDirectory(atPath: folder)
            .contains { $0.contains(".partial-") }, "something half is left")
        try FileManager.default.removeItem(atPath: folder)
      }
    }
  }

  /// A baseline that differs slightly from a run: three episodes of the first look, three of the second and two of the
  /// third are solved in it, so that the gate can answer after the third and not before.
  private static func writeBaseline(of run: String, to file: String) throws {
    let made = try Program.run(["regress", "--baseline", file, run, "--update"])
    #expect(made.status == 0, "\(made.errors)")
    var text = try String(contentsOfFile: file, encoding: .utf8)
    for (task, index) in [
      ("lift", 0), ("stack", 4), ("put-in-pot", 9), ("lift", 10), ("put-in-bowl", 15),
      ("move-near", 19), ("stack", 20), ("lift", 29),
    ] {
      let name = try Regex(
        "(\"in-distribution/\(task)#\(index)@0\",\"final_state\":\"[^\"]*\")(,\"outcome\":)\"failure\""
      )
      #expect(text.contains(name), "\(task) \(index) fails in the run")
      text.replace(name) { match in
        "\(match.output[1].substring ?? ""),\"first_success_step\":9,\"outcome\":\"success\""
      }
    }
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  /// Begins a run and ends it: by a signal at some moment, or by a disk that takes no more.
  private func end(_ trial: Case, in folder: String, number: Int, within seconds: Double) throws {
    if number % 4 == 3 {
      // No file may grow beyond so many blocks of 1024 bytes: whatever is written then fails.
      let limit = 1 + number * 7 % 60
      let quoted = trial.arguments.map { "'\($0)'" }.joined(separator: " ")
      let full = try Program.shell("ulimit -f \(limit); \"$BENCH\" \(quoted) --out '\(folder)'")
      #expect([trial.status, 2].contains(full.status), "\(trial.name): \(full.errors)")
      return
    }
    let running = try Program.started(trial.arguments + ["--out", folder])
    // Spread over the run by the golden ratio, so that any number of trials covers it.
    let share = (0.1 + 0.618 * Double(number)).truncatingRemainder(dividingBy: 1)
    usleep(UInt32(share * seconds * 1e6))
    kill(running.process.processIdentifier, Self.signals[number % Self.signals.count])
    _ = Program.finish(running)
  }

  private func files(_ folder: String, _ suffixes: [String]) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where suffixes.contains(where: name.hasSuffix) {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    return files
  }
}
