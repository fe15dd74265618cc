import Foundation

/// A kernel that weighs input pixels by their distance to an output pixel's centre.
public enum ResamplingFilter: String, Hashable, Sendable, Codable {
  case bilinear
  /// The cubic convolution of Keys (1981) with a = −1/2, as Pillow's.
  case bicubic
  /// A sinc windowed by the main lobe of a sinc three times as wide.
  case lanczos3

  /// Beyond this distance the weight is 0 [output pixels].
  var radius: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos3: 3
    }
  }

  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    guard x < radius else { return 0 }
    switch self {
    case .bilinear: return 1 - x
    case .bicubic:
      let a = -0.5
      return x < 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1
        : (((x - 5) * x + 8) * x - 4) * a
    case .lanczos3: return Self.sinc(x) * Self.sinc(x / 3)
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(.pi * x) / (.pi * x)
  }
}

/// Which input pixels make one output pixel along an axis, with weights that sum to 1.
struct ResamplingTaps {
  var first: Int
  var weights: [Double]

  /// The taps of all output pixels; shrinking widens the kernel, which is what antialiasing means.
  static func all(from input: Int, to output: Int, _ filter: ResamplingFilter) -> [ResamplingTaps] {
    let step = Double(input) / Double(output)
    let stretch = max(1, step)
    let reach = filter.radius * stretch
    return (0..<output).map { index in
      let center = (Double(index) + 0.5) * step
      let first = max(0, Int(center - reach + 0.5))
      let end = min(input, Int(center + reach + 0.5))
      let weights = (first..<end).map { filter.weight((Double($0) + 0.5 - center) / stretch) }
      let sum = weights.reduce(0, +)
      return ResamplingTaps(first: first, weights: weights.map { $0 / sum })
    }
  }
}
