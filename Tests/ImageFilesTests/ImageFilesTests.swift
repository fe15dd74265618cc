import Foundation
import Testing

@testable import ImageFiles

@Suite struct ImageFilesTests {
  let gradient = RGBImage(
    height: 5, width: 7, pixels: (0..<5 * 7 * 3).map { UInt8(truncatingIfNeeded: $0 &* 37) })

  @Test func pngComesBackByteForByte() throws {
    let data = try PNG.encoded(gradient)
    #expect(try PNG.decoded(data, path: "memory") == gradient)
    #expect(try PNG.encoded(gradient) == data)
    for compression in [PNG.Compression.fast, .none] {
      let other = try PNG.encoded(gradient, compression)
      #expect(try PNG.decoded(other, path: "memory") == PNG.decoded(data, path: "memory"))
      #expect(try PNG.encoded(gradient, compression) == other)
    }
  }

  @Test func everyTruncationIsAnErrorOrTheWholePicture() throws {
    let data = try PNG.encoded(gradient)
    for count in 0..<data.count {
      if let picture = try? PNG.decoded(data.prefix(count), path: "cut") {
        #expect(picture == gradient)
      }
    }
  }

  @Test func mutatedFilesNeverTrap() throws {
    let data = try PNG.encoded(gradient)
    var state: UInt64 = 1
    for _ in 0..<2000 {
      var bytes = data
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 25)
      }
      _ = try? PNG.decoded(bytes, path: "mutated")
      _ = try? JPEG.decoded(Data([0xff, 0xd8]) + bytes, path: "mutated")
    }
  }

  @Test func aFileThatIsNoPictureNamesItself() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("no-picture.png")
    try Data("hello".utf8).write(to: url)
    #expect {
      try ImageFile.read(url)
    } throws: { "\($0)".contains("no-picture.png: neither a PNG nor a JPEG") }
  }
}
