/// Why a policy outside of this program cannot act; each case says what and, where there is one, the mend.
public enum RemoteError: Error, Hashable, Sendable {
  /// `--policy` is written in a way that names nothing.
  case badName(String, reason: String)
  /// A process could not be started.
  case cannotStart(String, reason: String)
  /// The user's code raised while it was loaded.
  case loadFailed(String, trace: String)
  /// The other side is gone: a process that ended, a connection that closed.
  case lost(String, reason: String)
  /// No answer within the time that `--policy-timeout` gives.
  case late(String, seconds: Double)
  /// The other side sent what its protocol does not allow.
  case malformed(String, reason: String)
  /// The other side says that it failed.
  case reported(String, message: String)
  /// Nobody listens at the address.
  case unreachable(String, reason: String)
  /// What policy and set-up declare does not fit together.
  case unfit(String, reason: String)
}

extension RemoteError {
  /// Whether asking again over a new process or connection can help.
  public var isLoss: Bool {
    switch self {
    case .lost, .unreachable, .cannotStart: true
    default: false
    }
  }
}

extension RemoteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badName(let name, let reason): "\(name): \(reason)"
    case .cannotStart(let name, let reason): "\(name) cannot be started: \(reason)"
    case .loadFailed(let name, let trace): "\(name) cannot be loaded:\n\(trace)"
    case .lost(let name, let reason): "\(name) is gone: \(reason)"
    case .late(let name, let seconds):
      "\(name) did not answer within \(seconds.formattedSeconds) s; --policy-timeout gives it longer"
    case .malformed(let name, let reason): "\(name) sent what cannot be read: \(reason)"
    case .reported(let name, let message): "\(name) reports: \(message)"
    case .unreachable(let name, let reason): "\(name) cannot be reached: \(reason)"
    case .unfit(let name, let reason): "\(name) does not fit this set-up: \(reason)"
    }
  }
}

extension Double {
  /// Seconds as people write them: 30, 0.5.
  var formattedSeconds: String { self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)" }
}
