import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

/// What TensorFlow makes of small pictures: `Fixtures/augmentation.py` asked it.
private struct Fixture: Decodable {
  struct Case: Decodable {
    var amounts: [Double]
    var height: Int
    var width: Int
    var input: [UInt8]
    var output: [UInt8]
  }

  var cases: [Case]

  static func cases() throws -> [Case] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/augmentation.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url)).cases
  }
}

@Suite struct ImageAugmentationTests {
  /// TensorFlow sums and divides in an order of its own: a value on the edge between two bytes may fall either way.
  private static let largestStep = 1

  @Test func imagesAreThoseOfTensorFlow() throws {
    let cases = try Fixture.cases()
    #expect(cases.count == 7)
    for (number, example) in cases.enumerated() {
      let a = example.amounts
      let augmentation = ImageAugmentation(
        crop: ImageCrop(left: a[0], top: a[1], side: a[2]), brightness: Float(a[3]),
        contrast: Float(a[4]), saturation: Float(a[5]), hue: Float(a[6]))
      let image = Image(height: example.height, width: example.width, pixels: example.input)
      let steps = zip(augmentation.applied(to: image).pixels, example.output).map {
        abs(Int($0) - Int($1))
      }
      #expect((steps.max() ?? 0) <= Self.largestStep, "case \(number): \(steps.max() ?? 0)")
      #expect(steps.count { $0 > 0 } * 50 <= steps.count, "case \(number)")
    }
  }

  /// A pixel's centre goes where its colour goes, and back.
  @Test func pointsMoveWithThePixels() throws {
    let (height, width) = (40, 60)
    let crop = ImageCrop(left: 0.03, top: 0.01, side: 0.9)
    var pixels = [UInt8](repeating: 0, count: height * width * 3)
    let (row, column) = (21, 33)
    for channel in 0..<3 { pixels[(row * width + column) * 3 + channel] = 255 }
    let image = Image(height: height, width: width, pixels: pixels)
    let shown = image.cropped(crop)
    let point = Vector2(
      (Double(column) + 0.5) / Double(width), (Double(row) + 0.5) / Double(height))
    let moved = crop.point(point, width: width, height: height)
    // The brightness's centre of gravity.
    var (sum, x, y) = (0.0, 0.0, 0.0)
    for index in 0..<height * width {
      let light = Double(shown.pixels[index * 3])
      sum += light
      x += light * (Double(index % width) + 0.5) / Double(width)
      y += light * (Double(index / width) + 0.5) / Double(height)
    }
    #expect(sum > 0)
    let tolerance = 0.5 / Double(height)  // half a pixel: the spot covers two pixels or three
    #expect(abs(x / sum - moved.x) < tolerance && abs(y / sum - moved.y) < tolerance)
    let back = crop.wholePoint(moved, width: width, height: height)
    #expect((back - point).length < 1e-12)
    #expect(crop.nearest(width, from: crop.left)[Int(moved.x * Double(width))] == column)
  }

  @Test func drawsStayWithinWhatIsPublishedAndFillIt() {
    var source = RandomStream(seed: 4).named("augmentation")
    let all = (0..<2000).map { _ in ImageAugmentation(&source) }
    let room = 1 - 0.9.squareRoot()
    func spans(_ values: [Double], _ range: ClosedRange<Double>) -> Bool {
      let (least, most) = (values.min() ?? .nan, values.max() ?? .nan)
      let slack = 0.02 * (range.upperBound - range.lowerBound)
      return least >= range.lowerBound - 1e-6 && most <= range.upperBound + 1e-6
        && least < range.lowerBound + slack && most > range.upperBound - slack
    }
    #expect(spans(all.map(\.crop.left), 0...room) && spans(all.map(\.crop.top), 0...room))
    #expect(all.allSatisfy { abs($0.crop.side * $0.crop.side - 0.9) < 1e-9 })
    #expect(spans(all.map { Double($0.brightness) }, -0.2...0.2))
    #expect(spans(all.map { Double($0.contrast) }, 0.8...1.2))
    #expect(spans(all.map { Double($0.saturation) }, 0.8...1.2))
    #expect(spans(all.map { Double($0.hue) }, -0.05...0.05))
  }

  /// A shift keeps the size of things, and repeats the edge where the image ends.
  @Test func shiftsMoveTheImageAndRepeatItsEdge() {
    let side = 11
    let image = Image(
      height: side, width: side,
      pixels: (0..<side * side * 3).map { UInt8(20 * ($0 / 3 % side) + $0 % 3) })
    let shown = image.cropped(ImageCrop(left: -0.2, top: 0.3, side: 1))
    for row in 0..<side {
      for column in 0..<side {
        let place = (row * side + column) * 3
        #expect(shown.pixels[place] == UInt8(20 * max(0, column - 2)))
      }
    }
    var source = RandomStream(seed: 4).named("augmentation")
    let all = (0..<500).map { _ in ImageAugmentation.shifted(&source).crop }
    #expect(all.allSatisfy { $0.side == 1 && abs($0.left) <= 0.1 && abs($0.top) <= 0.1 })
    #expect(all.contains { $0.left < -0.09 } && all.contains { $0.top > 0.09 })
  }
}
