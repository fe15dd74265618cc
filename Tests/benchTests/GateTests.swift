import Evaluation
import Foundation
import Testing

@testable import bench

/// A gate that was never seen to fail is not trusted: the built program judges a pair of runs of which one has
/// surely fallen and one has not.
@Suite struct GateTests {
  /// The scripted expert under the name of a learned policy, so that chance decides and not the yardstick.
  private static func makeRun(in folder: String) throws {
    let result = try Program.run([
      "--suite", "in-distribution", "--policy", "expert", "--episodes", "10", "--out", folder,
    ])
    #expect(result.status == 0, "\(result.errors)")
    try edit("\(folder)/run.json") {
      $0.replacingOccurrences(of: "\"ceiling\"", with: "\"entry\"")
        .replacingOccurrences(of: "\"expert\"", with: "\"learned\"")
    }
    try edit("\(folder)/episodes.jsonl") {
      $0.replacingOccurrences(of: "\"ceiling\"", with: "\"entry\"")
        .replacingOccurrences(of: "\"policy\":\"expert\"", with: "\"policy\":\"learned\"")
    }
  }

  private static func edit(_ path: String, _ change: (String) -> String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try change(text).write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// The run with other last states and its first episodes lost.
  private static func copy(_ folder: String, losing count: Int) throws -> String {
    let copy = Program.newFolder()
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    try edit("\(copy)/episodes.jsonl") { text in
      text.split(separator: "\n").enumerated().map { number, line in
        var line = line.replacing(/"final_state":"../, with: "\"final_state\":\"zz")
        if number < count {
          line = line.replacing(/"first_success_step":[0-9]+/, with: "\"first_success_step\":null")
            .replacing("\"outcome\":\"success\"", with: "\"outcome\":\"failure\"")
            .replacing(/"success_(at_end|once)":true/) { "\"success_\($0.output.1)\":false" }
        }
        return line + "\n"
      }.joined()
    }
    return copy
  }

  private static func regress(_ baseline: String, _ run: String, _ more: [String] = []) throws
    -> Program.Result
  {
    try Program.run(["regress", "--baseline", baseline, run] + more)
  }

  @Test func theGateFailsWhatFellAndPassesWhatDidNot() throws {
    let (baseline, file) = (Program.newFolder(), Program.newFolder() + ".json")
    try Self.makeRun(in: baseline)
    let fallen = try Self.copy(baseline, losing: 12)
    let steady = try Self.copy(baseline, losing: 1)
    defer {
      for path in [baseline, file, fallen, steady] {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
    let made = try Self.regress(file, baseline, ["--update"])
    #expect(made.status == 0, "\(made.errors)")

    let page = Program.newFolder() + ".md"
    defer { try? FileManager.default.removeItem(atPath: page) }
    let fails = try Self.regress(file, fallen, ["--markdown", page])
    #expect(
      try String(contentsOfFile: page, encoding: .utf8).hasPrefix("### Regression gate: FAIL"))
    #expect(fails.status == 1)
    #expect(fails.output.contains("FAIL: learned has fallen: −20.0 points"), "\(fails.output)")
    let passes = try Self.regress(file, steady, ["--format", "line"])
    #expect(passes.status == 0)
    #expect(passes.output.hasPrefix("PASS: learned has not fallen by 10 points"))
    let unchanged = try Self.regress(file, baseline, ["--format", "line"])
    #expect(unchanged.status == 0)
    #expect(unchanged.output.hasPrefix("PASS: learned is unchanged"))

    let refused = try Self.regress(file, fallen, ["--update"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--force"))
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    let forced = try Self.regress(file, fallen, ["--update", "--force", "--reason", "a test"])
    #expect(forced.status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) != before)
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("Why: a test"))
  }
}

@Suite struct EpisodeByNameTests {
  /// The window's and the run's rollouts are one, and a name finds the episode of a run again.
  @Test func anEpisodeOfARunIsRepeatedToTheByte() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try Program.run([
      "--suite", "semantic", "--policy", "openvla", "--policy", "expert", "--episodes", "1",
      "--seed", "3", "--out", folder,
    ])
    #expect(run.status == 0, "\(run.errors)")
    for name in ["semantic/lift-white-tape#0@3", "~semantic/lift-white-tape#0@3"] {
      let repro = try Program.run(["repro", folder, name])
      #expect(repro.status == 0, "\(repro.output)\(repro.errors)")
      #expect(repro.output.split(separator: "\n").count { $0.contains("the same") } == 2)
      let replay = try Program.run(["replay", name, "--policy", "expert"])
      #expect(replay.status == 0)
      #expect(replay.output.contains("success after"))
    }
    let none = try Program.run(["repro", folder, "semantic/lift-white-tape#1@3"])
    #expect(none.status == 65)
    let nonsense = try Program.run(["replay", "lift"])
    #expect(nonsense.status == 64)
    #expect(nonsense.errors.contains("suite/task#index@seed"))
  }

  @Test func aPolicyIsToldFromItsNameInTheBaseline() throws {
    let baseline = try Baseline(at: Program.root.path + "/Results/baseline.json")
    let folder = Program.newFolder() + "/lr=1e-4"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (text, policy, name) in [
      ("openvla", "openvla", nil), ("step-2=expert", "step-2", "expert"), (folder, folder, nil),
      (folder + "=openvla", folder, "openvla"), ("a=octo", "a", "octo"),
      ("http://host:80/act?key=1", "http://host:80/act?key=1", nil),
      ("http://host:80/act?key=1=openvla", "http://host:80/act?key=1", "openvla"),
    ] {
      let parts = RegressCommand.parts(of: text, in: baseline)
      #expect(parts.policy == policy && parts.name == name, "\(text): \(parts)")
    }
  }

  /// A policy outside of the program is judged as any other.
  @Test func theGateTakesAPythonPolicy() throws {
    let folder = Program.newFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("class Still:\n  def act(self, observation):\n    return [0, 0, 0, 0, 0, 0, 1]\n".utf8)
      .write(to: URL(fileURLWithPath: folder + "/still.py"))
    let gate = try Program.run([
      "regress", "--baseline", "Results/baseline.json", "--format", "line", "--policy",
      "\(folder)/still.py:Still=openvla",
    ])
    #expect(gate.status == 1, "\(gate.errors)")
    #expect(gate.output.hasPrefix("FAIL: Still (against openvla) has fallen"), "\(gate.output)")
  }

  /// A gate that runs what it judges answers an unchanged policy after one look.
  @Test func theGateRunsAsMuchAsItNeeds() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let gate = try Program.run([
      "regress", "--baseline", "Results/baseline.json", "--policy", "expert", "--out", folder,
    ])
    #expect(gate.status == 0, "\(gate.output)\(gate.errors)")
    #expect(gate.output.contains("PASS: expert is unchanged: all 60 episodes"))
    let judged = try Program.run([
      "regress", "--baseline", "Results/baseline.json", "--only", "expert", folder, "--format",
      "line",
    ])
    #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
    let noise = try Program.run([
      "regress", "--baseline", "Results/baseline.json", "--policy", "expert", "--calibrate",
    ])
    #expect(noise.status == 0)
    #expect(noise.output.contains("deterministic, 60 of 60"))
  }
}
