import Geometry

/// What a model says before it acts.
public enum Grounding: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing: seven action tokens, as published.
  case none
  /// Four location tokens first: where the subgoal is in the image (u, v), then where the gripper is (u, v).
  ///
  /// A chain of thought in the sense of Zawalski et al. 2024 (Embodied Chain-of-Thought, arXiv:2407.08693). It departs
  /// from the published model; every arm that is compared with such a model has it too.
  case point

  /// The same, and then how the hand stands to the subgoal: what is left to turn, how far it is above, what the fingers are
  /// (`HandState.fractions`), in the same bins.
  case pose

  /// How many tokens come before the action.
  public var tokenCount: Int { placeTokenCount + handTokenCount }
  /// How many of them are places in the image.
  public var placeTokenCount: Int { self == .none ? 0 : 4 }
  /// How many of them say how the hand stands.
  public var handTokenCount: Int { self == .pose ? 3 : 0 }
}

/// Places in the image as tokens: each of the two fractions in [0, 1] in equal bins.
public struct LocationTokenizer: Hashable, Sendable {
  /// The id of bin 0; bin i has `firstToken + i`.
  public let firstToken: Int
  public let binCount: Int

  public init(firstToken: Int, binCount: Int) {
    self.firstToken = firstToken
    self.binCount = binCount
  }

  /// The ids of all bins, in order.
  public var tokens: Range<Int> { firstToken..<firstToken + binCount }

  /// The pieces that stand for bins in a tokenizer.
  public static func pieces(binCount: Int) -> [String] {
    (0..<binCount).map { "<loc\($0)>" }
  }

  /// The two tokens (u, v) of a point; points outside the image are clamped to its edge.
  public func tokens(for point: Vector2) -> [Int] {
    tokens(for: [point.x, point.y])
  }

  /// The ids of fractions; those outside [0, 1] are clamped.
  public func tokens(for fractions: [Double]) -> [Int] {
    fractions.map { fraction in
      firstToken + min(binCount - 1, max(0, Int((fraction * Double(binCount)).rounded(.down))))
    }
  }

  /// The centre of the bins of two tokens; nil where one is no location.
  public func point(of tokens: [Int]) -> Vector2? {
    guard tokens.count == 2, let fractions = fractions(of: tokens) else { return nil }
    return Vector2(fractions[0], fractions[1])
  }

  /// The centres of the bins of tokens, in (0, 1); nil where one is no location.
  public func fractions(of tokens: [Int]) -> [Double]? {
    let bins = tokens.map { $0 - firstToken }
    guard bins.allSatisfy((0..<binCount).contains) else { return nil }
    return bins.map { (Double($0) + 0.5) / Double(binCount) }
  }
}
