import Foundation
import ImageFiles
import TestSupport
import Testing

@Suite("Broken pictures")
struct ImageFuzzTests {
  private let picture = RGBImage(
    height: 5, width: 7, pixels: (0..<105).map { UInt8($0 * 37 % 256) })

  @Test("broken PNG files are refused or read whole")
  func png() throws {
    let kinds = PillowTests.entries.filter { $0.name.hasPrefix("png") }.map(\.file)
    var mutation = Mutation(of: [try PNG.encoded(picture)] + kinds, seed: 3)
    let tally = Fuzz.trial(of: "PNG", byDefault: 20_000) { _ in
      let read = try PNG.decoded(mutation.next(), path: "fuzz.png")
      #expect(read.pixels.count == read.height * read.width * 3)
    } judging: {
      Refusal.fault($0, naming: "fuzz.png")
    }
    #expect(
      tally.faults.isEmpty && tally.refused > tally.count / 4 && tally.read > 0, "\(tally)")
  }

  @Test("broken JPEG files are refused or read whole")
  func jpeg() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/small.jpg")
    let kinds = PillowTests.entries.filter { $0.name.hasPrefix("jpeg") }.map(\.file)
    var mutation = Mutation(of: [try Data(contentsOf: url)] + kinds, seed: 4)
    let tally = Fuzz.trial(of: "JPEG", byDefault: 10_000) { _ in
      let read = try JPEG.decoded(mutation.next(), path: "fuzz.jpg")
      #expect(read.pixels.count == read.height * read.width * 3)
    } judging: {
      Refusal.fault($0, naming: "fuzz.jpg")
    }
    #expect(
      tally.faults.isEmpty && tally.refused > tally.count / 10 && tally.read > 100, "\(tally)")
  }
}
