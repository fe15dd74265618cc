import Statistics

/// How many episodes a question needs, from the exact chances of the tests that answer it.
public struct DetectionPlan: Sendable {
  /// How many pairs differ although nothing fell, which nobody knows before; a row for each guess.
  public enum Churn: Hashable, Sendable {
    /// This share of pairs, half of them each way.
    case share(Double)
    /// That of two policies whose outcomes have nothing to do with each other.
    case independent
    /// What two runs showed.
    case measured(Double)
  }

  public struct Row: Sendable {
    public let churn: Churn
    /// The share of pairs that differ besides the drop.
    public let share: Double
    /// Pairs of a test at a fixed number; nil where no realistic number suffices.
    public let fixedPairs: Int?
    /// How the gate of several looks ends when the policy has fallen, and when nothing has changed.
    public let fallen: GroupSequentialTest.Outcomes
    public let unchanged: GroupSequentialTest.Outcomes
  }

  /// The drop to be told, as a rate.
  public let drop: Double
  /// How often it shall be told.
  public let power: Double
  /// How often an unchanged policy may be called worse.
  public let level: Double
  /// What the policy solves now.
  public let rate: Double
  public let gate: GroupSequentialTest
  public let rows: [Row]
  /// To how much a rate alone shall be known, and the episodes that takes.
  public let halfWidth: Double
  public let rateEpisodes: Int

  /// - Parameters:
  ///   - churn: the churn that two runs showed; nil for the usual guesses alone.
  /// - Throws: `EvaluationError.impossibleDrop` where the policy does not solve as much as it shall lose.
  public init(
    drop: Double, rate: Double, churn: Double? = nil, power: Double = 0.9, level: Double = 0.01,
    halfWidth: Double = 0.07, gate: GroupSequentialTest = GroupSequentialTest()
  ) throws(EvaluationError) {
    guard rate >= drop else { throw .impossibleDrop(drop, rate: rate) }
    self.drop = drop
    self.power = power
    self.level = level
    self.rate = rate
    self.gate = gate
    self.halfWidth = halfWidth
    // At either end an interval is narrow only once the rate is known to lie there.
    rateEpisodes = Proportion.trials(
      rate: rate, halfWidth: halfWidth, confidence: RateText.confidence)
    let guesses: [Churn] =
      [0, 0.05, 0.1, 0.2].map { .share($0) } + [.independent]
      + (churn.map { [.measured($0)] } ?? [])
    rows = guesses.compactMap { churn in
      let (loss, gain) = Self.differing(churn, drop: drop, rate: rate)
      // More cannot be lost than is solved, nor gained than is not.
      guard loss <= rate + 1e-9, gain <= 1 - rate + 1e-9 else { return nil }
      return Row(
        churn: churn, share: 2 * gain,
        fixedPairs: DropDetection(loss: loss, gain: gain, level: level).fewestPairs(power: power),
        fallen: gate.outcomes(loss: loss, gain: gain),
        unchanged: gate.outcomes(loss: gain, gain: gain))
    }
  }

  /// The chances that a pair is lost and that one is gained.
  private static func differing(_ churn: Churn, drop: Double, rate: Double) -> (
    loss: Double, gain: Double
  ) {
    switch churn {
    case .share(let share), .measured(let share): (drop + share / 2, share / 2)
    case .independent: (rate * (1 - rate + drop), (1 - rate) * (rate - drop))
    }
  }
}

/// How long episodes take on this machine.
public struct EpisodePace: Hashable, Sendable {
  public let policy: String
  public let suite: String
  /// The episodes that were timed.
  public let episodes: Int
  public let secondsPerEpisode: Double

  public init(policy: String, suite: String, episodes: Int, seconds: Double) {
    self.policy = policy
    self.suite = suite
    self.episodes = episodes
    secondsPerEpisode = seconds / Double(max(1, episodes))
  }
}
