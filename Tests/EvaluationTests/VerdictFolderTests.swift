import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

/// Two run folders each that once were taken for comparable, or passed although they were no answer.
@Suite struct VerdictFolderTests {
  private let place = try? TemporaryFolder()

  /// Carries out a run and gives its folder.
  private func made(
    _ name: String, by entrants: [Contestant] = contestants(),
    suites: [String] = ["plain", "shifted"],
    episodesPerTask: Int? = 30, facts: [String: String] = [:]
  ) throws -> String {
    let folder = try #require(place).path + "/" + name
    let run = try makeRun(of: entrants, suites: suites, episodesPerTask: episodesPerTask)
    _ = try run.records(
      in: RunFolder(at: folder, describing: run.description(facts: facts), resuming: false))
    return folder
  }

  private func report(on run: String, against baseline: String) throws -> GateReport {
    try RegressionGate().report(on: RunFiles(at: run), against: Baseline(at: baseline))
  }

  @Test func aRunRepeatedPasses() throws {
    let report = try report(on: made("again"), against: made("before"))
    #expect(report.verdict == .pass && report.line.contains("is unchanged"), "\(report.line)")
  }

  /// What a run was asked, beside the baseline's four policies in two suites with thirty episodes a task.
  struct Narrower: Sendable, CustomTestStringConvertible {
    let id: String
    var policies = contestants().map(\.name)
    var suites = ["plain", "shifted"]
    var episodes = 30
    let named: String
    var testDescription: String { id }
  }

  @Test(arguments: [
    Narrower(id: "a policy is missing", policies: ["careful", "random", "expert"], named: "hasty"),
    Narrower(
      id: "a suite is missing", suites: ["plain"], named: "episodes of the baseline are not"),
    Narrower(
      id: "a few episodes are missing", episodes: 29, named: "episodes of the baseline are not"),
  ])
  func whateverIsLeftOutIsNamed(asked: Narrower) throws {
    let run = try made(
      "run", by: contestants().filter { asked.policies.contains($0.name) }, suites: asked.suites,
      episodesPerTask: asked.episodes)
    let report = try report(on: run, against: made("before"))
    #expect(report.verdict == .notComparable && report.exitCode == 4)
    #expect(report.line.contains(asked.named), "\(report.line)")
  }

  @Test func anotherNameIsNoAnswer() throws {
    let run = try made(
      "run",
      by: contestants().map { $0.name == "hasty" ? $0.named("swift") : $0 })
    let report = try report(on: run, against: made("before"))
    #expect(report.verdict == .notComparable)
    #expect(report.line.contains("hasty is not in the run") && report.line.contains("swift"))
  }

  @Test func aRunThatWasStoppedIsNoAnswer() throws {
    let baseline = try made("before")
    let run = try made("run")
    let file = URL(fileURLWithPath: run + "/" + RunFolder.episodesName)
    let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    try Data(lines.dropLast(6).joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])
      .write(to: file)
    let report = try report(on: run, against: baseline)
    #expect(report.verdict == .notComparable && report.line.contains("unfinished"))
    #expect(throws: EvaluationError.self) { try Baseline(at: run) }
  }

  @Test func anEpisodeThatIsThereTwiceIsAnErrorOfItsLine() throws {
    let (baseline, run) = (try made("before"), try made("run"))
    let file = run + "/" + RunFolder.episodesName
    var lines = try Data(contentsOf: URL(fileURLWithPath: file)).split(
      separator: UInt8(ascii: "\n"))
    lines[7] = lines[6]
    try Data(lines.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])
      .write(to: URL(fileURLWithPath: file))
    for path in [run, file] {
      let error = #expect(throws: EvaluationError.self) { try report(on: path, against: baseline) }
      #expect(error?.exitCode == 65 && error?.description.contains("episodes.jsonl:8") == true)
      #expect(throws: EvaluationError.self) {
        try Comparison.ofCommonPolicies(
          baseline: RunFiles(at: baseline), candidate: RunFiles(at: path))
      }
      #expect(throws: EvaluationError.self) { try RunMerge.merged([RunFiles(at: path)]) }
    }
  }

  @Test(arguments: ["controlRate", "imageSize", "robot"])
  func anotherProtocolIsNamed(fact: String) throws {
    let baseline = try made("before", facts: [fact: "5"])
    let report = try report(on: made("run", facts: [fact: "3"]), against: baseline)
    #expect(report.verdict == .notComparable)
    #expect(report.line.contains("\(fact): 5 in the baseline, 3 in the run"), "\(report.line)")
  }

  /// Renderer and processor are told, and what the folder of scenes holds besides is for information.
  @Test func anotherMachineAndOtherFilesAreToldAndCompared() throws {
    let baseline = try made("before", facts: ["renderer": "llvmpipe", "scenes": "a"])
    let run = try made("run", facts: ["renderer": "radeonsi", "scenes": "b"])
    let report = try report(on: run, against: baseline)
    #expect(report.verdict == .pass)
    let text = report.text(listing: 3)
    #expect(text.contains("renderer: llvmpipe in the baseline, radeonsi in the run"))
    #expect(text.contains("scenes: a in the baseline, b in the run"))
  }

  @Test func aWorseRunDoesNotBecomeTheBaseline() throws {
    let file = try #require(place).path + "/baseline.json"
    func walker(_ probability: Double) -> [Contestant] {
      [Contestant(name: "walker", kind: .entry) { Walker(probability: probability) }]
    }
    _ = try Baseline.replace(
      at: file, with: RunFiles(at: made("before", by: walker(1))), judgedBy: RegressionGate(),
      isForced: false, reason: nil)
    let kept = try Data(contentsOf: URL(fileURLWithPath: file))
    let worse = try RunFiles(at: made("run", by: walker(0.3)))
    let error = #expect(throws: EvaluationError.self) {
      try Baseline.replace(
        at: file, with: worse, judgedBy: RegressionGate(), isForced: false, reason: nil)
    }
    #expect(error?.exitCode == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == kept)
  }
}
