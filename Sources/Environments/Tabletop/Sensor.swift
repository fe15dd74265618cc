import EnvironmentInterface
import Foundation
import RandomNumbers

/// What a camera does to a picture on its way to the policy: blur of the lens, exposure, noise of the chip.
struct Sensor: Hashable, Sendable, Codable {
  /// Of a normal kernel [pixels]; 0 for none.
  var blur = 0.0
  /// The light is multiplied by 2 to the power of this.
  var stops = 0.0
  /// Of normal noise, as a part of full white; 0 for none.
  var noise = 0.0

  static let ideal = Sensor()

  /// The picture as the sensor gives it.
  ///
  /// - Parameter stream: of this picture alone.
  func picture(of image: Image, stream: RandomStream) -> Image {
    guard self != .ideal else { return image }
    var pixels = image.pixels
    if blur > 0 { pixels = blurred(pixels, height: image.height, width: image.width) }
    if stops != 0 {
      let table = exposureTable
      for index in pixels.indices { pixels[index] = table[Int(pixels[index])] }
    }
    if noise > 0 {
      var source = stream
      for index in pixels.indices {
        let value =
          Double(pixels[index]) + source.normal(standardDeviation: 255 * noise)
        pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
      }
    }
    return Image(height: image.height, width: image.width, pixels: pixels)
  }

  /// sRGB values (IEC 61966-2-1) after the change of light, by those before.
  private var exposureTable: [UInt8] {
    (0..<256).map { value in
      let encoded = Double(value) / 255
      let linear =
        encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4)
      let light = min(1, linear * exp2(stops))
      let again = light <= 0.003_130_8 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
      return UInt8((again * 255).rounded())
    }
  }

  /// Rows, then columns, by the kernel to three deviations; beyond the border lies its last pixel.
  private func blurred(_ pixels: [UInt8], height: Int, width: Int) -> [UInt8] {
    let reach = max(1, Int((3 * blur).rounded(.up)))
    let raw = (-reach...reach).map { exp(-Double($0 * $0) / (2 * blur * blur)) }
    let sum = raw.reduce(0, +)
    let kernel = raw.map { Float($0 / sum) }
    func pass(_ values: [Float], count: Int, lines: Int, step: Int, lineStep: Int) -> [Float] {
      var result = values
      for line in 0..<lines {
        for place in 0..<count {
          for channel in 0..<3 {
            var total: Float = 0
            for (offset, weight) in kernel.enumerated() {
              let other = min(max(place + offset - reach, 0), count - 1)
              total += weight * values[line * lineStep + other * step + channel]
            }
            result[line * lineStep + place * step + channel] = total
          }
        }
      }
      return result
    }
    let across = pass(
      pixels.map(Float.init), count: width, lines: height, step: 3, lineStep: 3 * width)
    return pass(across, count: height, lines: width, step: 3 * width, lineStep: 3)
      .map { UInt8(min(max($0.rounded(), 0), 255)) }
  }
}
