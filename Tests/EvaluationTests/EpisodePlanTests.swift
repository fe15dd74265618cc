import EnvironmentInterface
import Testing

@testable import Evaluation

@Suite struct EpisodePlanTests {
  private func plan(_ suites: [String], episodes: Int? = nil, seed: UInt64 = 7) throws
    -> EpisodePlan
  {
    try EpisodePlan(
      suites: suites, episodesPerTask: episodes, seed: seed, strength: 1, in: CounterWorld())
  }

  @Test func everyTaskHasItsEpisodesAndTwins() throws {
    let episodes = try plan(["plain", "shifted"], episodes: 4).blocks.flatMap(\.episodes)
    #expect(episodes.count == 2 * 4 + 3 * 4 * 2)
    for task in ["near", "far", "walk-a-very-long-way"] {
      let own = episodes.filter { $0.suite == "shifted" && $0.task == task }
      #expect(own.filter { !$0.isCleanTwin }.map(\.index) == [0, 1, 2, 3])
      #expect(own.filter(\.isCleanTwin).map(\.index) == [0, 1, 2, 3])
    }
  }

  @Test func tasksMayHaveNumbersOfTheirOwn() throws {
    var world = CounterWorld()
    world.suites[0].ownEpisodes = ["far": 2]
    let plan = try EpisodePlan(
      suites: ["plain"], episodesPerTask: nil, seed: 7, strength: 1, in: world)
    let episodes = plan.blocks.flatMap(\.episodes)
    #expect(episodes.filter { $0.task == "near" }.map(\.index) == [0, 1, 2, 3, 4])
    #expect(episodes.filter { $0.task == "far" }.map(\.index) == [0, 1])
    #expect(episodes.map(\.task).prefix(5) == ["near", "far", "near", "far", "near"])
    let asked = try EpisodePlan(
      suites: ["plain"], episodesPerTask: 3, seed: 7, strength: 1, in: world)
    #expect(asked.blocks.flatMap(\.episodes).count == 6)
  }

  @Test func aRunMayHaveSomeTasksOnly() throws {
    func plan(_ suites: [String], _ tasks: [String]) throws -> EpisodePlan {
      try EpisodePlan(
        suites: suites, episodesPerTask: 2, seed: 7, strength: 1, tasks: tasks, in: CounterWorld())
    }
    let chosen = try plan(["plain", "shifted"], ["far"])
    #expect(chosen.suites.map(\.tasks) == [["far"], ["far"]])
    #expect(Set(chosen.blocks.flatMap(\.episodes).map(\.task)) == ["far"])
    // The episodes are those that a run of all tasks has.
    let all = try plan(["plain"], []).blocks.flatMap(\.episodes)
    #expect(try plan(["plain"], ["far"]).blocks.flatMap(\.episodes).allSatisfy(all.contains))
    #expect(throws: EvaluationError.unknownTask("up", known: ["near", "far"])) {
      try plan(["plain"], ["far", "up"])
    }
    #expect(throws: EvaluationError.noTask(suite: "plain")) {
      try plan(["plain", "shifted"], ["walk-a-very-long-way"])
    }
  }

  @Test func aTwinFollowsItsEpisodeWithTheSameSeed() throws {
    let episodes = try plan(["shifted"]).blocks.flatMap(\.episodes)
    for pair in stride(from: 0, to: episodes.count, by: 2) {
      let (perturbed, twin) = (episodes[pair], episodes[pair + 1])
      #expect(!perturbed.isCleanTwin && twin.isCleanTwin)
      #expect(perturbed.task == twin.task && perturbed.index == twin.index)
      #expect(perturbed.seed == twin.seed)
    }
  }

  @Test func blocksAreFullExceptTheLastOfASuite() throws {
    let blocks = try plan(["plain", "shifted"]).blocks
    #expect(blocks.map(\.id) == ["plain/0000", "shifted/0000", "shifted/0001", "shifted/0002"])
    #expect(blocks.map(\.episodes.count) == [10, 32, 32, 8])
  }

  @Test func moreEpisodesOnlyAddBlocksAtTheEnd() throws {
    let few = try plan(["shifted"], episodes: 16).blocks
    let many = try plan(["shifted"], episodes: 40).blocks
    #expect(Array(many.prefix(few.count)) == few)
  }

  @Test(arguments: 1...6) func shardsPartitionTheBlocks(count: Int) throws {
    let plan = try plan(["plain", "shifted"])
    let shards = try (1...count).map { plan.blocks(of: try Shard("\($0)/\(count)")) }
    #expect(Set(shards.joined().map(\.id)) == Set(plan.blocks.map(\.id)))
    #expect(shards.map(\.count).reduce(0, +) == plan.blocks.count)
  }

  @Test(arguments: ["", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/"])
  func nonsenseIsNoShard(text: String) {
    #expect(throws: EvaluationError.badShard(text)) { try Shard(text) }
  }

  @Test func wrongNamesAreToldWithTheRightOnes() {
    #expect(throws: EvaluationError.unknownSuite("semantik", known: ["plain", "shifted"])) {
      try plan(["semantik"])
    }
    #expect(throws: EvaluationError.repeatedName("plain")) { try plan(["plain", "plain"]) }
    #expect(throws: EvaluationError.tooFewEpisodes(0)) { try plan(["plain"], episodes: 0) }
  }
}
