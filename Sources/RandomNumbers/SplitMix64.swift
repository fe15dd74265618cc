/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), the one mixing function
/// behind everything that is random here.
public enum SplitMix64 {
  /// The generator's output after its state `value`: the state moves on by the golden ratio and is finalised.
  @inlinable public static func mixed(_ value: UInt64) -> UInt64 {
    finalized(value &+ 0x9e37_79b9_7f4a_7c15)
  }

  /// The finaliser alone: a bijection of 64 bits in which every bit of the input moves every bit of the output.
  @inlinable public static func finalized(_ value: UInt64) -> UInt64 {
    var z = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
