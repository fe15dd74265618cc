/// A paired test of "has a success rate fallen?" that looks several times and stops when it can answer.
///
/// At each look, in this order:
/// - **fail** where the one-sided mid-p value of McNemar's test is at most `harmLevel`: the loss is beyond
///   chance;
/// - **pass** where Tango's one-sided lower bound of the change at `passConfidence` lies above −`margin`:
///   the rate has not fallen by the margin (a non-inferiority test);
/// - otherwise it goes on, and after the last look it is **undecided**.
///
/// `harmLevel` is the level of a single look. With the default looks the whole test calls an unchanged
/// policy worse in less than 1 % of runs at any share of differing pairs up to 0.4
/// (``outcomes(loss:gain:)`` says so by exact enumeration).
public struct GroupSequentialTest: Hashable, Sendable {
  public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    case fail
    case pass
    case undecided
  }

  /// The numbers of pairs at which it looks, rising.
  public let looks: [Int]
  /// The drop that must be excluded to pass, as a rate.
  public let margin: Double
  /// The largest one-sided mid-p value that fails.
  public let harmLevel: Double
  /// The confidence of the one-sided bound that passes.
  public let passConfidence: Double

  /// Six looks, 60 pairs apart.
  public static let defaultLooks = Array(stride(from: 60, through: 360, by: 60))

  /// - Precondition: looks rise and are positive; margin, level and confidence lie in (0, 1).
  public init(
    looks: [Int] = defaultLooks, margin: Double = 0.10, harmLevel: Double = 0.0027,
    passConfidence: Double = 0.98
  ) {
    precondition(
      looks.first.map { $0 > 0 } ?? false && zip(looks, looks.dropFirst()).allSatisfy { $0 < $1 },
      "looks at \(looks) pairs do not rise")
    for rate in [margin, harmLevel, passConfidence] {
      precondition(rate > 0 && rate < 1, "\(rate) lies outside (0, 1)")
    }
    self.looks = looks
    self.margin = margin
    self.harmLevel = harmLevel
    self.passConfidence = passConfidence
  }

  /// What the pairs so far say.
  public func decision(on pairs: PairedCounts) -> Decision {
    if pairs.harmMidP <= harmLevel { return .fail }
    if pairs.scoreExcludes(drop: margin, confidence: passConfidence) { return .pass }
    return .undecided
  }

  /// The test for each of several policies, such that all together call an unchanged one worse as seldom
  /// as this test does one.
  public func shared(among policies: Int) -> GroupSequentialTest {
    GroupSequentialTest(
      looks: looks, margin: margin, harmLevel: harmLevel / Double(max(1, policies)),
      passConfidence: passConfidence)
  }

  /// The same rules with other looks.
  public func looking(at looks: [Int]) -> GroupSequentialTest {
    GroupSequentialTest(
      looks: looks, margin: margin, harmLevel: harmLevel, passConfidence: passConfidence)
  }

  // MARK: - Boundaries

  /// The fewest lost pairs that fail beside `gained`.
  public func fewestLostThatFail(gained: Int) -> Int {
    var lost = gained
    while PairedCounts(gained: gained, lost: lost).harmMidP > harmLevel { lost += 1 }
    return lost
  }

  /// The most lost pairs of `count` beside `gained` for which the bound passes; nil where not even none does.
  ///
  /// A test that has failed before does not come to ask.
  public func mostLostThatPass(gained: Int, of count: Int) -> Int? {
    (0...max(0, count - gained)).last { lost in
      PairedCounts(gained: gained, lost: lost, bothFailed: count - gained - lost)
        .scoreExcludes(drop: margin, confidence: passConfidence)
    }
  }
}

extension GroupSequentialTest: Codable {
  private enum CodingKeys: String, CodingKey {
    case looks, margin
    case harmLevel = "harm_level"
    case passConfidence = "pass_confidence"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let looks = try values.decode([Int].self, forKey: .looks)
    guard looks.first.map({ $0 > 0 }) ?? false,
      zip(looks, looks.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .looks, in: values, debugDescription: "positive numbers that rise are needed")
    }
    func rate(_ key: CodingKeys) throws -> Double {
      let value = try values.decode(Double.self, forKey: key)
      guard value > 0, value < 1 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "a number between 0 and 1 is needed")
      }
      return value
    }
    self.init(
      looks: looks, margin: try rate(.margin), harmLevel: try rate(.harmLevel),
      passConfidence: try rate(.passConfidence))
  }
}
