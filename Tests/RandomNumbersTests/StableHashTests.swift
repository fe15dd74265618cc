import RandomNumbers
import Testing

@Suite struct StableHashTests {
  @Test func hashesAreThoseOfFNV1a() {
    // http://www.isthe.com/chongo/tech/comp/fnv/: the 64-bit FNV-1a of "foobar".
    var hash = StableHash()
    hash.combine(bytes: "foobar".utf8)
    #expect(hash.hexadecimal == "85944171f73967e8")
  }

  /// The naive byte loop, FNV-1a over eight bytes at a time with the high half folded in.
  @Test(arguments: [0, 1, 7, 8, 9, 64, 65]) func wordsAreThoseOfTheNaiveLoop(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    var words: [UInt64] = []
    for start in stride(from: 0, to: count / 8 * 8, by: 8) {
      words.append((0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) })
    }
    words += bytes[(count / 8 * 8)...].map(UInt64.init) + [UInt64(count)]
    var expected: UInt64 = 0xcbf2_9ce4_8422_2325
    for word in words {
      expected = (expected ^ word) &* 0x0000_0100_0000_01b3
      expected ^= expected >> 32
    }
    var hash = StableHash()
    bytes.withUnsafeBytes { hash.combine(words: $0) }
    #expect(hash.value == expected)
  }
}
