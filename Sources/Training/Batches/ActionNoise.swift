import RandomNumbers

/// Blurs the action tokens that a model reads back while it learns to say the next.
///
/// The expert rises with exactly (0, 0) across the table and descends with small corrections: who reads the expert's own
/// x and y knows whether it rises without a look at the picture, and when acting takes its own doubtful x for knowledge.
/// Blurred tokens tell the coarse motion only. (Compare scheduled sampling: Bengio and others, 2015.)
public struct ActionNoise {
  private var source: RandomStream
  private let deviation: Double
  private let tokens: Range<Int>

  /// This share of tokens is drawn anew from all.
  private static let anyShare = 0.2

  /// - Parameters:
  ///   - deviation: How far tokens are off [bins].
  ///   - tokens: The ids that stand for actions.
  public init(source: RandomStream, deviation: Double, tokens: Range<Int>) {
    self.source = source
    self.deviation = deviation
    self.tokens = tokens
  }

  mutating func blurred(_ token: Int) -> Int {
    if source.chance(Self.anyShare) {
      return tokens.lowerBound + source.integer(below: tokens.count)
    }
    let step = Int(source.normal(standardDeviation: deviation).rounded())
    return min(tokens.upperBound - 1, max(tokens.lowerBound, token + step))
  }
}
