import Foundation
import Testing

@testable import Torch

@Suite("Zip directories")
struct ZipDirectoryTests {
  /// How an archive writes its numbers.
  enum Form: String, CaseIterable, Sendable {
    /// Sizes and places in 32 bits.
    case narrow
    /// Every size and place in 64 bits, as a file above 4 GB has them.
    case wide
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// An archive of one file `a` that holds `content`, after PKWARE's APPNOTE 4.3.
  private static func archive(_ content: [UInt8], _ form: Form, method: Int = 0) -> [UInt8] {
    let isWide = form == .wide
    let missing = 0xffff_ffff
    var bytes = number(0x0403_4b50, 4) + number(0, 22) + number(1, 2) + number(3, 2)
    bytes += Array("a".utf8) + [9, 9, 9] + content
    let directory = bytes.count
    let extra =
      isWide
      ? number(7, 2) + number(1, 2) + [5] + number(1, 2) + number(24, 2)
        + number(content.count, 8) + number(content.count, 8) + number(0, 8) : []
    bytes += number(0x0201_4b50, 4) + number(0, 4) + number(0, 2) + number(method, 2)
    bytes += number(0, 8) + number(isWide ? missing : content.count, 4)
    bytes += number(isWide ? missing : content.count, 4) + number(1, 2) + number(extra.count, 2)
    bytes += number(2, 2) + number(0, 8) + number(isWide ? missing : 0, 4)
    bytes += Array("a".utf8) + extra + [8, 8]
    if isWide {
      let end = bytes.count
      bytes += number(0x0606_4b50, 4) + number(0, 28) + number(1, 8) + number(0, 8)
      bytes += number(directory, 8) + number(0x0706_4b50, 4) + number(0, 4) + number(end, 8)
      bytes += number(1, 4)
    }
    bytes += number(0x0605_4b50, 4) + number(0, 6) + number(isWide ? 0xffff : 1, 2) + number(0, 4)
    return bytes + number(isWide ? missing : directory, 4) + number(2, 2) + [7, 7]
  }

  @Test("a file is found in either form, behind fields that are skipped", arguments: Form.allCases)
  func found(_ form: Form) throws {
    let content: [UInt8] = [1, 2, 3, 4, 5]
    let bytes = Self.archive(content, form)
    let entries = try bytes.withUnsafeBytes { try ZipDirectory($0).entries }
    #expect(Array(bytes[try #require(entries["a"])]) == content)
    #expect(entries.count == 1)
  }

  @Test("a compressed file is refused by name")
  func compressed() {
    #expect {
      try Self.archive([1], .narrow, method: 8).withUnsafeBytes { _ = try ZipDirectory($0) }
    } throws: { "\($0)".contains("a is compressed") }
  }
}
