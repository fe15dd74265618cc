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
  ].map { Array($0.utf8) }

  public init(of originals: [Data], seed: UInt64) {
    self.originals = originals.map(Array.init)
    source = RandomStream(seed: seed).named("mutation")
  }

  /// The next broken file.
  public mutating func next() -> Data {
    var bytes = source.element(of: originals) ?? []
    for _ in 0..<1 + source.integer(below: 4) { change(&bytes) }
    return Data(bytes)
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    // Headers come first and decide most.
    let reach = source.chance(0.5) ? min(bytes.count, 64) : bytes.count
    let place = source.integer(below: reach)
    let end = min(bytes.count, place + 1 + source.integer(below: 16))
    switch source.integer(below: 7) {
    case 0: bytes[place] ^= 1 << UInt8(source.integer(below: 8))
    case 1: bytes[place] = UInt8(truncatingIfNeeded: source.nextBits())
    case 2: bytes[place] = source.chance(0.5) ? 0xff : 0
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 5: bytes.replaceSubrange(place..<end, with: source.element(of: Self.texts) ?? [])
    default: bytes.removeSubrange(place...)
    }
  }
}
