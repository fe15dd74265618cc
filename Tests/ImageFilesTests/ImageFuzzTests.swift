import Foundation
import ImageFiles
import TestSupport
import Testing

@Suite("Broken pictures")
struct ImageFuzzTests {
  private let picture = RGBImage(
    height: 5, width: 7, pixels: (0..<105).map { UInt8($0 * 37 % 256) })

  @Test("100,000 broken PNG files are refused or read whole")
  func png() throws {
    var mutation = Mutation(of: [try PNG.encoded(picture)], seed: 3)
    var counts = (read: 0, refused: 0)
    for _ in 0..<100_000 {
      if let read = try? PNG.decoded(mutation.next(), path: "fuzz.png") {
        counts.read += 1
        #expect(read.pixels.count == read.height * read.width * 3)
      } else {
        counts.refused += 1
      }
    }
    #expect(counts.refused > 50_000 && counts.read > 0, "\(counts)")
  }

  @Test("10,000 broken JPEG files are refused or read whole")
  func jpeg() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/small.jpg")
    var mutation = Mutation(of: [try Data(contentsOf: url)], seed: 4)
    var counts = (read: 0, refused: 0)
    for _ in 0..<10_000 {
      if let read = try? JPEG.decoded(mutation.next(), path: "fuzz.jpg") {
        counts.read += 1
        #expect(read.pixels.count == read.height * read.width * 3)
      } else {
        counts.refused += 1
      }
    }
    #expect(counts.refused > 1_000 && counts.read > 100, "\(counts)")
  }
}
