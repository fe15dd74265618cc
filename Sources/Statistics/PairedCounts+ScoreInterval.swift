/// The score interval of a paired difference of proportions.
extension PairedCounts {
  /// Tango's two-sided score interval of the change, candidate minus baseline.
  ///
  /// Tango 1998, Statistics in Medicine 17:891–908: the changes that a score test on the constrained
  /// maximum likelihood estimate does not reject. It stays inside [−1, 1] and has positive width
  /// without a single differing pair. [−1, 1] when there are no pairs.
  public func scoreInterval(confidence: Double) -> Interval {
    let tail = (1 - confidence) / 2
    return Interval(
      lower: scoreLowerBound(confidence: 1 - tail), upper: scoreUpperBound(confidence: 1 - tail))
  }

  /// The one-sided lower bound of the change: the end of a non-inferiority test at 1 − `confidence`.
  public func scoreLowerBound(confidence: Double) -> Double {
    if count == 0 || lost == count { return -1 }
    let z = NormalDistribution.quantile(confidence)
    return bisect(from: -1, to: 1) { scoreStatistic(change: $0) > z }
  }

  /// The one-sided upper bound of the change.
  public func scoreUpperBound(confidence: Double) -> Double {
    if count == 0 || gained == count { return 1 }
    let z = NormalDistribution.quantile(confidence)
    return bisect(from: -1, to: 1) { scoreStatistic(change: $0) > -z }
  }

  /// Whether the one-sided lower bound of the change lies above −`drop`.
  public func scoreExcludes(drop: Double, confidence: Double) -> Bool {
    if count == 0 { return false }
    return scoreStatistic(change: -drop) > NormalDistribution.quantile(confidence)
  }

  /// Tango's score statistic for the hypothesis that the true change is `change`, in (−1, 1).
  ///
  /// Standard normal under the hypothesis and falling in `change`.
  func scoreStatistic(change: Double) -> Double {
    let n = Double(count)
    let losses = constrainedLossProbability(change: change)
    let numerator = Double(gained - lost) - n * change
    let variance = n * (2 * losses + change * (1 - change))
    if variance <= 0 {
      return numerator == 0 ? 0 : (numerator > 0 ? .infinity : -.infinity)
    }
    return numerator / variance.squareRoot()
  }

  /// The maximum likelihood estimate of P(lost) when P(gained) − P(lost) is held at `change`:
  /// the larger root of 2n q² + B q + C = 0.
  private func constrainedLossProbability(change: Double) -> Double {
    let n = Double(count)
    let b = -Double(discordant) + (2 * n - Double(gained - lost)) * change
    let c = -Double(lost) * change * (1 - change)
    let discriminant = max(0, b * b - 8 * n * c)
    let root = discriminant.squareRoot()
    // The form without cancellation: −b + root loses all digits when b is large and positive.
    let estimate = b > 0 ? -2 * c / (b + root) : (root - b) / (4 * n)
    return max(estimate, max(0, -change))
  }
}
