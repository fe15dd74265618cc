import Testing

@testable import Statistics

@Suite struct DropDetectionTests {
  /// Another enumeration, by lost and gained pairs, which knows nothing of how many differ.
  private static func enumeratedPower(_ loss: Double, _ gain: Double, _ level: Double, _ count: Int)
    -> Double
  {
    var power = 0.0
    for lost in 0...count {
      let losses = BinomialDistribution(trials: count, probability: loss).mass(lost)
      let gains = BinomialDistribution(trials: count - lost, probability: gain / (1 - loss))
      for gained in 0...(count - lost)
      where PairedCounts(gained: gained, lost: lost).harmMidP <= level {
        power += losses * gains.mass(gained)
      }
    }
    return power
  }

  @Test(arguments: [(0.1, 0.0), (0.125, 0.025), (0.2, 0.1), (0.3, 0.3)], [1, 17, 60])
  func powerAgreesWithEnumeration(pairs: (loss: Double, gain: Double), count: Int) {
    let detection = DropDetection(loss: pairs.loss, gain: pairs.gain, level: 0.01)
    let known = Self.enumeratedPower(pairs.loss, pairs.gain, 0.01, count)
    #expect(abs(detection.power(pairs: count) - known) < 1e-9)
  }

  /// A drop of ten points nine times in ten at the level of 1 %, in whole rounds of six tasks.
  @Test(arguments: [(0.0, 96), (0.05, 174), (0.10, 246), (0.20, 384)])
  func theFewestPairsForADropOfTenPoints(churn: Double, rounds: Int) throws {
    let detection = DropDetection(loss: churn / 2 + 0.1, gain: churn / 2, level: 0.01)
    let fewest = try #require(detection.fewestPairs(power: 0.9))
    #expect((rounds - 6...rounds).contains(fewest), "\(fewest)")
    #expect(detection.power(pairs: fewest) >= 0.9)
    #expect(detection.power(pairs: fewest - 1) < 0.9)
  }

  @Test func whatCannotBeToldHasNoNumber() {
    #expect(DropDetection(loss: 0.1, gain: 0.1, level: 0.01).fewestPairs(power: 0.9) == nil)
    #expect(DropDetection(loss: 0, gain: 0, level: 0.01).power(pairs: 100) == 0)
    let slight = DropDetection(loss: 0.101, gain: 0.1, level: 0.01)
    #expect(slight.fewestPairs(power: 0.9, atMost: 1000) == nil)
  }

  @Test(arguments: [0.5, 0.43, 0.05, 1.0], [0.07, 0.02])
  func trialsReachTheirHalfWidth(rate: Double, halfWidth: Double) {
    let count = Proportion.trials(rate: rate, halfWidth: halfWidth, confidence: 0.95)
    func reached(_ count: Int) -> Double {
      // A rate between two counts, so that the formula is judged and not the rounding.
      let interval = Proportion(successes: Int((rate * Double(count)).rounded()), of: count)
        .wilsonInterval(confidence: 0.95)
      return interval.width / 2
    }
    #expect(reached(count) <= halfWidth + 0.002)
    #expect(reached(count * 9 / 10) > halfWidth - 0.002)
    if rate == 0.5, halfWidth == 0.07 { #expect(count == 193) }
  }
}
