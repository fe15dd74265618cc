/// A moment after which waiting ends.
struct Deadline: Sendable {
  private let end: ContinuousClock.Instant

  init(seconds: Double) {
    end = .now + .seconds(Swift.min(Swift.max(seconds, 0), 1e9))
  }

  /// What is left, for `poll`; 0 where the moment has passed.
  var milliseconds: Int32 {
    let left = (end - .now).components
    guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
    // Rounded up, so that a wait never ends just before its moment and spins.
    return Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
  }

  var hasPassed: Bool { end <= .now }
}
