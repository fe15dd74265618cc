import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

@Suite struct SummaryTests {
  /// 71 of 120 perturbed and 104 of 120 clean, four tasks of thirty.
  private var semantic: [EpisodeRecord] {
    let tasks = [
      "move-skull-into-drying-rack", "lift-white-tape", "move-purple-grapes-to-pot",
      "stack-blue-cup-on-pink-cup",
    ]
    return zip(tasks, [18, 20, 16, 17]).flatMap { task, solved in
      sampleRecords(many(solved, "s") + many(30 - solved, "f"), task: task).perturbed
        + sampleRecords(many(26, "s") + many(4, "f"), task: task, clean: true)
    }
  }

  private var rows: [EpisodeRecord] {
    ["expert", "random", "blind", "diffusion-policy"].flatMap { name in
      let kinds: [String: ContestantKind] = [
        "expert": .ceiling, "random": .floor, "blind": .control,
      ]
      return semantic.map { record in
        var record = record
        record.policy = name
        record.kind = kinds[name] ?? .entry
        return record
      }
    }
  }

  @Test func jsonHoldsThePromisedNumbers() throws {
    let text = try Summary(of: semantic).table.json()
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["schema"] as? Int == 1)
    #expect(object?["seed"] as? Int == 0)
    let policy = (object?["policies"] as? [[String: Any]])?.first
    #expect(policy?["name"] as? String == "openvla")
    #expect(policy?["kind"] as? String == "entry")
    let suite = (policy?["suites"] as? [[String: Any]])?.first
    #expect(suite?["name"] as? String == "semantic")
    #expect(suite?["episodes"] as? Int == 120)
    #expect(suite?["successes"] as? Int == 71)
    #expect(suite?["errors"] as? Int == 0)
    #expect(suite?["rate"] as? Double == 0.5917)
    #expect(suite?["interval"] as? [Double] == [0.5022, 0.6754])
    let clean = suite?["clean"] as? [String: Any]
    #expect(clean?["successes"] as? Int == 104)
    #expect(clean?["change"] as? Double == -0.275)
    let change = clean?["interval"] as? [Double] ?? []
    #expect(change.count == 2 && change[0] < -0.275 && change[1] > -0.275)
    let tasks = suite?["tasks"] as? [[String: Any]]
    #expect(tasks?.count == 4)
    #expect(tasks?.first?["name"] as? String == "move-skull-into-drying-rack")
    #expect(tasks?.first?["rate"] as? Double == 0.6)
    #expect(tasks?.first?["interval"] as? [Double] == [0.4232, 0.7541])
  }

  /// Task rates 60, 67, 53 and 57 %: a t interval with three degrees of freedom over four means.
  @Test func tasksLikeTheseHaveAnIntervalOfTheirOwn() throws {
    let summary = Summary(of: semantic)
    let suite = try #require(summary.policies.first?.suites.first)
    let across = try #require(suite.acrossTasks)
    #expect(across.clusters == 4)
    #expect(abs(across.mean - 71.0 / 120) < 1e-9)
    let interval = across.interval(confidence: 0.95, within: 0...1)
    #expect(abs(interval.lower - 0.5010) < 1e-3 && abs(interval.upper - 0.6823) < 1e-3)
    let text = summary.table.text(width: 100)
    #expect(text.contains("Tasks like these (t over 4 task means"))
    #expect(text.contains("8 intervals: about 0.4 of them miss the truth."))
    #expect(summary.table.markdown().contains("Tasks like these"))
    let object = try JSONSerialization.jsonObject(with: Data(summary.table.json().utf8))
    let policy = ((object as? [String: Any])?["policies"] as? [[String: Any]])?.first
    let json = (policy?["suites"] as? [[String: Any]])?.first?["tasks_like_these"] as? [String: Any]
    #expect(json?["tasks"] as? Int == 4)
    #expect(Summary(of: sampleRecords("ssf")).policies[0].suites[0].acrossTasks == nil)
  }

  @Test func rowsComeInTheOrderOfTheirKinds() {
    #expect(
      Summary(of: rows + semantic).policies.map(\.name)
        == ["diffusion-policy", "openvla", "blind", "random", "expert"])
  }

  @Test(arguments: [60, 80, 100, 120, 200]) func tablesFitTheTerminal(width: Int) {
    let text = Summary(of: rows + semantic).table.text(width: width)
    for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    #expect(text.contains("18/30 60 %"))
    #expect(text.contains("[42–75]"))
    #expect(text.contains("71/120 59 %"))
    #expect(text.contains("−28 pp") || text.contains("−27 pp"))
    #expect(text.contains("expert (ceiling)"))
  }

  @Test func oneHundredTwentyColumnsHoldSixTasksInOneTable() {
    let records = (1...6).flatMap { number in
      sampleRecords(many(18, "s") + many(12, "f"), task: "put-object-number-\(number)-on-plate")
        .perturbed
        + sampleRecords(many(30, "s"), task: "put-object-number-\(number)-on-plate", clean: true)
    }
    let text = Summary(of: records).table.text(width: 120)
    #expect(text.components(separatedBy: "─\n").count == 2)
  }

  @Test func anInDistributionSuiteHasNoChange() throws {
    let summary = Summary(of: sampleRecords("ssf", suite: "in-distribution"))
    #expect(summary.policies[0].suites[0].clean == nil)
    #expect(!summary.table.text(width: 100).contains("change"))
    #expect(try !summary.table.json().contains("clean"))
  }

  @Test func severalSuitesGetAnOverview() {
    let text = Summary(
      of: sampleRecords("ssf") + sampleRecords("sff", suite: "visual")
    ).table.text(width: 100)
    #expect(text.contains("all suites"))
    #expect(text.contains("2/3 67 %"))
    #expect(text.contains("1/3 33 %"))
  }

  @Test func errorsCountAsFailuresAndAreToldApart() throws {
    let summary = Summary(
      of: sampleRecords("sseef").perturbed + sampleRecords("sssse", clean: true))
    let suite = summary.policies[0].suites[0]
    #expect(suite.result.successes == 2 && suite.result.errors == 2 && suite.result.episodes == 5)
    #expect(suite.clean?.pairs.lost == 2 && suite.clean?.pairs.bothFailed == 1)
    let text = summary.table.text(width: 100)
    #expect(text.contains("2/5 40 %"))
    #expect(text.contains("errors of openvla: 3 of 10 episodes: 3× the policy answered nan"))
    #expect(summary.table.markdown().contains("Episodes that ended as errors: openvla 3."))
  }

  @Test func theOrderOfTheLinesDoesNotMatterForTheNumbers() throws {
    let records = semantic
    let one = Summary(of: records).policies[0].suites[0]
    let other = Summary(of: records.reversed()).policies[0].suites[0]
    #expect(one.result == other.result)
    #expect(one.clean == other.clean)
  }

  @Test func noEpisodesMakeAnEmptySummary() throws {
    let summary = Summary(of: [])
    #expect(summary.table.text(width: 100) == "no episodes\n")
    #expect(try summary.table.json().contains("\"policies\" : ["))
  }

  @Test func csvHasARowPerTaskAndSuite() {
    let lines = Summary(of: semantic).table.csv().split(separator: "\n")
    #expect(lines.count == 1 + 1 + 4)
    let columns = lines[0].split(separator: ",").count
    #expect(
      lines.allSatisfy {
        $0.split(separator: ",", omittingEmptySubsequences: false).count == columns
      })
    #expect(lines[1].hasPrefix("openvla,entry,semantic,,120,71,0,0.5917,0.5022,0.6754,104,120,"))
    let quoted = Summary(of: sampleRecords("s", policy: "a,\"b\"")).table.csv()
    #expect(quoted.contains("\n\"a,\"\"b\"\"\",entry,"))
  }

  @Test func jUnitHasACasePerPolicyAndTask() {
    let records = sampleRecords("ss") + sampleRecords("se", task: "stack")
    let text = Summary(of: records).table.jUnit()
    #expect(text.contains("<testsuite name=\"semantic\" tests=\"2\" failures=\"0\" errors=\"1\""))
    #expect(text.contains("<testcase classname=\"trestle.semantic.openvla\" name=\"stack\">"))
    #expect(text.contains("1× the policy answered nan"))
    #expect(text.contains("2/2 100 % [34–100]"))
  }

  /// Records one at a time and all at once are one summary, wherever twins come.
  @Test func countsTakenOneByOneAreTheSummary() {
    var counts = SummaryCounts()
    for record in semantic.shuffledByIndex { counts.add(record) }
    let other = Summary(of: semantic)
    #expect(counts.policies[0].suites[0].own == other.policies[0].suites[0].result)
    #expect(CleanComparison(counts.policies[0].suites[0]) == other.policies[0].suites[0].clean)
  }

  @Test func markdownHasATableWithFullNames() {
    let text = Summary(of: semantic).table.markdown()
    #expect(text.contains("| policy | move-skull-into-drying-rack |"))
    #expect(text.contains("| openvla | 18/30 60 % [42–75] |"))
  }
}

extension [EpisodeRecord] {
  /// Every twin right behind its episode, as a run has them, and the other way round for odd indices.
  fileprivate var shuffledByIndex: [EpisodeRecord] {
    sorted { one, other in
      func rank(_ record: EpisodeRecord) -> (Int, String, Int) {
        let twin = record.episode.isCleanTwin ? 1 : 0
        return (
          record.episode.index, record.episode.task,
          record.episode.index % 2 == 0 ? twin : 1 - twin
        )
      }
      return rank(one) < rank(other)
    }
  }

  /// The same with a factor: what has none has no twin.
  fileprivate var perturbed: [EpisodeRecord] {
    map { record in
      var record = record
      record.episode.factors = [FactorSetting(name: "words", strength: 1)]
      return record
    }
  }
}
