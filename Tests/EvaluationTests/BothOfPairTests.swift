import EnvironmentInterface
import Foundation
import Statistics
import Testing

@testable import Evaluation

/// Two tasks that ask different things of the same scenes.
@Suite struct BothOfPairTests {
  /// Episodes of a suite with two pairs of tasks: outcomes of each, scene by scene.
  private func records(
    cups: (String, String), pots: (String, String), policy: String = "openvla"
  ) -> [EpisodeRecord] {
    let tasks = [
      ("lift-blue", "cups", cups.0), ("lift-pink", "cups", cups.1), ("fill", "pots", pots.0),
      ("empty", "pots", pots.1),
    ]
    return tasks.flatMap { task, draw, outcomes in
      sampleRecords(outcomes, policy: policy, suite: "language", task: task).map {
        var record = $0
        record.episode.sharedDraw = draw
        return record
      }
    }
  }

  /// Cups: s/s, s/f, f/s, f/f, s and no partner yet. Pots: three of three.
  private var mixed: [EpisodeRecord] { records(cups: ("ssffs", "sfsf"), pots: ("sss", "sss")) }

  @Test func aPairIsSolvedWhereBothEpisodesAre() throws {
    let both = try #require(Summary(of: mixed).policies[0].suites[0].bothOfPair)
    #expect(both.count == Proportion(successes: 4, of: 7))
    // Means of 1/4 and 1.
    #expect(try abs(#require(both.acrossDraws).mean - 0.625) < 1e-9)
  }

  /// Whatever the order in which records come.
  @Test func theOrderOfRecordsChangesNothing() {
    let reversed = Summary(of: mixed.reversed()).policies[0].suites[0].bothOfPair
    #expect(reversed?.count == Summary(of: mixed).policies[0].suites[0].bothOfPair?.count)
  }

  /// A policy that solves half of the single episodes by doing always the same solves no pair.
  @Test func theDeafSolveNone() throws {
    let deaf = records(cups: ("ssss", "ffff"), pots: ("sfsf", "fsfs"))
    let suite = Summary(of: deaf).policies[0].suites[0]
    #expect(suite.result.successes == 8 && suite.result.episodes == 16)
    #expect(suite.bothOfPair?.count == Proportion(successes: 0, of: 8))
  }

  @Test func cleanTwinsAndOtherSuitesHaveNoPairs() {
    let twins = mixed.map {
      var record = $0
      record.episode.isCleanTwin = true
      return record
    }
    #expect(Summary(of: twins).policies[0].suites[0].bothOfPair == nil)
    #expect(Summary(of: sampleRecords("ssff")).policies[0].suites[0].bothOfPair == nil)
    #expect(!Summary(of: sampleRecords("ssff")).table.text(width: 100).contains("both of a pair"))
  }

  @Test func everyPrinterShowsIt() throws {
    let table = Summary(of: mixed).table
    let text = table.text(width: 200)
    #expect(text.contains("both of a pair"))
    #expect(text.contains("4/7 57 % [25–84]"))
    #expect(text.contains("both of a pair over 2 kinds of scenes 62 %"))
    #expect(text.contains("Both of a pair: the same first state"))
    #expect(table.markdown().contains("| mean | both of a pair |"))
    #expect(table.markdown().contains("| 4/7 57 % [25–84] |"))
    let row = table.csv().split(separator: "\n")[1]
    #expect(row.contains(",7,4,0.5714,0.2505,0.8418,"))
    let object = try JSONSerialization.jsonObject(with: Data(table.json().utf8))
    let policy = ((object as? [String: Any])?["policies"] as? [[String: Any]])?.first
    let suite = (policy?["suites"] as? [[String: Any]])?.first
    let both = suite?["both_of_a_pair"] as? [String: Any]
    #expect(both?["pairs"] as? Int == 7)
    #expect(both?["successes"] as? Int == 4)
    #expect(both?["interval"] as? [Double] == [0.2505, 0.8418])
    // Four tasks, the mean and the pairs, and two more on tasks and scenes like these.
    #expect(table.intervalCount == 8)
  }

  /// Two policies are compared scene by scene: two episodes of one scene are no two independent pairs.
  @Test func policiesAreComparedByScene() throws {
    let run = RunFiles(
      path: "run", description: nil,
      records: records(cups: ("sss", "ssf"), pots: ("sf", "ss"))
        + records(cups: ("sss", "fff"), pots: ("ss", "ss"), policy: "scratch"))
    let comparison = try Comparison(of: "openvla", in: run, with: "scratch", in: run)
    #expect(comparison.rows.map(\.name) == ["language", "language, both of a pair"])
    #expect(
      comparison.rows[1].pairs
        == PairedCounts(bothSucceeded: 1, gained: 1, lost: 2, bothFailed: 1))
    #expect(comparison.pairs.count == 10)
    #expect(comparison.text(flips: 0).contains("language, both of a pair"))
  }

  @Test func baselinesAndRecordsKeepTheDraw() throws {
    let record = mixed[0]
    let line = try EpisodeLines.encode([record])
    #expect(try EpisodeLines.decode(line.dropLast(), number: 1, path: "line") == record)
    let outcome = EpisodeOutcome(record)
    let again = try JSONDecoder().decode(
      EpisodeOutcome.self, from: JSONEncoder().encode(outcome))
    #expect(again.sharedDraw == "cups")
  }
}
