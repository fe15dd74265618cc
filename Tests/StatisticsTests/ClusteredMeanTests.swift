import Testing

@testable import Statistics

@Suite struct StudentDistributionTests {
  /// NIST/SEMATECH e-Handbook of Statistical Methods, §1.3.6.7.2.
  @Test(arguments: [
    (1.0, 0.95, 12.706), (2, 0.95, 4.303), (5, 0.95, 2.571), (10, 0.99, 3.169), (29, 0.9, 1.699),
    (100, 0.95, 1.984),
  ])
  func agreesWithTheTables(degrees: Double, confidence: Double, value: Double) {
    let critical = StudentDistribution(degreesOfFreedom: degrees)
      .twoSidedCriticalValue(confidence: confidence)
    #expect(abs(critical - value) < 0.0006)
  }
}

@Suite struct ClusteredMeanTests {
  private func outcomes(_ successes: Int, of count: Int) -> [Double] {
    (0..<count).map { $0 < successes ? 1 : 0 }
  }

  /// By hand: means 0.2, 0.4, 0.6, 0.8; their variance is 1/15, the standard error √(1/60).
  @Test func aSmallCaseByHand() throws {
    let mean = try #require(
      ClusteredMean([2, 4, 6, 8].map { outcomes($0, of: 10) }))
    #expect(abs(mean.mean - 0.5) < 1e-12)
    #expect(abs(mean.standardError - (1.0 / 60).squareRoot()) < 1e-12)
    #expect(abs(mean.designEffect - (1.0 / 60) / (0.25 / 40)) < 1e-9)
    let interval = mean.interval(confidence: 0.95, within: 0...1)
    #expect(abs(interval.lower - (0.5 - 3.18245 * 0.129099)) < 1e-4)
    #expect(abs(interval.upper - (0.5 + 3.18245 * 0.129099)) < 1e-4)
  }

  /// Two tasks with one rate do not show that all tasks have it.
  @Test func equalTasksSayNothingOfOthers() {
    #expect(ClusteredMean([outcomes(5, of: 10), outcomes(5, of: 10)]) == nil)
    #expect(ClusteredMean([outcomes(10, of: 10), outcomes(10, of: 10)]) == nil)
  }

  @Test func theIntervalStaysWithinItsRange() throws {
    let mean = try #require(ClusteredMean([outcomes(0, of: 10), outcomes(10, of: 10)]))
    #expect(mean.interval(confidence: 0.95, within: 0...1) == Interval(lower: 0, upper: 1))
  }

  @Test func oneTaskSaysNothingOfOthers() {
    #expect(ClusteredMean([[1, 0, 1]]) == nil)
    #expect(ClusteredMean([[1, 0, 1], []]) == nil)
    #expect(ClusteredMean([]) == nil)
  }
}
