import Statistics

/// The same policies on the same episodes twice (an A/A test): whatever differs is noise that no gate can tell
/// from a change.
public struct Calibration: Sendable {
  public struct Policy: Sendable {
    public let name: String
    public let pairs: PairedCounts
    /// Episodes whose outcome is another one the second time.
    public let flips: [EpisodeName]
    /// Episodes that end in another state, flips among them.
    public let changed: [EpisodeName]
  }

  public let policies: [Policy]

  public init(first: [EpisodeRecord], second: [EpisodeRecord]) {
    policies = first.map(\.policy).uniqued().map { name in
      func outcomes(_ records: [EpisodeRecord]) -> [EpisodeOutcome] {
        records.filter { $0.policy == name }.map(EpisodeOutcome.init)
      }
      let pairing = Pairing(baseline: outcomes(first), candidate: outcomes(second))
      return Policy(
        name: name, pairs: pairing.counts,
        flips: pairing.pairs.filter { $0.isLost || $0.isGained }.map(\.candidate.name),
        changed: pairing.pairs.filter { !$0.isUnchanged }.map(\.candidate.name))
    }
  }

  /// 0 where every outcome is the same, else that of failed infrastructure.
  public var exitCode: Int32 {
    policies.allSatisfy(\.flips.isEmpty) ? 0 : GateVerdict.infrastructure.exitCode
  }

  /// A line a policy.
  ///
  /// - Parameter limit: how many episodes are named at most.
  public func text(listing limit: Int) -> String {
    policies.map { policy in
      let count = policy.pairs.count
      guard !policy.changed.isEmpty else {
        return
          "\(policy.name): deterministic, \(count) of \(count) episodes end in the same state\n"
      }
      guard !policy.flips.isEmpty else {
        return "\(policy.name): no outcome of \(count) changes, though "
          + "\(policy.changed.count) episodes end in another state\n"
          + GateReport.list("  other states", policy.changed, limit: limit)
      }
      return
        "\(policy.name): NOT DETERMINISTIC, \(policy.flips.count) of \(count) outcomes change from one time "
        + "to the next, which a gate takes for churn; find out what differs before trusting one\n"
        + GateReport.list("  other outcomes", policy.flips, limit: limit)
    }.joined()
  }
}
