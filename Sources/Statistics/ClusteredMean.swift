import Foundation

/// The mean of values that come in clusters, such as outcomes by task, as a statement on clusters like these.
///
/// A pooled interval says how well the mean of *these* tasks is known. Other tasks would have other means; how much
/// other, only the spread of the task means says (Miller, *Adding Error Bars to Evals*, arXiv 2411.00640).
public struct ClusteredMean: Equatable, Hashable, Sendable {
  public let clusters: Int
  public let count: Int
  /// The mean of the cluster means.
  public let mean: Double
  /// The standard error of `mean`, from the spread of the cluster means alone.
  public let standardError: Double
  /// How many times as large the variance of the mean is as independent values would make it: so many times fewer
  /// episodes does a statement on tasks at large rest on.
  public let designEffect: Double

  /// What is needed of the values of a cluster.
  public struct Sums: Hashable, Sendable {
    public var count: Int
    public var sum: Double
    /// The sum of the squares.
    public var squares: Double

    public init(count: Int, sum: Double, squares: Double) {
      (self.count, self.sum, self.squares) = (count, sum, squares)
    }
  }

  /// - Returns: nil for fewer than two clusters, and for means that are all the same: neither says how far others spread.
  public init?(_ clusters: [[Double]]) {
    self.init(
      sums: clusters.map { values in
        Sums(
          count: values.count, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 })
      })
  }

  /// The same of clusters whose values are not at hand; exact for whole numbers.
  public init?(sums: [Sums]) {
    let filled = sums.filter { $0.count > 0 }
    guard filled.count > 1 else { return nil }
    let means = filled.map { $0.sum / Double($0.count) }
    let k = Double(means.count)
    let mean = means.reduce(0, +) / k
    let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (k - 1)
    guard spread > 0 else { return nil }
    count = filled.reduce(0) { $0 + $1.count }
    let n = Double(count)
    let center = filled.reduce(0) { $0 + $1.sum } / n
    let variance = filled.reduce(0) { $0 + $1.squares } / n - center * center
    self.clusters = means.count
    self.mean = mean
    standardError = (spread / k).squareRoot()
    designEffect = spread / k / (variance / n)
  }

  /// The t interval over the cluster means, within the values that a mean can have.
  public func interval(confidence: Double, within range: ClosedRange<Double>) -> Interval {
    let t = StudentDistribution(degreesOfFreedom: Double(clusters - 1))
      .twoSidedCriticalValue(confidence: confidence)
    return Interval(
      lower: max(range.lowerBound, mean - t * standardError),
      upper: min(range.upperBound, mean + t * standardError))
  }
}
