import Foundation
import RandomNumbers

/// How a parameter begins where no checkpoint gives it.
public enum Initializer: Sendable {
  case constant(Double)
  /// Normal, mean 0.
  case normal(standardDeviation: Double)
  /// Normal with standard deviation `gain / sqrt(fan-in)`; fan-in is all but the first dimension.
  case fanIn(gain: Double = 1)
  /// Given row-major values.
  case values([Float])

  public static let zeros = Initializer.constant(0)
  public static let ones = Initializer.constant(1)

  func values(shape: [Int], seed: UInt64, name: String) -> [Float] {
    let count = shape.reduce(1, *)
    switch self {
    case .constant(let value): return [Float](repeating: Float(value), count: count)
    case .values(let values): return values
    case .normal(let deviation):
      return InitialNoise(seed: seed, name: name).normal(count, deviation)
    case .fanIn(let gain):
      let fanIn = max(1, shape.dropFirst().reduce(1, *))
      return InitialNoise(seed: seed, name: name).normal(count, gain / Double(fanIn).squareRoot())
    }
  }
}

/// Counter-based noise for initial parameters: a pure function of seed, parameter name and index.
///
/// A parameter's values do not depend on which other parameters exist, so adding a head to a network
/// leaves the rest as it was.
struct InitialNoise {
  private let key: UInt64

  init(seed: UInt64, name: String) {
    var hash = StableHash()
    hash.combine(bytes: name.utf8)
    key = SplitMix64.mixed(SplitMix64.mixed(seed) ^ hash.value)
  }

  /// Uniform in (0, 1), never 0.
  func uniform(_ index: UInt64) -> Double {
    let bits = SplitMix64.mixed(key &+ index &* 0x9E37_79B9_7F4A_7C15) >> 11
    return (Double(bits) + 0.5) * 0x1p-53
  }

  /// `count` normal numbers by the method of Box and Muller.
  func normal(_ count: Int, _ standardDeviation: Double) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for pair in 0..<(count + 1) / 2 {
      let radius = standardDeviation * (-2 * log(uniform(UInt64(2 * pair)))).squareRoot()
      let angle = 2 * Double.pi * uniform(UInt64(2 * pair + 1))
      values[2 * pair] = Float(radius * cos(angle))
      if 2 * pair + 1 < count { values[2 * pair + 1] = Float(radius * sin(angle)) }
    }
    return values
  }
}
