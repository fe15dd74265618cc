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

  /// - Returns: nil for fewer than two clusters, and for means that are all the same: neither says how far others spread.
  public init?(_ clusters: [[Double]]) {
    let filled = clusters.filter { !$0.isEmpty }
    guard filled.count > 1 else { return nil }
    let means = filled.map { $0.reduce(0, +) / Double($0.count) }
    let k = Double(means.count)
    let mean = means.reduce(0, +) / k
    let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (k - 1)
    guard spread > 0 else { return nil }
    let values = filled.flatMap { $0 }
    let n = Double(values.count)
    let center = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / n
    self.clusters = means.count
    count = values.count
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
