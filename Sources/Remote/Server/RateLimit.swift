import NIOConcurrencyHelpers
import NIOCore

/// At most so many questions a second over all connections; a second's worth may come at once (a token bucket).
final class RateLimit: Sendable {
  let perSecond: Double
  private let state: NIOLockedValueBox<(left: Double, at: NIODeadline)>

  init(perSecond: Double, now: NIODeadline = .now()) {
    self.perSecond = perSecond
    state = NIOLockedValueBox((left: max(1, perSecond), at: now))
  }

  /// Whether one more question may be asked now; it is counted then.
  func admits(at now: NIODeadline = .now()) -> Bool {
    state.withLockedValue { state in
      let passed = Double((now - state.at).nanoseconds) / 1e9
      state.left = min(max(1, perSecond), state.left + max(0, passed) * perSecond)
      state.at = max(now, state.at)
      guard state.left >= 1 else { return false }
      state.left -= 1
      return true
    }
  }

  /// What a client that asks too often is told.
  var refusal: String {
    "more than \(perSecond.formattedSeconds) questions a second; --most-rate lets more come"
  }
}
