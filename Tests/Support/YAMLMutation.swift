import Foundation
import RandomNumbers

/// YAML texts with a few things changed that readers go wrong on, the same for the same seed: numbers by extremes, keys dropped,
/// doubled and misspelt, types exchanged, texts cut, bits turned over.
public struct YAMLMutation {
  private var source: RandomStream

  public init(seed: UInt64) { source = RandomStream(seed: seed).named("yaml-mutation") }

  /// A number in 0..<count, for tests that choose what to mutate.
  public mutating func choice(of count: Int) -> Int { source.integer(below: count) }

  private static let extremes = [
    "0", "-0.0", "-1", "1", "2", "1e-300", "1e308", "-1e308", "1e999", "nan", "inf", "-inf", ".nan",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616",
    "0.5", "1e5", "100000", "360", "0x10", "1_000", "\"3\"",
  ]
  private static let values = [
    "~", "null", "", "true", "false", "[]", "{}", "[[]]", "{a: {}}", "\"\"", "x", "carrot", "pot",
    "plates", "[carrot, carrot]", "[0, 0]", "[0, 0, 0]", "{min: [0, 0], max: [0, 0]}",
    "\"#000000\"",
    "\"{object}\"", "&a [1]", "*a", "!!binary eA==", "[1, [2, [3]]]", "../../etc/passwd", "<<",
    "\u{0}", "\u{2028}", "é", String(repeating: "x", count: 5000),
  ]

  /// A text with one to three changes.
  public mutating func mutate(_ text: String) -> Data {
    var bytes = Array(text.utf8)
    for _ in 0..<1 + source.integer(below: 3) {
      switch source.integer(below: 12) {
      case 0...4: replaceNumber(&bytes)
      case 5: replaceValue(&bytes)
      case 6: misspellKey(&bytes)
      case 7: changeLine(&bytes)
      case 8: dropEntry(&bytes)
      case 9: exchangeTokens(&bytes)
      case 10:
        if let place = source.element(of: bytes.indices) {
          bytes[place] ^= 1 << UInt8(source.integer(below: 8))
        }
      default:
        if let place = source.element(of: bytes.indices) {
          bytes.removeSubrange((source.chance(0.5) ? place : bytes.count - 1)...)
        }
      }
    }
    return Data(bytes)
  }

  // MARK: - Changes

  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    let numbers = tokens(in: bytes) { byte in "0123456789.-+e".utf8.contains(byte) }
      .filter { bytes[$0].contains { (48...57).contains($0) } }
    guard let range = source.element(of: numbers) else { return }
    bytes.replaceSubrange(range, with: (source.element(of: Self.extremes) ?? "0").utf8)
  }

  private mutating func replaceValue(_ bytes: inout [UInt8]) {
    guard let range = source.element(of: tokens(in: bytes, where: Self.isWord)) else { return }
    bytes.replaceSubrange(range, with: (source.element(of: Self.values) ?? "x").utf8)
  }

  private mutating func misspellKey(_ bytes: inout [UInt8]) {
    let keys = tokens(in: bytes, where: Self.isWord).filter { range in
      range.upperBound < bytes.count && bytes[range.upperBound] == UInt8(ascii: ":")
    }
    guard let range = source.element(of: keys), let other = source.element(of: keys) else { return }
    let word = Array(bytes[other])
    if source.chance(0.5) {
      bytes.insert(UInt8(ascii: "s"), at: range.upperBound)
    } else {
      bytes.replaceSubrange(range, with: word)
    }
  }

  private mutating func changeLine(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count > 1 else { return }
    let (one, other) = (source.integer(below: lines.count), source.integer(below: lines.count))
    switch source.integer(below: 4) {
    case 0: lines.remove(at: one)
    case 1: lines.insert(lines[one], at: other)
    case 2: lines.swapAt(one, other)
    default: lines[one].insert(contentsOf: [32, 32], at: 0)
    }
    bytes = Array(lines.joined(separator: [10]))
  }

  /// Drops what stands between two commas of a flow mapping or list.
  private mutating func dropEntry(_ bytes: inout [UInt8]) {
    let commas = bytes.indices.filter { bytes[$0] == UInt8(ascii: ",") }
    guard let start = source.element(of: commas) else { return }
    let end = bytes[(start + 1)...].firstIndex { ",]}\n".utf8.contains($0) } ?? bytes.count
    bytes.removeSubrange(start..<end)
  }

  private mutating func exchangeTokens(_ bytes: inout [UInt8]) {
    let words = tokens(in: bytes, where: Self.isWord)
    guard let range = source.element(of: words), let other = source.element(of: words) else {
      return
    }
    bytes.replaceSubrange(range, with: Array(bytes[other]))
  }

  // MARK: - Tokens

  private static func isWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
      || "_-.#".utf8.contains(byte)
  }

  private func tokens(in bytes: [UInt8], where belongs: (UInt8) -> Bool) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var start: Int?
    for (place, byte) in bytes.enumerated() {
      if belongs(byte) {
        start = start ?? place
      } else if let first = start {
        tokens.append(first..<place)
        start = nil
      }
    }
    if let first = start { tokens.append(first..<bytes.count) }
    return tokens
  }
}
