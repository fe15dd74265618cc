import Foundation
import Testing

@testable import Training

/// Policies of chunks learn the actions of one set-up.
@Suite struct SingleSetupTests {
  @Test func tasksOfSeveralSetupsAreRefusedByName() throws {
    let recipe = TrainingTests.recipe(.openVLA, steps: 2)
    let one = try SquareSource().actionStatistics(seed: 1, frames: 8)
    let (dataset, statistics) = try #require(one.first)
    let only = try recipe.statisticsOfOneSetup(among: one, for: "it")
    #expect(only.dataset == dataset && only.statistics == statistics)
    let two = ["b": statistics, "a": statistics]
    #expect { try recipe.statisticsOfOneSetup(among: two, for: "a diffusion policy") } throws: {
      "\($0)".contains("a diffusion policy learns the actions of one set-up")
        && "\($0)".contains("a, b")
    }
  }
}
