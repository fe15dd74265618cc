import EnvironmentInterface
import Foundation
import Statistics
import Testing

@testable import Evaluation

@Suite struct GateRunTests {
  private func walker(_ name: String, _ probability: Double) -> Contestant {
    Contestant(name: name, kind: .entry) { Walker(probability: probability) }
  }

  /// 360 episodes of a walker in the plain suite.
  private func baseline(_ probability: Double = 0.8, suites: [String] = ["plain"]) throws
    -> Baseline
  {
    let run = try makeRun(
      of: [walker("walker", probability)], suites: suites, episodesPerTask: 360 / 2 / suites.count)
    return try Baseline(
      of: RunFiles(
        path: "before", description: run.description(facts: [:]), records: run.records(in: nil)))
  }

  private func gateRun(
    _ contestants: [Contestant], against baseline: Baseline, in world: CounterWorld = CounterWorld()
  ) throws -> GateRun<CounterWorld> {
    try GateRun(
      of: contestants.map { .init($0, for: "walker") }, against: baseline,
      judgedBy: RegressionGate(), in: world,
      settings: RolloutSettings(batchLimit: 32, continuesAfterSuccess: false))
  }

  private func report(_ run: GateRun<CounterWorld>) throws -> GateReport {
    try run.report(describedBy: run.description(facts: [:]), in: nil)
  }

  @Test func anUnchangedPolicyIsAnsweredInOneLook() throws {
    let report = try report(gateRun([walker("walker", 0.8)], against: baseline()))
    #expect(report.verdict == .pass)
    #expect(report.policies[0].basis == .unchanged)
    #expect(report.policies[0].pairs.count == 60)
    #expect(report.looks == [60, 120, 180, 240, 300, 360])
  }

  @Test func aPolicyThatIsMuchWorseIsAnsweredInOneLookToo() throws {
    let report = try report(gateRun([walker("step-2000", 0.3)], against: baseline()))
    #expect(report.verdict == .fail)
    #expect(report.policies[0].pairs.count == 60)
    #expect(report.line.contains("step-2000 (against walker) has fallen"))
  }

  /// Walkers of the same skill whose luck differs: every pair is drawn anew.
  @Test func muchChurnNeedsMorePairs() throws {
    final class OtherLuck: Policy {
      let name = "walker"
      let needs: ObservationNeeds = [.instruction]
      private let luck: Int
      init(_ luck: Int) { self.luck = luck }
      func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
        try requests.map { request in
          var chance = request.randomness.named("other luck").numbered(luck)
          return .success(try ActionChunk([chance.chance(0.4) ? .forward : .rest]))
        }
      }
    }
    let baseline = try baseline(0.4)
    let reports = try (0..<8).map { luck in
      try report(
        gateRun([Contestant(name: "walker", kind: .entry) { OtherLuck(luck) }], against: baseline))
    }
    let counts = reports.map { $0.policies[0].pairs.count }
    #expect(counts.allSatisfy { $0 % 60 == 0 })
    #expect((counts.max() ?? 0) > 60, "\(counts)")
    // One false alarm in a hundred runs: eight have none.
    #expect(reports.allSatisfy { $0.verdict != .fail })
  }

  @Test func aRunThatStoppedEarlyIsJudgedTheSameFromItsFolder() throws {
    let baseline = try baseline()
    for probability in [0.8, 0.7, 0.3] {
      let folder = try TemporaryFolder()
      let run = try gateRun([walker("walker", probability)], against: baseline)
      let description = run.description(facts: [:])
      let path = "\(folder.path)/run"
      let first = try run.report(
        describedBy: description,
        in: RunFolder(at: path, describing: description, resuming: false))
      let again = try RegressionGate().report(on: RunFiles(at: path), against: baseline)
      #expect(again.verdict == first.verdict)
      #expect(again.policies[0].pairs == first.policies[0].pairs)
      #expect(try again.json() == first.json())
    }
  }

  @Test func aKilledGateGoesOnToTheSameBytes() throws {
    let baseline = try baseline()
    let contestants = [walker("walker", 0.72), walker("second", 0.3), walker("third", 0.8)]
    let run = try gateRun(contestants, against: baseline)
    let description = run.description(facts: [:])
    let whole = try TemporaryFolder()
    _ = try run.report(
      describedBy: description,
      in: RunFolder(at: "\(whole.path)/run", describing: description, resuming: false))
    let bytes = try whole.contents("run/episodes.jsonl")
    let ends = EpisodeLines.lines(of: bytes).map(\.end)
    for cut in stride(from: 0, to: ends.count, by: 11).map({ ends[$0] - 5 }) {
      let folder = try TemporaryFolder()
      try folder.write(whole.contents("run/run.json"), to: "run.json")
      try folder.write(bytes.prefix(cut), to: "episodes.jsonl")
      _ = try run.report(
        describedBy: description,
        in: RunFolder(at: folder.path, describing: description, resuming: true))
      #expect(try folder.contents("episodes.jsonl") == bytes, "cut at byte \(cut)")
    }
  }

  @Test func aGateThatWasKilledHasNoVerdictAndIsNoBaseline() throws {
    let baseline = try baseline()
    let folder = try TemporaryFolder()
    let run = try gateRun([walker("walker", 0.72)], against: baseline)
    let description = run.description(facts: [:])
    let path = "\(folder.path)/run"
    let whole = try run.report(
      describedBy: description, in: RunFolder(at: path, describing: description, resuming: false))
    #expect(whole.policies[0].pairs.count > 60)
    let lines = try folder.contents("run/episodes.jsonl").split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    for kept in [45, 60] {
      try folder.write(
        Data(lines.prefix(kept).map { $0 + [10] }.joined()), to: "run/episodes.jsonl")
      let report = try RegressionGate().report(on: RunFiles(at: path), against: baseline)
      #expect(report.verdict == .notComparable, "\(report.line)")
      #expect(report.line.contains("--resume"))
    }
    let error = #expect(throws: EvaluationError.self) { try Baseline(of: RunFiles(at: path)) }
    #expect(error?.exitCode == 65)
  }

  @Test func aWorldThatChangedIsNotComparableAfterOneLook() throws {
    var changed = try baseline()
    for index in changed.policies[0].episodes.indices {
      changed.policies[0].episodes[index].content = "other"
    }
    let report = try report(gateRun([walker("walker", 0.8)], against: changed))
    #expect(report.verdict == .notComparable)
    #expect(report.policies[0].altered.count == 60)
  }

  @Test func severalSuitesComeInRounds() throws {
    let baseline = try baseline(suites: ["plain", "shifted"])
    let run = try gateRun([walker("walker", 0.8)], against: baseline)
    let description = run.description(facts: [:])
    #expect(description.suites.map(\.name) == ["plain", "shifted"])
    let report = try report(run)
    #expect(report.verdict == .pass)
    #expect(report.policies[0].groups.map(\.name) == ["plain", "shifted", "shifted (clean)"])
  }

  // MARK: - Calibration

  @Test func aDeterministicPolicyFlipsNothing() throws {
    let calibration = try gateRun([walker("walker", 0.8)], against: baseline()).calibration()
    #expect(calibration.exitCode == 0)
    #expect(calibration.policies[0].pairs.count == 60)
    #expect(calibration.text(listing: 3).contains("deterministic, 60 of 60"))
  }

  @Test func aPolicyWithHiddenChanceIsFound() throws {
    final class Moody: Policy {
      let name = "moody"
      let needs: ObservationNeeds = [.instruction]
      private let probability: Double
      init(_ probability: Double) { self.probability = probability }
      func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
        try requests.map { request in
          var chance = request.randomness
          return .success(try ActionChunk([chance.chance(probability) ? .forward : .rest]))
        }
      }
    }
    // The second process wakes up in another mood.
    nonisolated(unsafe) var mood = 0.9
    let moody = Contestant(name: "walker", kind: .entry) {
      mood -= 0.4
      return Moody(mood)
    }
    let calibration = try gateRun([moody], against: baseline()).calibration()
    #expect(calibration.exitCode == 5)
    #expect(!calibration.policies[0].flips.isEmpty)
    #expect(calibration.text(listing: 3).contains("NOT DETERMINISTIC"))
  }

  // MARK: - Names

  @Test func aPolicyStandsForItsNameOrTheOnlyEntry() throws {
    let one = try Baseline(
      of: sampleRun(
        sampleRecords("s") + sampleRecords("s", policy: "expert", kind: .ceiling)))
    #expect(try one.name(answeredBy: "step-2000", as: nil) == "openvla")
    #expect(try one.name(answeredBy: "expert", as: nil) == "expert")
    #expect(try one.name(answeredBy: "step-2000", as: "expert") == "expert")
    let two = try Baseline(
      of: sampleRun(sampleRecords("s") + sampleRecords("s", policy: "scratch")))
    for (policy, asked) in [("step-2000", nil), ("openvla", "octo")] {
      let error = #expect(throws: EvaluationError.self) {
        try two.name(answeredBy: policy, as: asked)
      }
      #expect(error?.exitCode == 64)
    }
  }
}

@Suite struct RetryTests {
  /// A world whose renderer fails a number of times and then works.
  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(_ left: Int) { self.left = left }

    func happens() -> Bool {
      lock.withLock {
        left -= 1
        return left >= 0
      }
    }
  }

  @Test(arguments: [0, 1, 2]) func aMachineThatFailsForAWhileLosesNothing(failures: Int) throws {
    var world = CounterWorld()
    let left = Failures(failures)
    world.startFault = { $0.index == 2 && left.happens() }
    let walker = Contestant(name: "walker", kind: .entry) { Walker(probability: 0.8) }
    let shaken = try makeRun(of: [walker], suites: ["plain"], in: world).records(in: nil)
    let calm = try makeRun(of: [walker], suites: ["plain"]).records(in: nil)
    #expect(try EpisodeLines.encode(shaken) == EpisodeLines.encode(calm))
  }

  @Test func aMachineThatGoesOnFailingIsToldAfterThreeAttempts() throws {
    var world = CounterWorld()
    world.startFault = { $0.task == "far" && $0.index == 2 }
    let walker = Contestant(name: "walker", kind: .entry) { Walker(probability: 0.8) }
    let records = try makeRun(of: [walker], suites: ["plain"], in: world).records(in: nil)
    #expect(records.count { $0.error?.cause == .environment } == 1)
  }
}
