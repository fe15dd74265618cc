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

  /// How many tokens come before the action.
  public var tokenCount: Int { self == .point ? 4 : 0 }
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
    [point.x, point.y].map { fraction in
      firstToken + min(binCount - 1, max(0, Int((fraction * Double(binCount)).rounded(.down))))
    }
  }

  /// The centre of the bins of two tokens; nil where one is no location.
  public func point(of tokens: [Int]) -> Vector2? {
    let bins = tokens.map { $0 - firstToken }
    guard bins.count == 2, bins.allSatisfy((0..<binCount).contains) else { return nil }
    return Vector2(Double(bins[0]) + 0.5, Double(bins[1]) + 0.5) / Double(binCount)
  }
}
