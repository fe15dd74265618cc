/// A policy of one run and the one that it is compared with, of another run or of the same.
public struct PolicyPair: Hashable, Sendable {
  public let earlier: String
  public let later: String

  public init(_ earlier: String, _ later: String) {
    self.earlier = earlier
    self.later = later
  }

  /// Every policy that two runs have in common with itself.
  ///
  /// - Throws: `EvaluationError.noEpisodes` for a run without episodes, `.unknownPolicy` where they share none.
  public static func common(to earlier: RunFiles, and later: RunFiles) throws(EvaluationError)
    -> [PolicyPair]
  {
    for run in [earlier, later] where run.records.isEmpty { throw .noEpisodes(run.path) }
    let common = earlier.policies.filter(later.policies.contains)
    guard !common.isEmpty else {
      throw .unknownPolicy(
        later.policies.joined(separator: ", "), run: earlier.path, known: earlier.policies)
    }
    return common.map { PolicyPair($0, $0) }
  }

  /// `openvla`, or `mine against openvla`.
  public var title: String { earlier == later ? later : "\(later) against \(earlier)" }
}
