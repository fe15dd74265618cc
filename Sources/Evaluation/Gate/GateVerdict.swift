/// What a gate says.
public enum GateVerdict: String, Hashable, Sendable, Codable, CaseIterable {
  case pass
  case fail
  case inconclusive
  case notComparable = "not comparable"
  case infrastructure

  /// The exit status of the gate's process.
  public var exitCode: Int32 {
    switch self {
    case .pass: 0
    case .fail: 1
    case .inconclusive: 3
    case .notComparable: 4
    case .infrastructure: 5
    }
  }

  /// The gravest verdict first: what cannot be compared says nothing, what the machine broke says little.
  static let byGravity: [GateVerdict] = [
    .notComparable, .infrastructure, .fail, .inconclusive, .pass,
  ]
}
