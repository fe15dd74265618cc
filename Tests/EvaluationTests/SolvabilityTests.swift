import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

/// What cannot be solved as it is specified stands in the table, marked, and in no mean.
struct SolvabilityTests {
  private func run(_ known: [String: TaskSolvability]) throws -> (RunDescription, [EpisodeRecord]) {
    var world = CounterWorld()
    world.known = known
    let plan = try EpisodePlan(
      suites: ["shifted"], episodesPerTask: 4, seed: 1, strength: 1, in: world)
    let run = try EvaluationRun(
      of: [.expert(named: "expert")], on: plan, shard: .whole, in: world,
      settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false))
    return (run.description(facts: [:]), try run.records(in: nil))
  }

  @Test func whatCannotBeSolvedLeavesTheMeans() throws {
    let (description, records) = try run(["far": .unsolvable, "near": .stale])
    let whole = Summary(of: records)
    let summary = Summary(of: records, in: description)
    let suite = try #require(summary.policies[0].suite("shifted"))
    let all = try #require(whole.policies[0].suite("shifted"))
    #expect(suite.tasks == all.tasks, "tasks stand as they are")
    #expect(all.result.episodes == 12 && suite.result.episodes == 8)
    let far = try #require(suite.task("far")).result
    #expect(suite.result.successes == all.result.successes - far.successes)
    #expect(suite.clean?.pairs.count == 8 && all.clean?.pairs.count == 12)
    #expect(suite.clean?.result.episodes == 8)
    #expect(suite.acrossTasks?.clusters ?? 2 == 2)

    for text in [summary.table.text(width: 200), summary.table.markdown()] {
      #expect(text.contains("far †"))
      #expect(text.contains("Not solvable as specified, so that the mean leaves it out: far."))
      #expect(text.contains("measured before its scenes changed: near."))
      #expect(!text.contains("not measured"))
    }
    #expect(try summary.table.json().contains("\"solvability\" : \"unsolvable\""))
    for text in [whole.table.text(width: 200), whole.table.markdown()] {
      #expect(!text.contains("†") && !text.contains("solv"))
    }
  }

  @Test func aRunKeepsWhatItKnew() throws {
    let (description, records) = try run(["walk-a-very-long-way": .unmeasured])
    let again = try JSONDecoder().decode(
      RunDescription.self, from: JSONEncoder().encode(description))
    #expect(again == description)
    #expect(again.suites[0].solvability == ["walk-a-very-long-way": .unmeasured])
    // What is not measured counts, and is told.
    let summary = Summary(of: records, in: again)
    #expect(summary.policies[0].suites[0].result.episodes == 12)
    #expect(summary.table.markdown().contains("is not measured: walk-a-very-long-way."))
    #expect(description.differences(from: try run([:]).0).isEmpty)
  }

  @Test func aSuiteOfNothingSolvableHasNoMean() throws {
    let everything = ["near", "far", "walk-a-very-long-way"]
    let (description, records) = try run(
      Dictionary(uniqueKeysWithValues: everything.map { ($0, .unsolvable) }))
    let table = Summary(of: records, in: description).table
    #expect(table.sections[0].rows[0].mean == nil && table.sections[0].rows[0].change == nil)
    _ = try table.json()
    _ = (table.text(width: 80), table.markdown(), table.csv(), table.jUnit())
  }
}
