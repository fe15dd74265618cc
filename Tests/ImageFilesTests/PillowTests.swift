import Foundation
import Testing

@testable import ImageFiles

/// Pictures as Pillow's `Image.open(…).convert("RGB")` reads them: `Fixtures/pictures.py` asked it.
@Suite("Pictures as Pillow reads them")
struct PillowTests {
  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var file: Data
    var height: Int?
    var width: Int?
    var pixels: Data?
    /// Why Pillow refuses it.
    var error: String?
    var testDescription: String { name }
  }

  static let entries: [Entry] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/pictures.json")
    let entries = (try? Data(contentsOf: url)).flatMap {
      try? JSONDecoder().decode([Entry].self, from: $0)
    }
    return entries ?? []
  }()

  private func decoded(_ entry: Entry) throws -> RGBImage {
    entry.name.hasPrefix("png")
      ? try PNG.decoded(entry.file, path: entry.name)
      : try JPEG.decoded(entry.file, path: entry.name)
  }

  @Test("there are pictures of every kind")
  func count() { #expect(Self.entries.count == 55) }

  @Test("every pixel is Pillow's", arguments: entries.filter { $0.pixels != nil })
  func pixels(_ entry: Entry) throws {
    let picture = try decoded(entry)
    #expect(picture.height == entry.height && picture.width == entry.width)
    #expect(Data(picture.pixels) == entry.pixels)
  }

  @Test("what Pillow refuses is refused", arguments: entries.filter { $0.error != nil })
  func refused(_ entry: Entry) {
    #expect {
      try decoded(entry)
    } throws: { "\($0)".contains(entry.name) }
  }

  @Test("a file that is cut short is called truncated")
  func truncated() throws {
    let whole = try #require(Self.entries.first { $0.name == "jpeg subsampling 2" }).file
    for count in [whole.count - 1, whole.count - 2, whole.count * 2 / 3] {
      #expect {
        try JPEG.decoded(whole.prefix(count), path: "cut.jpg")
      } throws: { "\($0)".contains("cut.jpg") && "\($0)".contains("truncated") }
    }
  }

  @Test("a header that claims a huge picture is refused before memory is taken for it")
  func hugeClaims() throws {
    var png = try PNG.encoded(RGBImage(height: 1, width: 1, pixels: [1, 2, 3]))
    png.replaceSubrange(16..<24, with: [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff])
    // The header's checksum, as zlib counts it.
    let checksum: [UInt8] = crc32(of: png[12..<29])
    png.replaceSubrange(29..<33, with: checksum)
    #expect {
      try PNG.decoded(png, path: "huge.png")
    } throws: { "\($0)".contains("more pixels than are read") }
  }

  private func crc32(of bytes: Data) -> [UInt8] {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return withUnsafeBytes(of: (~crc).bigEndian) { Array($0) }
  }

  @Test("a pointer of Git LFS is called one")
  func lfsPointer() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("pointer-\(UInt64.random(in: 0...(.max))).png")
    try Data("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8).write(
      to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    #expect {
      try ImageFile.read(url)
    } throws: { "\($0)".contains(url.lastPathComponent) && "\($0)".contains("Git LFS") }
  }
}
