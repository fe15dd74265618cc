import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

/// Scores by the paper's rules, their error, and suites whose episodes go on after success.
@Suite struct PaperScoreTests {
  /// Rows of the paper's table 6, 60 rollouts each, without partial credit: mean and error as printed there.
  @Test(arguments: [
    (20, "33.3 %", "±6.1"), (16, "26.7 %", "±5.8"), (47, "78.3 %", "±5.4"), (51, "85.0 %", "±4.6"),
  ])
  func theErrorIsThePapers(successes: Int, mean: String, error: String) throws {
    let records = Self.scored(
      sampleRecords(many(successes, "s") + many(60 - successes, "f")), failures: 0)
    let score = try #require(PaperScore(of: records))
    #expect(score.meanText == mean)
    #expect(score.errorText == error)
  }

  @Test func halfPointsCountBesideSuccessAndChangeNoRate() throws {
    let records = Self.scored(sampleRecords("sffs"), failures: 0.5)
    let tally = Tally(records)
    #expect(tally.successes == 2)
    #expect(tally.paper?.mean == 0.75)
    let json = try Summary(of: records).table.json()
    #expect(json.contains("\"paper_score\" : 0.75") || json.contains("\"paper_score\":0.75"))
    #expect(Summary(of: records).table.text(width: 120).contains("paper score"))
    #expect(Summary(of: records).table.markdown().contains("| paper score |"))
  }

  @Test func withoutPartialCreditThereIsNoScore() {
    let records = sampleRecords("sf")
    #expect(Tally(records).paper == nil)
    #expect(!Summary(of: records).table.text(width: 120).contains("paper score"))
  }

  @Test func aRecordOfBeforeTellsNeitherCreditNorParts() throws {
    let record = Self.scored(sampleRecords("f"), failures: 0.5)[0]
    let line = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(EpisodeRecord.self, from: line) == record)
    var object = try #require(
      JSONSerialization.jsonObject(with: line) as? [String: Any])
    object["paper_credit"] = nil
    object["parts"] = nil
    let old = try JSONDecoder().decode(
      EpisodeRecord.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(old.paperCredit == nil && old.parts == nil)
    #expect(old.progress == record.progress)
  }

  @Test func episodesOfASuiteThatGoesOnCanLoseWhatTheyHadReached() throws {
    var world = CounterWorld()
    world.suites[0].continuesAfterSuccess = true
    let episode = try world.episode(suite: "plain", task: "near", index: 0, seed: 1, strength: 1)
    var rollout = Rollout(
      of: EpisodeBlock(id: "plain/0000", suite: "plain", episodes: [episode]),
      by: ContestantDescription(name: "expert", kind: .ceiling), policy: nil, in: world,
      settings: RolloutSettings(batchLimit: 1, continuesAfterSuccess: false))
    let record = rollout.runToEnd()[0]
    #expect(record.steps == episode.stepLimit)
    #expect(record.outcome == .success && record.successOnce && !record.successAtEnd)
  }

  @Test func aDescriptionOfBeforeEndsWithSuccess() throws {
    let old = """
      {"name": "a", "title": "A", "tasks": ["t"], "hasCleanTwins": false, "defaultEpisodesPerTask": 3}
      """
    let suite = try JSONDecoder().decode(SuiteDescription.self, from: Data(old.utf8))
    #expect(!suite.continuesAfterSuccess)
  }

  private static func scored(_ records: [EpisodeRecord], failures: Double) -> [EpisodeRecord] {
    records.map { record in
      var record = record
      record.paperCredit = record.isSuccess ? 1 : failures
      record.parts = ["in": record.isSuccess, "released": true]
      return record
    }
  }
}
