import Foundation
import Testing

@testable import Statistics

/// Airway hyper-responsiveness before and after transplantation.
///
/// Bentur et al. 2009, the worked example of Fagerland, Lydersen and Laake 2013.
private let bentur = PairedCounts(bothSucceeded: 1, gained: 1, lost: 7, bothFailed: 12)

/// Complete response before and after consolidation therapy.
///
/// Cavo et al. 2012, with the results that Fagerland, Lydersen and Laake's R package contingencytables
/// checks in its tests.
private let cavo = PairedCounts(bothSucceeded: 59, gained: 6, lost: 16, bothFailed: 80)

@Suite struct McNemarTests {
  @Test func publishedExample() {
    #expect(abs(bentur.midMcNemarP - 0.0391) < 0.00005)
    #expect(abs(cavo.midMcNemarP - 0.034690) < 0.0000005)
  }

  /// Sums over Pascal's triangle instead of the incomplete beta function.
  @Test(arguments: 0...30) func agreesWithIntegerSums(differing: Int) {
    var row = [1.0]
    for _ in 0..<differing {
      row = zip([0] + row, row + [0]).map { ($0 + $1) / 2 }
    }
    for gained in 0...differing {
      let pairs = PairedCounts(gained: gained, lost: differing - gained, bothFailed: 5)
      let observed = abs(2 * gained - differing)
      let asExtreme = row.indices.filter { abs(2 * $0 - differing) == observed }
      let moreExtreme = row.indices.filter { abs(2 * $0 - differing) > observed }
      let equal = asExtreme.reduce(0) { $0 + row[$1] }
      let beyond = moreExtreme.reduce(0) { $0 + row[$1] }
      if differing > 0 {
        #expect(abs(pairs.midMcNemarP - (equal / 2 + beyond)) < 1e-12)
      }
      let fewer = row[0..<gained].reduce(0, +)
      #expect(abs(pairs.harmMidP - (differing == 0 ? 1 : fewer + row[gained] / 2)) < 1e-12)
    }
  }

  @Test func noDifferenceIsNoEvidence() {
    let same = PairedCounts(bothSucceeded: 20, bothFailed: 30)
    #expect(same.midMcNemarP == 1)
    #expect(same.harmMidP == 1)
  }
}

@Suite struct ScoreIntervalTests {
  @Test func agreesWithPublishedValues() {
    let interval = cavo.scoreInterval(confidence: 0.95)
    #expect(abs(interval.lower + 0.1240) < 0.00006)
    #expect(abs(interval.upper + 0.0054) < 0.00006)
  }

  /// With no differing pair Tango's limits are ±z²/(n + z²).
  @Test(arguments: [1, 10, 52, 300]) func noDifferenceHasAClosedForm(count: Int) {
    let interval = PairedCounts(bothSucceeded: count).scoreInterval(confidence: 0.95)
    let z = NormalDistribution.quantile(0.975)
    #expect(abs(interval.upper - z * z / (Double(count) + z * z)) < 1e-9)
    #expect(abs(interval.lower + interval.upper) < 1e-9)
  }

  @Test func exchangingTheArmsMirrorsTheInterval() {
    for gained in 0...8 {
      for lost in 0...(8 - gained) {
        let forth = PairedCounts(gained: gained, lost: lost, bothFailed: 8 - gained - lost)
        let back = PairedCounts(gained: lost, lost: gained, bothFailed: 8 - gained - lost)
        let (a, b) = (
          forth.scoreInterval(confidence: 0.9), back.scoreInterval(confidence: 0.9)
        )
        #expect(abs(a.lower + b.upper) < 1e-9)
        #expect(abs(a.upper + b.lower) < 1e-9)
        #expect(a.contains(forth.change))
      }
    }
  }

  @Test func aDropIsExcludedWhereTheBoundLiesAboveIt() {
    for lost in 0...12 {
      for gained in 0...12 {
        let pairs = PairedCounts(gained: gained, lost: lost, bothFailed: 60 - lost - gained)
        let bound = pairs.scoreLowerBound(confidence: 0.98)
        #expect(pairs.scoreExcludes(drop: 0.1, confidence: 0.98) == (bound > -0.1))
      }
    }
    #expect(!PairedCounts().scoreExcludes(drop: 0.1, confidence: 0.98))
  }

  @Test func everyPairLostReachesMinusOne() {
    let interval = PairedCounts(lost: 9).scoreInterval(confidence: 0.95)
    #expect(interval.lower == -1)
    #expect(interval.upper < -0.2)
    #expect(PairedCounts().scoreInterval(confidence: 0.95) == Interval(lower: -1, upper: 1))
  }

  /// The constrained likelihood maximized by golden-section search instead of the quadratic formula.
  private func slowStatistic(_ pairs: PairedCounts, change: Double) -> Double {
    let same = Double(pairs.bothSucceeded + pairs.bothFailed)
    func logLikelihood(_ losses: Double) -> Double {
      func term(_ count: Double, _ probability: Double) -> Double {
        count == 0 ? 0 : (probability > 0 ? count * log(probability) : -.infinity)
      }
      return term(Double(pairs.lost), losses) + term(Double(pairs.gained), losses + change)
        + term(same, 1 - 2 * losses - change)
    }
    var (low, high) = (max(0, -change), (1 - change) / 2)
    let golden = (5.0.squareRoot() - 1) / 2
    for _ in 0..<200 {
      let left = high - golden * (high - low)
      let right = low + golden * (high - low)
      if logLikelihood(left) >= logLikelihood(right) { high = right } else { low = left }
    }
    let losses = (low + high) / 2
    let n = Double(pairs.count)
    return (Double(pairs.gained - pairs.lost) - n * change)
      / (n * (2 * losses + change * (1 - change))).squareRoot()
  }

  @Test func statisticAgreesWithDirectMaximization() {
    for pairs in [
      bentur, cavo, PairedCounts(bothSucceeded: 20, gained: 12, lost: 2, bothFailed: 16),
      PairedCounts(bothSucceeded: 3, gained: 0, lost: 4, bothFailed: 10),
      PairedCounts(bothSucceeded: 80, gained: 5, lost: 5, bothFailed: 10),
    ] {
      for change in stride(from: -0.9, through: 0.9, by: 0.15) {
        let slow = slowStatistic(pairs, change: change)
        #expect(abs(pairs.scoreStatistic(change: change) - slow) < 1e-5 * max(1, abs(slow)))
      }
    }
  }

  /// Coverage by enumeration of all tables of `count` pairs.
  @Test(arguments: [10, 20, 30, 50]) func coversAboutAsPromised(count: Int) {
    var intervals: [[Interval]] = []
    for gained in 0...count {
      intervals.append(
        (0...(count - gained)).map { lost in
          PairedCounts(gained: gained, lost: lost, bothFailed: count - gained - lost)
            .scoreInterval(confidence: 0.95)
        })
    }
    var coverages: [Double] = []
    for gain in [0.02, 0.05, 0.1, 0.2, 0.35] {
      for loss in [0.02, 0.05, 0.1, 0.2, 0.35] {
        var coverage = 0.0
        let gains = BinomialDistribution(trials: count, probability: gain)
        for gained in 0...count {
          let losses = BinomialDistribution(
            trials: count - gained, probability: loss / (1 - gain))
          for lost in 0...(count - gained)
          where intervals[gained][lost].contains(gain - loss) {
            coverage += gains.mass(gained) * losses.mass(lost)
          }
        }
        coverages.append(coverage)
      }
    }
    let mean = coverages.reduce(0, +) / Double(coverages.count)
    // Conservative where hardly any pair differs.
    #expect((0.94...0.985).contains(mean))
    #expect(coverages.allSatisfy { $0 > 0.90 })
  }
}

@Suite struct PairedSampleSizeTests {
  /// n ≈ 6.18 ψ / Δ² at a one-sided error rate of 5 % and 80 % power.
  static let planned: [(discordance: Double, margin: Double, pairs: Int)] = [
    (0.02, 0.02, 310), (0.05, 0.03, 344), (0.10, 0.05, 248), (0.20, 0.05, 495), (0.30, 0.10, 186),
  ]

  @Test(arguments: planned)
  func agreesWithTheNormalFormula(discordance: Double, margin: Double, pairs: Int) {
    let planned = PairedSampleSize.pairs(
      discordance: discordance, change: 0, distance: margin, alpha: 0.05, power: 0.8)
    #expect(abs(planned - pairs) <= 1)
  }

  @Test func withoutDifferencesTheScoreBoundDecides() {
    let needed = PairedSampleSize.pairs(
      discordance: 0, change: 0, distance: 0.05, alpha: 0.05, power: 0.8)
    #expect(needed == 52)
    let bound = { PairedCounts(bothFailed: $0).scoreLowerBound(confidence: 0.95) }
    #expect(bound(needed) > -0.05)
    #expect(bound(needed - 1) <= -0.05)
  }
}
