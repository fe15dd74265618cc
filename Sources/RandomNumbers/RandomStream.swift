/// A counter-based stream of random numbers that has a name.
///
/// A stream is a key and a counter: number n of a stream is a pure function of (key, n), the same on every
/// platform. Streams split by name, so that adding a draw for one purpose never moves another:
///
/// ```swift
/// var placement = RandomStream(seed: 7).named("semantic", "lift-skull").named("placement")
/// let x = placement.uniform(in: -0.1...0.1)
/// ```
///
/// The mapping from bits to samples is this file's own, since the standard library's may change between versions.
/// Key and counter are mixed by `SplitMix64`, names are hashed by `StableHash`.
public struct RandomStream: Hashable, Sendable {
  @usableFromInline let key: UInt64
  @usableFromInline var counter: UInt64 = 0

  @inlinable init(key: UInt64) { self.key = key }

  /// The root stream of a seed.
  @inlinable public init(seed: UInt64) {
    self.init(key: SplitMix64.mixed(seed ^ 0x5452_4553_544c_4501))
  }

  /// The stream that belongs to a name under this one, whatever was drawn here before.
  public func named(_ names: String...) -> RandomStream {
    var key = self.key
    for name in names {
      var hash = StableHash()
      hash.combine(bytes: name.utf8)
      key = SplitMix64.mixed(key &+ SplitMix64.mixed(hash.value))
    }
    return RandomStream(key: key)
  }

  /// The stream that belongs to a number under this one, whatever was drawn here before.
  @inlinable public func numbered(_ number: Int) -> RandomStream {
    RandomStream(
      key: SplitMix64.mixed(
        key ^ SplitMix64.mixed(UInt64(bitPattern: Int64(number)) ^ 0x6e75_6d62_6572)))
  }

  /// The next 64 random bits.
  @inlinable public mutating func nextBits() -> UInt64 {
    counter &+= 1
    return SplitMix64.mixed(key &+ counter &* 0xd1b5_4a32_d192_ed03)
  }
}
