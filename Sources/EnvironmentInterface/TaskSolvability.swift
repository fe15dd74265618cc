/// Why a task's rate says less than it seems to, where that is so.
///
/// What a policy does at something that cannot be done says little of the policy: the scripted expert must solve nearly
/// every episode of a task as it is specified.
public enum TaskSolvability: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nobody has measured how much of it the expert solves.
  case unmeasured
  /// That was measured before its scenes became what they are.
  case stale
  /// The expert solves too little of it.
  case unsolvable
}
