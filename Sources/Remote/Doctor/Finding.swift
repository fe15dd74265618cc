/// What one check of a policy's contract found.
public struct Finding: Hashable, Sendable {
  public enum Verdict: String, Hashable, Sendable {
    case fine
    /// It ruins a score and is no property of the policy: the contract is wrong.
    case wrong
    /// The policy does not do well enough, or the samples do not differ enough, to tell.
    case unclear
  }

  /// What was looked at, such as `gripper` or `order of colors`.
  public var check: String
  public var verdict: Verdict
  /// The numbers that say so.
  public var evidence: String
  /// What to change; nil where nothing is wrong.
  public var mend: String?

  public init(_ check: String, _ verdict: Verdict, _ evidence: String, mend: String? = nil) {
    self.check = check
    self.verdict = verdict
    self.evidence = evidence
    self.mend = mend
  }
}

extension Finding: CustomStringConvertible {
  public var description: String {
    let mend = mend.map { "; \($0)" } ?? ""
    return "\(verdict.rawValue.padding(8))\(check): \(evidence)\(mend)"
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
