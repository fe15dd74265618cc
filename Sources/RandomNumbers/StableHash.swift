/// 64-bit FNV-1a (Fowler, Noll, Vo), the same on every platform and in every process.
///
/// Tells contents apart; no defence against a forger.
public struct StableHash: Hashable, Sendable {
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  @usableFromInline static let prime: UInt64 = 0x0000_0100_0000_01b3

  public init() {}

  public mutating func combine(bytes: some Sequence<UInt8>) {
    var value = self.value
    for byte in bytes { value = (value ^ UInt64(byte)) &* Self.prime }
    self.value = value
  }

  /// Text and a separator, so that "ab", "c" differs from "a", "bc".
  public mutating func combine(_ text: String) {
    combine(bytes: text.utf8)
    combine(bytes: CollectionOfOne(0))
  }

  public mutating func combine(_ number: Int) { combine(bits: UInt64(bitPattern: Int64(number))) }

  public mutating func combine(_ number: Double) {
    // Both zeros are one number.
    combine(bits: number == 0 ? 0 : number.bitPattern)
  }

  /// Eight bytes, the lowest first.
  private mutating func combine(bits: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      value = (value ^ (bits >> UInt64(shift) & 255)) &* Self.prime
    }
  }

  /// Eight bytes at a time and the number of bytes, which a checkpoint of many gigabytes needs to be quick.
  ///
  /// Another digest than `combine(bytes:)` gives: the high half is folded in after each word, since a word's high bytes
  /// would otherwise reach the high bits only.
  public mutating func combine(words bytes: UnsafeRawBufferPointer) {
    var value = self.value
    func mix(_ word: UInt64) {
      value = (value ^ word) &* Self.prime
      value ^= value >> 32
    }
    var offset = 0
    while offset + 8 <= bytes.count {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    for byte in bytes[offset...] { mix(UInt64(byte)) }
    mix(UInt64(bytes.count))
    self.value = value
  }

  /// 16 hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
