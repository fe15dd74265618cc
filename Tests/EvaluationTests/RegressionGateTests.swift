import EnvironmentInterface
import Foundation
import FoundationXML
import Statistics
import Testing

@testable import Evaluation

@Suite struct RegressionGateTests {
  private func report(
    _ run: [EpisodeRecord], against baseline: [EpisodeRecord],
    facts: ([String: String], [String: String]) = ([:], [:]),
    scope: RegressionGate.Scope = .init()
  ) throws -> GateReport {
    try RegressionGate().report(
      on: sampleRun(run, facts: facts.1),
      against: try Baseline(of: sampleRun(baseline, facts: facts.0)), scope: scope)
  }

  /// Uneven policies make an unfinished run; these samples stand for runs that were asked for no more.
  @Test(arguments: GateCase.all) func knownCasesGetTheirVerdict(sample: GateCase) throws {
    let report = try RegressionGate().report(
      on: sampleRun(sample.run), against: Baseline(of: sampleRun(sample.baseline)))
    #expect(report.verdict == sample.verdict, "\(report.line)")
    #expect(report.exitCode == sample.verdict.exitCode)
    #expect(report.line.hasPrefix(sample.verdict.rawValue.uppercased()))
    for name in sample.names { #expect(report.line.contains(name), "\(report.line)") }
  }

  @Test func everyFormatTellsTheVerdict() throws {
    for sample in GateCase.all {
      let report = try RegressionGate().report(
        on: sampleRun(sample.run), against: Baseline(of: sampleRun(sample.baseline)))
      #expect(report.text(listing: 3).hasSuffix("\n\(report.line)\n"))
      #expect(report.markdown(listing: 3).contains(sample.verdict.rawValue.uppercased()))
      let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
      #expect((json as? [String: Any])?["exit_code"] as? Int32 == sample.verdict.exitCode)
      let annotations = report.annotations().split(separator: "\n")
      #expect(annotations.allSatisfy { $0.hasPrefix("::") })
      #expect(
        annotations.contains { $0.hasPrefix("::error") } == ![.pass, .inconclusive].contains(
          sample.verdict))
      let parser = XMLParser(data: Data(report.jUnit().utf8))
      let reader = JUnitReader()
      parser.delegate = reader
      #expect(parser.parse(), "\(report.jUnit())")
      #expect(reader.count("failure") > 0 || sample.verdict != .fail)
      #expect(
        reader.count("error") > 0 || ![.notComparable, .infrastructure].contains(sample.verdict))
      #expect(reader.count("testcase") > 0)
      #expect(reader.count("failure") + reader.count("error") == 0 || sample.verdict != .pass)
    }
  }

  @Test func anotherProtocolIsNotComparableAndAnotherMachineIsTold() throws {
    let records = sampleRecords(many(60, "s"))
    for name in ["controlRate", "imageSize", "robot"] {
      let other = try report(records, against: records, facts: ([name: "5"], [name: "3"]))
      #expect(other.verdict == .notComparable)
      #expect(other.line.contains("\(name): 5 in the baseline, 3 in the run"))
    }
    let moved = try report(
      sampleRecords(many(60, "s"), state: "1"), against: records,
      facts: (
        ["renderer": "llvmpipe", "weights.openvla": "a"],
        ["renderer": "softpipe", "weights.openvla": "b"]
      ))
    #expect(moved.verdict == .pass)
    let text = moved.text(listing: 3)
    #expect(
      text.contains("another machine:\n  renderer: llvmpipe in the baseline, softpipe in the run"))
    #expect(text.contains("different machines"))
    #expect(text.contains("also different:\n  weights.openvla"))
  }

  /// On another machine the expert is judged as any policy.
  @Test func theExpertElsewhereIsJudgedByChance() throws {
    let before = sampleRecords(many(60, "s"), policy: "expert", kind: .ceiling)
    let after = sampleRecords(many(59, "s") + "f", policy: "expert", kind: .ceiling, state: "1")
    let elsewhere = (["renderer": "a"], ["renderer": "b"])
    #expect(try report(after, against: before, facts: elsewhere).verdict == .pass)
    #expect(try report(after, against: before).verdict == .fail)
  }

  @Test func aSecondRecordOfAnEpisodeIsAnError() throws {
    let records = sampleRecords("sss")
    let twice = records.dropLast() + [records[0]]
    for action in [
      { _ = try report(Array(twice), against: records) },
      {
        _ = try Comparison(
          of: "openvla", in: sampleRun(records, path: "a"), with: "openvla",
          in: sampleRun(Array(twice), path: "b"))
      },
    ] {
      let error = #expect(throws: EvaluationError.self) { try action() }
      #expect(error?.exitCode == 65)
      #expect(error?.description.contains("semantic/lift-cup#0@0") == true)
    }
  }

  @Test func anUnfinishedRunHasNoVerdict() throws {
    let records = sampleRecords("sss")
    let report = try RegressionGate().report(
      on: sampleRun(records, promised: 6), against: Baseline(of: sampleRun(records)))
    #expect(report.verdict == .notComparable)
    #expect(report.line.contains("3 of 6 episodes"))
    #expect(report.line.contains("--resume"))
  }

  @Test func aRunIsJudgedOnWhatItWasAskedOnly() throws {
    let baseline = sampleRecords(many(40, "s")) + sampleRecords(many(40, "s"), policy: "scratch")
    let run = sampleRecords(many(10, "s"))
    #expect(try report(run, against: baseline).verdict == .notComparable)
    let narrow = try report(
      run, against: baseline, scope: .init(policies: ["openvla"], episodesPerTask: 10))
    #expect(narrow.verdict == .pass)
    let other = try report(
      sampleRecords(many(10, "s"), policy: "step-2000"), against: baseline,
      scope: .init(
        policies: ["openvla"], episodesPerTask: 10, standIns: ["openvla": "step-2000"]))
    #expect(other.verdict == .pass)
    #expect(other.line.contains("step-2000 (against openvla)"))
    #expect(throws: EvaluationError.self) {
      try report(run, against: baseline, scope: .init(policies: ["octo"]))
    }
  }

  @Test func worseByLessThanTheMarginPassesWithANote() throws {
    let report = try report(
      sampleRecords(many(388, "s") + many(12, "f"), state: "1"),
      against: sampleRecords(many(394, "s") + many(6, "f")))
    #expect(report.verdict == .pass)
    #expect(report.notes(on: report.policies[0])[0].contains("worse than the baseline"))
  }

  @Test func whereAndHowMuchIsTold() throws {
    let before = sampleRecords(many(30, "s")) + sampleRecords(many(30, "s"), task: "stack")
    let after =
      sampleRecords(many(29, "s") + "f", state: "1")
      + sampleRecords(many(18, "s") + many(12, "f"), task: "stack", state: "1")
    let report = try report(after, against: before)
    #expect(report.verdict == .fail)
    let notes = report.notes(on: report.policies[0])
    #expect(notes.contains { $0.hasPrefix("where: semantic/stack (12 lost, 0 gained of 30)") })
    #expect(
      notes.contains { $0.contains("for tasks like these the change is −22 pp [−100, +100]") })
    // Ninety percent of runs with this drop lose eight pairs of sixty or more.
    #expect(
      notes.contains {
        $0.hasPrefix("a drop of 18.9 points or more would have failed nine times in ten")
      }, "\(notes)")
    #expect(notes.contains { $0.contains("mean partial credit 1.00") })
  }

  @Test func progressAndTimeToSuccessAreKept() throws {
    var before = sampleRecords(many(60, "s"))
    for index in before.indices { before[index].firstSuccessStep = 8 }
    let report = try report(sampleRecords(many(59, "s") + "f", state: "1"), against: before)
    let notes = report.notes(on: report.policies[0])
    #expect(notes.contains { $0.contains("the goal is met 2.0 steps later") }, "\(notes)")
  }

  @Test func theSameInputTwiceIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data(), to: "episodes.jsonl")
    let path = folder.path
    #expect(throws: EvaluationError.sameInputTwice("\(path)/episodes.jsonl")) {
      try RegressionGate.checkDistinct(path, "\(path)/episodes.jsonl")
    }
    #expect(throws: EvaluationError.sameInputTwice("\(path)/./")) {
      try RegressionGate.checkDistinct(path, "\(path)/./")
    }
    #expect(throws: Never.self) {
      try RegressionGate.checkDistinct("\(path)/baseline.json", path)
    }
  }
}

/// Counts the elements of an XML document.
private final class JUnitReader: NSObject, XMLParserDelegate {
  private var counts: [String: Int] = [:]

  func count(_ name: String) -> Int { counts[name] ?? 0 }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName qName: String?, attributes attributeDict: [String: String]
  ) {
    counts[elementName, default: 0] += 1
  }
}
