import Foundation
import Torch

/// Tokens that are the bins of a scale, in order, and how far a target on it is spread over its neighbours.
public struct TokenScale: Hashable, Sendable {
  public var tokens: Range<Int>
  /// The standard deviation of a bin's spread [bins], above 0.
  public var deviation: Double

  /// How far places in the image are spread [bins].
  public static let placeDeviation = 1.5

  public init(_ tokens: Range<Int>, deviation: Double = Self.placeDeviation) {
    self.tokens = tokens
    self.deviation = deviation
  }
}

/// Targets some of which are bins of a scale, such as places in an image.
///
/// Cross-entropy knows right and wrong alone: to it the neighbouring bin is as wrong as the farthest. Here each bin's
/// probability is spread over its neighbours by a normal distribution, which is cross-entropy against a soft target,
/// and the likeliest bin stays the right one.
public struct ScaledTargets {
  private let parts: [Part]
  /// The weights of all targets, 0 for bins, `[N]`.
  private let otherWeights: Tensor
  private let totalWeight: Double

  /// The targets on one scale.
  private struct Part {
    let tokens: Range<Int>
    /// Which targets are bins, `[M]`.
    let rows: Tensor
    /// What each bin's target spreads to, `[M, bins]`, rows sum to 1.
    let spread: Tensor
    /// The weight of each bin among the targets, `[M]`.
    let weights: Tensor
  }

  /// - Parameters:
  ///   - targets: Tokens, N of them.
  ///   - scales: The tokens that are bins; no token is on two.
  ///   - weights: As many as targets.
  /// - Returns: nil where no target is a bin.
  init?(_ targets: [Int], scales: [TokenScale], weights: [Float]) {
    parts = scales.compactMap { scale in
      let bins = targets.indices.filter { scale.tokens.contains(targets[$0]) }
      guard !bins.isEmpty else { return nil }
      return Part(
        tokens: scale.tokens, rows: Tensor(bins),
        spread: Self.spread(
          bins.map { targets[$0] - scale.tokens.lowerBound }, count: scale.tokens.count,
          deviation: scale.deviation),
        weights: Tensor(bins.map { weights[$0] }))
    }
    guard !parts.isEmpty else { return nil }
    otherWeights = Tensor(
      targets.indices.map { target in
        scales.contains { $0.tokens.contains(targets[target]) } ? 0 : weights[target]
      })
    totalWeight = Double(weights.reduce(0, +))
  }

  /// The weighted mean over all targets, from their logits `[N, vocabulary]`.
  func loss(of logits: Tensor, targets: Tensor) -> Tensor {
    let device = logits.device
    let others = (logits.crossEntropyEach(targets) * otherWeights.to(device)).sum()
    let sum = parts.reduce(others) { sum, part in
      let logProbabilities = logits.rows(part.rows.to(device)).logSoftmax()
        .narrowed(1, part.tokens)
      let bins = (logProbabilities * part.spread.to(device)).sum([1]) * part.weights.to(device)
      return sum - bins.sum()
    }
    return sum / totalWeight
  }

  /// Distributions over `count` bins around each of `bins`, `[bins, count]`.
  ///
  /// - Parameter deviation: The standard deviation of a bin's spread [bins].
  public static func spread(
    _ bins: [Int], count: Int, deviation: Double = TokenScale.placeDeviation
  ) -> Tensor {
    let reach = Int((deviation * 10 / 3).rounded(.up))
    var values = [Float](repeating: 0, count: bins.count * count)
    for (row, bin) in bins.enumerated() {
      let near = max(0, bin - reach)..<min(count, bin + reach + 1)
      let shares = near.map { other in
        let distance = Double(other - bin) / deviation
        return exp(-distance * distance / 2)
      }
      let sum = shares.reduce(0, +)
      for (other, share) in zip(near, shares) {
        values[row * count + other] = Float(share / sum)
      }
    }
    return Tensor(values, shape: [bins.count, count])
  }
}
