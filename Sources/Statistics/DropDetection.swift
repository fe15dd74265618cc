/// How many pairs a test at a fixed number of them needs to tell a drop of a success rate.
///
/// The test is the one-sided mid-p McNemar test. Powers are exact, summed over every table of pairs but those of a
/// probability below 1e-12: no normal approximation, which is far off where few pairs differ.
public struct DropDetection: Hashable, Sendable {
  /// The probability that a pair is lost, and that one is gained.
  public let loss: Double
  public let gain: Double
  /// The largest one-sided mid-p value that tells a drop.
  public let level: Double

  /// - Precondition: probabilities that add up to at most 1, a level in (0, 1).
  public init(loss: Double, gain: Double, level: Double) {
    precondition(
      loss >= 0 && gain >= 0 && loss + gain <= 1 + 1e-12,
      "no pairs are \(loss) lost, \(gain) gained")
    precondition(level > 0 && level < 1, "\(level) is no level of a test")
    (self.loss, self.gain, self.level) = (loss, gain, level)
  }

  /// The probability that the test tells the drop.
  ///
  /// The time grows with the square root of `pairs`.
  public func power(pairs: Int) -> Double {
    let differing = min(1, loss + gain)
    guard differing > 0 else { return 0 }
    let counts = BinomialDistribution(trials: pairs, probability: differing)
    let mean = (Double(pairs) * differing).rounded()
    var power = 0.0
    // Outward from the likeliest count, until the rest is negligible.
    for direction in [1, -1] {
      var count = Int(mean) + (direction > 0 ? 0 : -1)
      while (0...pairs).contains(count) {
        let mass = counts.mass(count)
        if mass < Self.negligible { break }
        power += mass * told(among: count)
        count += direction
      }
    }
    return power
  }

  /// The fewest pairs from which on the test tells the drop at least this often.
  ///
  /// Powers rise in a saw-tooth, since tables are whole numbers: the answer holds for the numbers after it too.
  ///
  /// - Returns: nil where `most` pairs do not suffice.
  public func fewestPairs(power: Double, atMost most: Int = 20_000) -> Int? {
    guard loss > gain, self.power(pairs: most) >= power else { return nil }
    var (few, enough) = (0, most)
    while enough - few > 1 {
      let middle = (few + enough) / 2
      if self.power(pairs: middle) >= power { enough = middle } else { few = middle }
    }
    var first = enough
    var count = enough
    while count < min(most, first + Self.tooth) {
      count += 1
      if self.power(pairs: count) < power { first = count + 1 }
    }
    return first
  }

  private static let negligible = 1e-12
  /// Longer than the teeth of the saw at the counts where they matter.
  private static let tooth = 12

  /// The probability that so many differing pairs hold enough lost ones.
  private func told(among differing: Int) -> Double {
    guard let fewest = fewestLost(among: differing) else { return 0 }
    let lost = BinomialDistribution(trials: differing, probability: loss / (loss + gain))
    return 1 - lost.cumulative(fewest - 1)
  }

  /// The fewest lost of so many differing pairs that tell a drop; nil where not even all do.
  private func fewestLost(among differing: Int) -> Int? {
    func isTold(_ lost: Int) -> Bool {
      PairedCounts(gained: differing - lost, lost: lost).harmMidP <= level
    }
    guard isTold(differing) else { return nil }
    var (few, enough) = (differing / 2 - 1, differing)
    while enough - few > 1 {
      let middle = (few + enough) / 2
      if isTold(middle) { enough = middle } else { few = middle }
    }
    return enough
  }
}

extension Proportion {
  /// How far Wilson's interval of a rate reaches to either side of its middle after so many trials.
  public static func halfWidth(rate: Double, trials: Int, confidence: Double) -> Double {
    let z = NormalDistribution.twoSidedCriticalValue(confidence: confidence)
    let n = Double(trials)
    return z / (n + z * z) * (n * rate * (1 - rate) + z * z / 4).squareRoot()
  }

  /// The fewest trials at which Wilson's interval of a rate reaches at most `halfWidth` to either side.
  ///
  /// - Precondition: a half-width in (0, 1).
  public static func trials(rate: Double, halfWidth: Double, confidence: Double) -> Int {
    precondition(halfWidth > 0 && halfWidth < 1, "\(halfWidth) is no half-width of a rate")
    func reached(_ trials: Int) -> Double {
      Self.halfWidth(rate: rate, trials: trials, confidence: confidence)
    }
    var enough = 1
    while reached(enough) > halfWidth { enough *= 2 }
    var few = enough / 2
    while enough - few > 1 {
      let middle = (few + enough) / 2
      if reached(middle) <= halfWidth { enough = middle } else { few = middle }
    }
    return enough
  }
}
