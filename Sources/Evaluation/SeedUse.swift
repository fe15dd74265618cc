/// What a seed of episodes is for: each has seeds of its own, so that no figure is reported on episodes by which something
/// was chosen.
///
/// Demonstrations are drawn by other names than episodes (`RandomStream.named`), so that none of them is any seed's
/// episode.
public enum SeedUse: String, Hashable, Sendable, CaseIterable {
  /// What anyone looks at while something is built, compared or tuned.
  case development
  /// What a training looks at by itself, to log how far it is.
  case validation
  /// What README and documentation report, looked at once.
  case report

  /// The seeds of this use; those of different uses share none.
  public var seeds: ClosedRange<UInt64> {
    switch self {
    case .development: 0...999_999
    case .validation: 1_000_000...1_999_999
    case .report: 2_000_000...UInt64.max
    }
  }

  /// The use of a seed.
  public init(of seed: UInt64) {
    switch seed {
    case Self.development.seeds: self = .development
    case Self.validation.seeds: self = .validation
    default: self = .report
    }
  }
}
