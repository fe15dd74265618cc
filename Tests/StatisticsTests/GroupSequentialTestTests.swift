import Testing

@testable import Statistics

@Suite struct GroupSequentialTestTests {
  private let test = GroupSequentialTest()

  @Test func theFewestLostThatFail() {
    #expect((0...6).map(test.fewestLostThatFail) == [8, 11, 13, 15, 17, 19, 21])
  }

  @Test func theMostLostThatPass() {
    let most = { count in (0...2).map { test.mostLostThatPass(gained: $0, of: count) } }
    #expect(most(60) == [1, 1, 2])
    #expect(most(120) == [5, 5, 6])
    #expect(most(180) == [9, 10, 11])
    // z² (1 − margin) / margin: fewer pairs exclude no drop of ten points, whatever comes out.
    #expect(test.mostLostThatPass(gained: 0, of: 37) == nil)
    #expect(test.mostLostThatPass(gained: 0, of: 38) == 0)
  }

  /// How the test ends at a churn: nothing changed, and fallen by ten points besides.
  struct Characteristic: Sendable, CustomTestStringConvertible {
    let churn: Double
    let falseFail: Double
    let falseUndecided: Double
    let unchangedPairs: Double
    let fail: Double
    let pass: Double
    let fallenPairs: Double
    var testDescription: String { "churn \(churn)" }
  }

  /// To three digits and whole pairs, from an independent enumeration in integer arithmetic.
  static let characteristics = [
    Characteristic(
      churn: 0, falseFail: 0, falseUndecided: 0, unchangedPairs: 60, fail: 0.974, pass: 0.026,
      fallenPairs: 108),
    Characteristic(
      churn: 0.05, falseFail: 0.001, falseUndecided: 0, unchangedPairs: 81, fail: 0.955,
      pass: 0.045, fallenPairs: 146),
    Characteristic(
      churn: 0.10, falseFail: 0.005, falseUndecided: 0, unchangedPairs: 100, fail: 0.925,
      pass: 0.058, fallenPairs: 180),
    Characteristic(
      churn: 0.14, falseFail: 0.007, falseUndecided: 0, unchangedPairs: 114, fail: 0.878,
      pass: 0.061, fallenPairs: 203),
    Characteristic(
      churn: 0.20, falseFail: 0.009, falseUndecided: 0.008, unchangedPairs: 136, fail: 0.788,
      pass: 0.062, fallenPairs: 230),
  ]

  @Test(arguments: characteristics) func exactErrorRates(known: Characteristic) {
    let same = test.outcomes(loss: known.churn / 2, gain: known.churn / 2)
    #expect(abs(same.fail - known.falseFail) < 0.0006)
    #expect(abs(same.undecided - known.falseUndecided) < 0.0006)
    #expect(abs(same.meanPairs - known.unchangedPairs) < 0.6)
    let fallen = test.outcomes(loss: known.churn / 2 + 0.1, gain: known.churn / 2)
    #expect(abs(fallen.fail - known.fail) < 0.0006)
    #expect(abs(fallen.pass - known.pass) < 0.0006)
    #expect(abs(fallen.meanPairs - known.fallenPairs) < 0.6)
    for outcomes in [same, fallen] {
      #expect(abs(outcomes.fail + outcomes.pass + outcomes.undecided - 1) < 1e-6)
    }
  }

  @Test func noChurnMakesMoreThanOnePercentOfFalseAlarms() {
    for churn in stride(from: 0.02, through: 0.4, by: 0.02) {
      #expect(test.outcomes(loss: churn / 2, gain: churn / 2).fail <= 0.01, "churn \(churn)")
    }
  }

  @Test func aDropOfTenPointsIsCaughtUpToAChurnOfTwelvePercent() {
    for churn in stride(from: 0.0, through: 0.12, by: 0.02) {
      #expect(test.outcomes(loss: churn / 2 + 0.1, gain: churn / 2).fail >= 0.9, "churn \(churn)")
    }
  }

  /// Ten thousand runs drawn pair by pair, which know nothing of convolutions.
  @Test(arguments: [0.0, 0.05, 0.10, 0.20, 0.40], [0.0, 0.1])
  func simulationAgreesWithEnumeration(churn: Double, drop: Double) {
    let (loss, gain) = (churn / 2 + drop, churn / 2)
    let runs = 10_000
    var random = SplitMix(state: UInt64(1000 * churn) + UInt64(10 * drop) << 32)
    var ends: [GroupSequentialTest.Decision: Int] = [:]
    var pairs = 0
    for _ in 0..<runs {
      var counts = PairedCounts()
      var decision = GroupSequentialTest.Decision.undecided
      for look in test.looks {
        while counts.count < look {
          let draw = random.uniform()
          if draw < loss {
            counts.lost += 1
          } else if draw < loss + gain {
            counts.gained += 1
          } else {
            counts.bothSucceeded += 1
          }
        }
        decision = test.decision(on: counts)
        if decision != .undecided { break }
      }
      ends[decision, default: 0] += 1
      pairs += counts.count
    }
    let exact = test.outcomes(loss: loss, gain: gain)
    // Five standard errors: one false alarm in a million.
    func tolerance(_ p: Double) -> Double {
      5 * (p * (1 - p) / Double(runs)).squareRoot() + 1e-3
    }
    func share(_ decision: GroupSequentialTest.Decision) -> Double {
      Double(ends[decision] ?? 0) / Double(runs)
    }
    #expect(abs(share(.fail) - exact.fail) < tolerance(exact.fail))
    #expect(abs(share(.pass) - exact.pass) < tolerance(exact.pass))
    #expect(abs(Double(pairs) / Double(runs) - exact.meanPairs) < 6)
  }

  @Test func sharingMakesEachPolicyStricter() {
    let shared = test.shared(among: 3)
    #expect(abs(shared.harmLevel - 0.0009) < 1e-12)
    #expect(shared.fewestLostThatFail(gained: 0) == 10)
    #expect(test.shared(among: 0) == test)
  }

  /// One lost pair more than nothing cannot be seen; the drop that is seen nine times in ten fails so often.
  @Test(arguments: [60, 120, 360]) func theVisibleDropHasItsPower(count: Int) throws {
    let once = test.looking(at: [count])
    let drop = try #require(once.visibleDrop(churn: 0.05, power: 0.9))
    #expect(once.outcomes(loss: 0.025 + drop, gain: 0.025).fail >= 0.9)
    #expect(once.outcomes(loss: 0.025 + drop - 0.001, gain: 0.025).fail < 0.9)
  }

  @Test func tooFewPairsSeeNothing() {
    #expect(test.looking(at: [7]).visibleDrop(churn: 0, power: 0.9) == nil)
    #expect(test.looking(at: [8]).visibleDrop(churn: 0, power: 0.9) != nil)
  }
}

@Suite struct HolmProcedureTests {
  /// The worked example of R's `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
  @Test func agreesWithR() {
    let adjusted = HolmProcedure.adjusted([0.01, 0.04, 0.03, 0.005])
    for (value, known) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - known) < 1e-12)
    }
    #expect(HolmProcedure.adjusted([]).isEmpty)
    #expect(HolmProcedure.adjusted([0.6, 0.9]) == [1, 1])
  }
}

/// Vigna's splitmix64.
private struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
  }
}
