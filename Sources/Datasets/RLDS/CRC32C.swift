/// The checksum of TFRecord files: CRC-32C (Castagnoli), bit-reversed polynomial 0x82f63b78.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? (value >> 1) ^ 0x82f6_3b78 : value >> 1
    }
  }

  static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xff)] ^ (sum >> 8) }
  }

  /// The checksum as TFRecord stores it, so that checksums of checksummed data stay apart (TensorFlow's `masked_crc`).
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = checksum(of: bytes)
    return ((sum >> 15) | (sum << 17)) &+ 0xa282_ead8
  }
}
