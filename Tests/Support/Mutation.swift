import Foundation
import RandomNumbers

/// Bytes of a valid file with a few things broken, the same for the same seed: what a reader must refuse or read, never
/// trap on.
public struct Mutation {
  private var source: RandomStream
  private let originals: [[UInt8]]

  /// Bytes and numbers at which readers go wrong.
  private static let texts: [[UInt8]] = [
    "0", "-1", "1e999", "18446744073709551616", "9223372036854775807", "4611686018427387904", "\"",
    "\\", "{", "}", "[", "]", ",", ":", "null", "NaN", "\\ud800", "\u{0}", "\u{feff}",
    String(repeating: "[", count: 300), String(repeating: "{\"a\":", count: 300),
  ].map { Array($0.utf8) }

  /// What takes the place of a number that is written out.
  private static let numbers: [[UInt8]] = [
    "-1", "0", "1", "2", "3.5", "-0.0", "1e308", "-1e308", "1e-320", "1e999", "NaN", "Infinity",
    "65536",
    "1048576", "2147483648", "9223372036854775807", "9223372036854775808", "true", "null", "\"1\"",
    "[]",
  ].map { Array($0.utf8) }

  public init(of originals: [Data], seed: UInt64) {
    self.originals = originals.map(Array.init)
    source = RandomStream(seed: seed).named("mutation")
  }

  /// The next broken file.
  public mutating func next() -> Data {
    var bytes = source.element(of: originals) ?? []
    // Some files stay well formed and say something impossible, most have one fault, few have several.
    switch source.integer(below: 8) {
    case 0..<3:
      for _ in 0..<1 + source.integer(below: 2) where !bytes.isEmpty {
        replaceNumber(in: &bytes, after: source.integer(below: bytes.count))
      }
    case 3..<6: change(&bytes)
    default: for _ in 0..<1 + source.integer(below: 4) { change(&bytes) }
    }
    return Data(bytes)
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    // Headers come first and decide most.
    let reach = source.chance(0.5) ? min(bytes.count, 64) : bytes.count
    let place = source.integer(below: reach)
    let end = min(bytes.count, place + 1 + source.integer(below: 16))
    switch source.integer(below: 10) {
    case 0: bytes[place] ^= 1 << UInt8(source.integer(below: 8))
    case 1: bytes[place] = UInt8(truncatingIfNeeded: source.nextBits())
    case 2: bytes[place] = source.chance(0.5) ? 0xff : 0
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 6, 7: replaceNumber(in: &bytes, after: place)
    case 8:
      // A run of another file, or of this one from elsewhere.
      guard let other = source.element(of: originals), !other.isEmpty else { return }
      let start = source.integer(below: other.count)
      let run = other[start..<min(other.count, start + 1 + source.integer(below: 64))]
      bytes.replaceSubrange(place..<end, with: run)
    case 5: bytes.replaceSubrange(place..<end, with: source.element(of: Self.texts) ?? [])
    default: bytes.removeSubrange(place...)
    }
  }

  /// Replaces the first number in digits after a place.
  private mutating func replaceNumber(in bytes: inout [UInt8], after place: Int) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) && $0 != 0x2e } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: source.element(of: Self.numbers) ?? [])
  }
}
