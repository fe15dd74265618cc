import Foundation
import Torch

/// Targets some of which are bins of a scale, such as places in an image.
///
/// Cross-entropy knows right and wrong alone: to it the neighbouring bin is as wrong as the farthest. Here each bin's
/// probability is spread over its neighbours by a normal distribution, which is cross-entropy against a soft target,
/// and the likeliest bin stays the right one.
public struct ScaledTargets {
  private let scale: Range<Int>
  /// Which targets are bins, `[M]`.
  private let rows: Tensor
  /// What each bin's target spreads to, `[M, bins]`, rows sum to 1.
  private let spread: Tensor
  /// The weight of each bin among the targets, `[M]`.
  private let binWeights: Tensor
  /// The weights of all targets, 0 for bins, `[N]`.
  private let otherWeights: Tensor
  private let totalWeight: Double

  /// - Parameters:
  ///   - targets: Tokens, N of them.
  ///   - scale: The tokens that are bins, in order.
  ///   - weights: As many as targets.
  /// - Returns: nil where no target is a bin.
  init?(_ targets: [Int], scale: Range<Int>, weights: [Float]) {
    let bins = targets.indices.filter { scale.contains(targets[$0]) }
    guard !bins.isEmpty else { return nil }
    self.scale = scale
    rows = Tensor(bins)
    spread = Self.spread(bins.map { targets[$0] - scale.lowerBound }, count: scale.count)
    binWeights = Tensor(bins.map { weights[$0] })
    otherWeights = Tensor(
      targets.indices.map { scale.contains(targets[$0]) ? 0 : weights[$0] })
    totalWeight = Double(weights.reduce(0, +))
  }

  /// The weighted mean over all targets, from their logits `[N, vocabulary]`.
  func loss(of logits: Tensor, targets: Tensor) -> Tensor {
    let device = logits.device
    let others = (logits.crossEntropyEach(targets) * otherWeights.to(device)).sum()
    let logProbabilities = logits.rows(rows.to(device)).logSoftmax().narrowed(1, scale)
    let bins = (logProbabilities * spread.to(device)).sum([1]) * binWeights.to(device)
    return (others - bins.sum()) / totalWeight
  }

  /// The standard deviation of a bin's spread, in bins.
  private static let deviation = 1.5

  /// Distributions over `count` bins around each of `bins`, `[bins, count]`.
  public static func spread(_ bins: [Int], count: Int) -> Tensor {
    let reach = 5
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
