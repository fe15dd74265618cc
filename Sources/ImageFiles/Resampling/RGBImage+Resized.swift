extension RGBImage {
  /// The picture at another size, to the bit as Pillow makes it from 8-bit pixels: first along rows, then along columns,
  /// each in fixed point and rounded to 8 bits.
  ///
  /// - Precondition: both sides are positive.
  public func resized(height: Int, width: Int, filter: ResamplingFilter) -> RGBImage {
    precondition(height > 0 && width > 0, "\(height)×\(width) is no size")
    let narrowed = width == self.width ? self : resampledRows(to: width, filter)
    return height == self.height ? narrowed : narrowed.resampledColumns(to: height, filter)
  }

  /// Bits behind the point of a weight: 32 less those of a pixel and two for overshoot.
  private static let fractionBits = 22

  private struct FixedTaps {
    var first: Int
    var weights: [Int]

    init(_ taps: ResamplingTaps) {
      first = taps.first
      let one = Double(1 << RGBImage.fractionBits)
      weights = taps.weights.map { Int(($0 * one).rounded(.toNearestOrAwayFromZero)) }
    }
  }

  private static func pixel(_ sum: Int) -> UInt8 {
    UInt8(clamping: (sum + (1 << (fractionBits - 1))) >> fractionBits)
  }

  private func resampledRows(to width: Int, _ filter: ResamplingFilter) -> RGBImage {
    let taps = ResamplingTaps.all(from: self.width, to: width, filter).map(FixedTaps.init)
    var result = [UInt8](repeating: 0, count: height * width * 3)
    for y in 0..<height {
      for (x, tap) in taps.enumerated() {
        for channel in 0..<3 {
          var sum = 0
          var index = (y * self.width + tap.first) * 3 + channel
          for weight in tap.weights {
            sum += weight * Int(pixels[index])
            index += 3
          }
          result[(y * width + x) * 3 + channel] = Self.pixel(sum)
        }
      }
    }
    return RGBImage(height: height, width: width, pixels: result)
  }

  private func resampledColumns(to height: Int, _ filter: ResamplingFilter) -> RGBImage {
    let taps = ResamplingTaps.all(from: self.height, to: height, filter).map(FixedTaps.init)
    let rowLength = width * 3
    var result = [UInt8](repeating: 0, count: height * rowLength)
    for (y, tap) in taps.enumerated() {
      for offset in 0..<rowLength {
        var sum = 0
        var index = tap.first * rowLength + offset
        for weight in tap.weights {
          sum += weight * Int(pixels[index])
          index += rowLength
        }
        result[y * rowLength + offset] = Self.pixel(sum)
      }
    }
    return RGBImage(height: height, width: width, pixels: result)
  }
}
