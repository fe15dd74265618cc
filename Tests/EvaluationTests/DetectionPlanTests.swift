import Statistics
import Testing

@testable import Evaluation

@Suite struct DetectionPlanTests {
  @Test func aPlanTellsPairsChancesAndTime() throws {
    let plan = try DetectionPlan(drop: 0.1, rate: 0.75, churn: 0.08)
    #expect(plan.rows.map(\.churn).contains(.measured(0.08)))
    let still = try #require(plan.rows.first)
    #expect(try (90...96).contains(#require(still.fixedPairs)))
    #expect(abs(still.fallen.fail - 0.974) < 0.0006)
    #expect(still.unchanged.meanPairs == 60)
    let pace = EpisodePace(policy: "openvla", suite: "semantic", episodes: 24, seconds: 2.4)
    let text = plan.text(pace: pace, source: "as given", tasks: 6, width: 100)
    #expect(text.contains("solves 75 % (as given)"))
    #expect(text.contains("8 %, as these runs show"))
    #expect(text.contains("100 ms an episode"))
    #expect(plan.rateEpisodes == Proportion.trials(rate: 0.75, halfWidth: 0.07, confidence: 0.95))
  }

  /// Unrelated policies differ in more pairs, so that more are needed.
  @Test func unrelatedPoliciesNeedTheMost() throws {
    let plan = try DetectionPlan(drop: 0.1, rate: 0.5)
    let pairs = plan.rows.compactMap(\.fixedPairs)
    #expect(pairs == pairs.sorted())
    #expect(plan.rows.last?.churn == .independent)
    #expect(abs((plan.rows.last?.share ?? 0) - 0.4) < 1e-9)
  }

  /// More can be neither lost than is solved, nor gained than is not.
  @Test func whatCannotHappenIsNoRow() throws {
    let plan = try DetectionPlan(drop: 0.1, rate: 1)
    #expect(plan.rows.map(\.share) == [0, 0])
    let error = #expect(throws: EvaluationError.self) { try DetectionPlan(drop: 0.2, rate: 0.1) }
    #expect(error?.exitCode == 64)
  }
}
