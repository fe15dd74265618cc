/// How an episode ended; only `success` counts as success.
public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
  case success
  case failure
  /// It could not be carried out; reported apart, and counted as not successful.
  case error
}
