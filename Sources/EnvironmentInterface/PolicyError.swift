/// A policy's answer that cannot be executed. The episode is recorded as an error and counts as not successful.
public enum PolicyError: Error, Hashable, Sendable {
  case wrongActionLength(Int, expected: Int = Action.count)
  case notFinite(index: Int, value: Double)
  case emptyChunk
  case missingInput(String)
  /// The policy's process or server was lost in mid-episode, and with it what the policy remembered.
  case interrupted(String)
  case failed(String)
}

extension PolicyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongActionLength(let count, let expected):
      "the policy answered \(count) numbers where an action has \(expected)"
    case .notFinite(let index, let value):
      "the policy answered \(value) as number \(index) of an action; every number must be finite"
    case .emptyChunk: "the policy answered a chunk without actions; a chunk holds at least one"
    case .missingInput(let name): "the policy needs \(name), which its observation does not hold"
    case .interrupted(let reason): "the episode was interrupted: \(reason)"
    case .failed(let reason): "the policy failed: \(reason)"
    }
  }
}
