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
    let (count, memory) = (Fuzz.count(share: 14, byDefault: 20_000), Fuzz.peakMemory())
    var counts = (read: 0, refused: 0)
    for _ in 0..<count {
      let (data, start) = (mutation.next(), Fuzz.now())
      do {
        let read = try PNG.decoded(data, path: "fuzz.png")
        counts.read += 1
        #expect(read.pixels.count == read.height * read.width * 3)
      } catch {
        counts.refused += 1
        #expect("\(error)".hasPrefix("fuzz.png: not a readable PNG ("))
      }
      #expect(Fuzz.now() - start < Fuzz.longest)
    }
    #expect(counts.refused > count / 4 && counts.read > 0, "\(counts)")
    #expect(Fuzz.peakMemory() - memory < Fuzz.greatest)
    print("broken PNG files: \(counts)")
  }

  @Test("broken JPEG files are refused or read whole")
  func jpeg() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/small.jpg")
    let kinds = PillowTests.entries.filter { $0.name.hasPrefix("jpeg") }.map(\.file)
    var mutation = Mutation(of: [try Data(contentsOf: url)] + kinds, seed: 4)
    let (count, memory) = (Fuzz.count(share: 14, byDefault: 10_000), Fuzz.peakMemory())
    var counts = (read: 0, refused: 0)
    for _ in 0..<count {
      let (data, start) = (mutation.next(), Fuzz.now())
      do {
        let read = try JPEG.decoded(data, path: "fuzz.jpg")
        counts.read += 1
        #expect(read.pixels.count == read.height * read.width * 3)
      } catch {
        counts.refused += 1
        #expect("\(error)".hasPrefix("fuzz.jpg: not a readable JPEG ("))
      }
      #expect(Fuzz.now() - start < Fuzz.longest)
    }
    #expect(counts.refused > count / 10 && counts.read > 100, "\(counts)")
    #expect(Fuzz.peakMemory() - memory < Fuzz.greatest)
    print("broken JPEG files: \(counts)")
  }
}
