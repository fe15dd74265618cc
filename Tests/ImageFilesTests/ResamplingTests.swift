import Foundation
import ImageFiles
import Testing

/// What Pillow and TensorFlow make of small pictures: `Fixtures/resampling.py` asked them.
private struct Fixture: Decodable {
  struct Picture: Decodable {
    var height: Int
    var width: Int
    var pixels: [UInt8]

    var image: RGBImage { RGBImage(height: height, width: width, pixels: pixels) }
  }

  struct Case: Decodable {
    var kind: String
    var filter: ResamplingFilter?
    var input: Picture
    var output: Picture
  }

  var cases: [Case]

  static func cases(_ kind: String) throws -> [Case] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/resampling.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url)).cases
      .filter { $0.kind == kind }
  }
}

@Suite("Resampling")
struct ResamplingTests {
  @Test("8-bit pictures are resized to the bit as by Pillow")
  func pillow() throws {
    let cases = try Fixture.cases("pillow")
    #expect(cases.count == 15)
    for example in cases {
      let filter = try #require(example.filter)
      let resized = example.input.image.resized(
        height: example.output.height, width: example.output.width, filter: filter)
      #expect(resized == example.output.image, "\(filter) of \(example.input.height)")
    }
  }

  /// TensorFlow sums in an order of its own: a value on the edge between two bytes may fall either way.
  private func expectNear(
    _ actual: RGBImage, _ expected: RGBImage, _ location: SourceLocation = #_sourceLocation
  ) {
    let steps = zip(actual.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    #expect((steps.max() ?? 0) <= 1, sourceLocation: location)
    #expect(steps.count { $0 > 0 } * 200 <= steps.count, sourceLocation: location)
  }

  @Test("Lanczos resampling as the published evaluation's, by TensorFlow")
  func lanczos() throws {
    let cases = try Fixture.cases("tensorflow")
    #expect(cases.count == 5)
    for example in cases {
      expectNear(
        example.input.image.lanczosResized(
          height: example.output.height, width: example.output.width),
        example.output.image)
    }
  }

  @Test("the middle by area as the published evaluation's, by TensorFlow")
  func crop() throws {
    let cases = try Fixture.cases("crop")
    #expect(cases.count == 3)
    for example in cases {
      expectNear(example.input.image.centerCropped(area: 0.9), example.output.image)
    }
  }

  @Test("margins and crops keep the middle in the middle")
  func framing() {
    let wide = RGBImage(
      height: 2, width: 6, pixels: (0..<12).flatMap { [UInt8($0), 100, 200] })
    let square = wide.letterboxed(fill: [9, 8, 7])
    #expect(square.height == 6 && square.width == 6)
    #expect(Array(square.pixels.prefix(3)) == [9, 8, 7])
    #expect(Array(square.pixels[36..<72]) == wide.pixels)
    #expect(square.centerCropped(height: 2, width: 6) == wide)
    #expect(wide.centerCropped(height: 2, width: 2).pixels[0] == 2)
    let larger = wide.centerCropped(height: 4, width: 6)
    #expect(Array(larger.pixels[18..<54]) == wide.pixels)
    #expect(larger.pixels[0] == 0)
    let shorter = wide.resized(shorterSide: 4, filter: .bicubic)
    #expect(shorter.height == 4 && shorter.width == 12)
  }
}
