/// The framing of TFRecord files: length, its checksum, the record, its checksum; little-endian.
enum TFRecord {
  /// Appends one record's bytes to a file's.
  static func append(_ record: [UInt8], to file: inout [UInt8]) {
    let length = littleEndian(UInt64(record.count))
    file += length
    file += littleEndian(CRC32C.masked(length))
    file += record
    file += littleEndian(CRC32C.masked(record))
  }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
