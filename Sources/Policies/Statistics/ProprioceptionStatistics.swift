/// How a dataset's proprioception is spread: what normalizes a robot's state for an OpenVLA-OFT checkpoint or a diffusion policy.
///
/// The layout of `proprio` in `dataset_statistics.json` and `norm_stats`, as far as it is used.
public struct ProprioceptionStatistics: Hashable, Sendable, Codable {
  /// 1st percentile.
  public var q01: [Double]
  /// 99th percentile.
  public var q99: [Double]
  /// Which numbers are scaled; absent means all.
  public var mask: [Bool]?

  /// A number that is spread by less than this is left as it is: there would be nothing but noise to scale.
  private static let leastSpread = 1e-3

  /// The statistics of states.
  ///
  /// - Precondition: `states` is not empty.
  public init(of states: [[Double]]) {
    let spread = ActionStatistics(of: states, mask: states[0].map { _ in true })
    (q01, q99) = (spread.q01, spread.q99)
    mask = zip(q01, q99).map { $1 - $0 >= Self.leastSpread }
  }

  /// The state in [−1, 1], as the published `normalize_proprio` makes it; numbers without a mask are clamped alone.
  ///
  /// - Precondition: `state` is as long as the statistics.
  public func normalized(_ state: [Double]) -> [Double] {
    state.indices.map { index in
      let scaled =
        mask?[index] ?? true
        ? 2 * (state[index] - q01[index]) / (q99[index] - q01[index] + 1e-8) - 1 : state[index]
      return min(1, max(-1, scaled))
    }
  }

  /// What is wrong with statistics for states of `count` numbers, nil where nothing is.
  func flaw(count: Int) -> String? {
    Bounds(low: q01, high: q99, mask: mask)
      .flaw(count: count, of: "the network takes", prefix: "proprio.")
  }
}
