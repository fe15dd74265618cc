import EnvironmentInterface
import Foundation
import Statistics
import Testing

@testable import Evaluation

@Suite struct SweepTests {
  private let world = CounterWorld()

  private func folder() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(
      "sweep-\(UInt64.random(in: 0...(.max)))"
    ).path
  }

  /// Writes a sweep of a walker that is at times too slow for farther goals.
  private func makeSweep(in path: String, resuming: Bool = false) throws {
    for strength in [0.0, 0.5, 1.0] {
      let plan = try EpisodePlan(
        sweeping: "distance", of: "shifted", episodesPerTask: 20, seed: 3, strength: strength,
        in: world)
      let run = try EvaluationRun(
        of: [
          Contestant(name: "walker", kind: .entry) { Walker(probability: 0.6) },
          .expert(named: "expert"),
        ], on: plan, shard: .whole, in: world,
        settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false))
      let folder = try RunFolder(
        at: SweepFolder.place(of: strength, in: path), describing: run.description(facts: [:]),
        resuming: resuming)
      _ = try run.records(in: folder)
    }
  }

  @Test func everyStrengthHasTheSameDraws() throws {
    let plans = try [0.0, 1.0].map {
      try EpisodePlan(
        sweeping: "distance", of: "shifted", episodesPerTask: 4, seed: 3, strength: $0, in: world)
    }
    let (weak, strong) = (plans[0].blocks.flatMap(\.episodes), plans[1].blocks.flatMap(\.episodes))
    #expect(weak.map(\.task) == strong.map(\.task))
    #expect(weak.map(\.index) == strong.map(\.index))
    #expect(strong.allSatisfy { $0.factors == [FactorSetting(name: "distance", strength: 1)] })
    #expect(weak.allSatisfy { !$0.isCleanTwin && $0.factors.map(\.strength) == [0] })
  }

  @Test func theCurveIsThatOfTheFolder() throws {
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try makeSweep(in: path)
    #expect(SweepFolder.isSweep(path))
    let curve = try RobustnessCurve(of: SweepFolder.runs(in: path), in: path)
    #expect(curve.strengths == [0, 0.5, 1])
    let walker = try #require(curve.policies.first)
    #expect(walker.points.allSatisfy { $0.result.episodes == 60 })
    #expect(walker.points[0].pairs == nil)
    #expect(walker.points[2].pairs?.count == 60)
    #expect(try #require(walker.points[2].pairs).change < 0, "farther goals are harder")
    let expert = try #require(curve.policies.last)
    #expect(expert.points.allSatisfy { $0.result.successes == 60 })
    #expect(curve.text(width: 100).contains("expert"))
    let rows = curve.csv().split(separator: "\n")
    #expect(rows.count == 7)
    #expect(
      rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 15 })
    #expect(try curve.json().contains("\"change_interval\""))

    // Going on with a finished sweep changes nothing.
    let episodes = "\(SweepFolder.place(of: 0.5, in: path))/episodes.jsonl"
    let before = try Data(contentsOf: URL(fileURLWithPath: episodes))
    try makeSweep(in: path, resuming: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: episodes)) == before)
  }

  @Test func runsThatDifferInMoreThanTheStrengthMakeNoCurve() throws {
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try makeSweep(in: path)
    var runs = try SweepFolder.runs(in: path)
    var other = try #require(runs[1].description)
    other.facts["weights.walker"] = "another"
    runs[1] = RunFiles(path: runs[1].path, description: other, records: runs[1].records)
    #expect(throws: EvaluationError.self) { try RobustnessCurve(of: runs, in: path) }
    #expect(throws: EvaluationError.self) { try RobustnessCurve(of: [], in: path) }
  }

  @Test func unknownFactorsAreToldWithThoseThereAre() {
    let error = #expect(throws: EvaluationError.self) {
      try EpisodePlan(
        sweeping: "light", of: "shifted", episodesPerTask: 1, seed: 0, strength: 1, in: world)
    }
    #expect(error == .unknownFactor("light", suite: "shifted", known: ["distance"]))
  }

  /// A factor with a strength of its own is part of an episode's name.
  @Test func aNameTellsTheStrengthOfOneFactor() throws {
    let name = try EpisodeName("shifted/near#2@3+distance=0.5")
    let episode = try name.episode(in: world)
    #expect(episode.factors == [FactorSetting(name: "distance", strength: 0.5)])
    let two = EpisodeName(
      of: Episode(
        suite: "a", task: "b", index: 0, seed: 0,
        factors: [.init(name: "x", strength: 0.5), .init(name: "y", strength: 0)],
        isCleanTwin: false, instruction: "", stepLimit: 1))
    #expect(two.description == "a/b#0@0+x=0.5+y=0.0")
    #expect(try EpisodeName(two.description) == two)
    for text in ["a/b#0@0+x=2", "a/b#0@0+x=", "a/b#0@0+=1", "a/b#0@0+x=1=1", "a/b#0@0+x=0.5.5"] {
      #expect(throws: EvaluationError.badEpisodeName(text)) { try EpisodeName(text) }
    }
  }
}
