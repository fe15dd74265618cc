import Foundation

/// Writes structures in Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md), as far as Parquet's
/// metadata needs it.
struct CompactWriter {
  private(set) var bytes = Data()
  private var lastField = 0

  private enum Kind {
    static let integer: UInt8 = 5
    static let long: UInt8 = 6
    static let binary: UInt8 = 8
    static let list: UInt8 = 9
    static let structure: UInt8 = 12
  }

  // MARK: - Fields

  mutating func integer(_ field: Int, _ value: Int) {
    begin(field, Kind.integer)
    zigzag(value)
  }

  mutating func long(_ field: Int, _ value: Int) {
    begin(field, Kind.long)
    zigzag(value)
  }

  mutating func text(_ field: Int, _ value: String) {
    begin(field, Kind.binary)
    binary(value)
  }

  mutating func integers(_ field: Int, _ values: [Int]) {
    beginList(field, Kind.integer, count: values.count)
    for value in values { zigzag(value) }
  }

  mutating func texts(_ field: Int, _ values: [String]) {
    beginList(field, Kind.binary, count: values.count)
    for value in values { binary(value) }
  }

  mutating func structure(_ field: Int, _ body: (inout CompactWriter) -> Void) {
    begin(field, Kind.structure)
    nested(body)
  }

  mutating func structures(
    _ field: Int, count: Int, _ body: (inout CompactWriter, _ index: Int) -> Void
  ) {
    beginList(field, Kind.structure, count: count)
    for index in 0..<count { nested { body(&$0, index) } }
  }

  /// Ends a structure.
  mutating func stop() { byte(0) }

  // MARK: - Values

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  /// Seven bits a byte, the lowest first.
  mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    byte(UInt8(rest))
  }

  private mutating func zigzag(_ value: Int) {
    let wide = Int64(value)
    variable(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
  }

  private mutating func binary(_ text: String) {
    variable(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ field: Int, _ kind: UInt8) {
    precondition((1...15).contains(field - lastField), "fields rise by at most 15")
    byte(UInt8(field - lastField) << 4 | kind)
    lastField = field
  }

  private mutating func beginList(_ field: Int, _ kind: UInt8, count: Int) {
    begin(field, Kind.list)
    if count < 15 {
      byte(UInt8(count) << 4 | kind)
    } else {
      byte(0xF0 | kind)
      variable(UInt64(count))
    }
  }

  private mutating func nested(_ body: (inout CompactWriter) -> Void) {
    var writer = CompactWriter()
    body(&writer)
    writer.stop()
    bytes += writer.bytes
  }
}
