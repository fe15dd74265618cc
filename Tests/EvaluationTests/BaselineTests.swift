import EnvironmentInterface
import Foundation
import Statistics
import Testing

@testable import Evaluation

@Suite struct BaselineTests {
  @Test func baselinesSurviveTheirFile() throws {
    let folder = try TemporaryFolder()
    let records =
      sampleRecords("ssfe") + sampleRecords("ssss", clean: true)
      + sampleRecords("fs", policy: "random", kind: .floor, suite: "visual")
      + sampleRecords("fsffff", policy: "random", kind: .floor)
    var baseline = try Baseline(of: sampleRun(records, facts: ["git": "abc \"d\""]))
    baseline.acceptances = ["on purpose,\nas we said"]
    let path = "\(folder.path)/baseline.json"
    try baseline.write(to: path)
    #expect(try Baseline(at: path) == baseline)
    #expect(baseline.facts["git"] == "abc \"d\"")
    #expect(baseline.episodeCount == 16)
    #expect(baseline.suites == ["semantic", "visual"])
    let lines = String(decoding: try folder.contents("baseline.json"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count { $0.contains("final_state") } == 16)
  }

  @Test func aBaselineNeedsAnEnvironmentThatWorked() throws {
    #expect(throws: EvaluationError.infrastructureErrors(count: 1, path: "run")) {
      try Baseline(of: sampleRun(sampleRecords("sx")))
    }
  }

  /// A run and the reason why it is no baseline.
  struct Unfit: Sendable, CustomTestStringConvertible {
    let id: String
    let records: [EpisodeRecord]
    let promised: Int?
    let reason: String
    var testDescription: String { id }
  }

  @Test(arguments: [
    Unfit(id: "empty", records: [], promised: 2, reason: "no episode"),
    Unfit(id: "unfinished", records: sampleRecords("ss"), promised: 4, reason: "2 of 4"),
    Unfit(
      id: "a policy that never began",
      records: sampleRecords("ss") + sampleRecords("s", policy: "octo"), promised: 2,
      reason: "3 of 4"),
  ])
  func runsThatAreNoBaselineAreTold(unfit: Unfit) throws {
    let error = #expect(throws: EvaluationError.self) {
      try Baseline(of: sampleRun(unfit.records, promised: unfit.promised))
    }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains(unfit.reason) == true)
  }

  @Test func aLoneFileOfEpisodesIsNoBaseline() throws {
    let run = RunFiles(path: "e.jsonl", description: nil, records: sampleRecords("ss"))
    let error = #expect(throws: EvaluationError.self) { try Baseline(of: run) }
    #expect(error?.description.contains("run.json") == true)
  }

  @Test func brokenBaselinesAreTold() throws {
    let folder = try TemporaryFolder()
    let whole = String(
      decoding: try Baseline(of: sampleRun(sampleRecords("sf"))).json(), as: UTF8.self)
    for (text, part) in [
      ("", "line 1, byte 1: not valid JSON"), ("[]", "not"), ("{\"schema\":2}", "lacks the key"),
      ("{\"schema\":1}", "schema 1 is unknown"), ("{\"schema\":7}", "schema 7 is unknown"),
      (whole.replacing("lift-cup#1@0", with: "lift-cup#0@0"), "twice"),
      (whole.replacing("lift-cup#1@0", with: "lift-cup"), "names no episode"),
      (
        whole.replacing(
          "\"kind\":\"entry\",\"name\":\"openvla\"", with: "\"kind\":\"entry\",\"name\":\"octo\""),
        "none of its policies"
      ),
    ] {
      try folder.write(Data(text.utf8), to: "baseline.json")
      let error = #expect(throws: EvaluationError.self) {
        try Baseline(at: "\(folder.path)/baseline.json")
      }
      #expect(error?.exitCode == 65)
      #expect(error?.description.contains("baseline.json") == true)
      #expect(error?.description.contains(part) == true, "\(error.map(\.description) ?? "")")
    }
    let missing = #expect(throws: EvaluationError.self) { try Baseline(at: "/nowhere.json") }
    #expect(missing?.exitCode == 65)
  }

  // MARK: - Replacing

  private func replace(
    _ folder: TemporaryFolder, with records: [EpisodeRecord], isForced: Bool = false,
    reason: String? = nil
  ) throws -> (baseline: Baseline, objection: String?) {
    try Baseline.replace(
      at: "\(folder.path)/baseline.json", with: sampleRun(records), judgedBy: RegressionGate(),
      isForced: isForced, reason: reason)
  }

  @Test func aWorseRunIsRefusedUnlessForcedAndTheFileSaysWhy() throws {
    let folder = try TemporaryFolder()
    let good = sampleRecords(many(20, "s"))
    #expect(try replace(folder, with: good).objection == nil)
    let kept = try folder.contents("baseline.json")
    // Twenty points of twenty episodes are within chance, and worse all the same.
    let worse = sampleRecords(many(16, "s") + many(4, "f"), state: "1")
    let error = #expect(throws: EvaluationError.self) { try replace(folder, with: worse) }
    #expect(error?.exitCode == 1)
    #expect(error?.description.contains("from 20/20") == true)
    #expect(try folder.contents("baseline.json") == kept)

    let forced = try replace(folder, with: worse, isForced: true, reason: "a smaller model")
    #expect(forced.objection != nil)
    let stored = try Baseline(at: "\(folder.path)/baseline.json")
    #expect(stored.acceptances.count == 1)
    #expect(stored.acceptances[0].contains("from 20/20"))
    #expect(stored.acceptances[0].hasSuffix("Why: a smaller model"))
    // The next update keeps the history.
    #expect(try replace(folder, with: good).baseline.acceptances == stored.acceptances)
  }

  @Test func aRunThatAnswersLessIsRefused() throws {
    let folder = try TemporaryFolder()
    _ = try replace(folder, with: sampleRecords("ssss") + sampleRecords("ssss", policy: "octo"))
    for records in [
      sampleRecords("ssss"), sampleRecords("ss") + sampleRecords("ss", policy: "octo"),
    ] {
      #expect(throws: EvaluationError.self) { try replace(folder, with: records) }
    }
  }

  @Test func aBrokenBaselineIsReplacedByForceOnly() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data("{\"schema\":1}".utf8), to: "baseline.json")
    #expect(throws: EvaluationError.self) { try replace(folder, with: sampleRecords("s")) }
    let forced = try replace(folder, with: sampleRecords("s"), isForced: true)
    #expect(forced.baseline.acceptances[0].contains("schema 1"))
  }
}
