/// A policy of one run and the one that it is compared with, of another run or of the same.
public struct PolicyPair: Hashable, Sendable {
  public let earlier: String
  public let later: String

  public init(_ earlier: String, _ later: String) {
    self.earlier = earlier
    self.later = later
  }

  /// Every policy that two runs have in common with itself; of two runs of one policy each, those two.
  ///
  /// - Throws: `EvaluationError.noEpisodes` for a run without episodes, `.unknownPolicy` where they share none.
  public static func common(to earlier: RunFiles, and later: RunFiles) throws(EvaluationError)
    -> [PolicyPair]
  {
    for run in [earlier, later] where run.records.isEmpty { throw .noEpisodes(run.path) }
    let (before, after) = (earlier.policies, later.policies)
    if before.count == 1, after.count == 1 { return [PolicyPair(before[0], after[0])] }
    let common = before.filter(after.contains)
    guard !common.isEmpty else {
      throw .unknownPolicy(
        after.joined(separator: ", "), run: earlier.path, known: before)
    }
    return common.map { PolicyPair($0, $0) }
  }

  /// `openvla`, or `mine against openvla`.
  public var title: String { earlier == later ? later : "\(later) against \(earlier)" }
}
