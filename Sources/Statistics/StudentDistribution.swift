import Foundation

/// Student's t distribution.
public struct StudentDistribution: Sendable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0, "a t distribution has no \(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The critical value of a two-sided interval: 2.571 for a confidence of 0.95 with 5 degrees of freedom.
  ///
  /// P(|T| > t) is the regularized incomplete beta function at ν / (ν + t²) with shapes ν/2 and 1/2.
  public func twoSidedCriticalValue(confidence: Double) -> Double {
    let x = BetaDistribution(alpha: degreesOfFreedom / 2, beta: 0.5).quantile(1 - confidence)
    return x <= 0 ? .infinity : (degreesOfFreedom * (1 - x) / x).squareRoot()
  }
}
