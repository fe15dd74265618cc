/// Reads one MessagePack value (https://github.com/msgpack/msgpack/blob/master/spec.md).
///
/// Every length is compared with the bytes that are there before anything is allocated. Extension types are refused:
/// no dialect here uses them.
struct MessagePackReader {
  private let bytes: UnsafeRawBufferPointer
  private let limits: DecodingLimits
  private var position = 0
  private var values = 0

  /// The value of a whole message.
  ///
  /// - Throws: `CodecError` where bytes are missing, left over or of no known type, or a limit is passed.
  static func value(of bytes: [UInt8], limits: DecodingLimits = DecodingLimits())
    throws(CodecError) -> WireValue
  {
    guard bytes.count <= limits.size else {
      throw CodecError(
        format: "MessagePack", reason: "\(bytes.count) bytes; at most \(limits.size) are read")
    }
    let result = bytes.withUnsafeBytes { raw -> Result<WireValue, CodecError> in
      var reader = MessagePackReader(bytes: raw, limits: limits)
      return Result { () throws(CodecError) in
        let value = try reader.value(depth: 0)
        guard reader.position == raw.count else {
          throw reader.error("\(raw.count - reader.position) bytes are left over")
        }
        return value
      }
    }
    return try result.get()
  }

  private init(bytes: UnsafeRawBufferPointer, limits: DecodingLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  private func error(_ reason: String) -> CodecError {
    CodecError(format: "MessagePack", reason: "byte \(position): \(reason)")
  }

  private mutating func value(depth: Int) throws(CodecError) -> WireValue {
    guard depth <= limits.depth else {
      throw error("more than \(limits.depth) lists and maps inside each other")
    }
    values += 1
    guard values <= limits.values else { throw error("more than \(limits.values) values") }
    let type = UInt8(try number(of: 1))
    switch type {
    case 0x00...0x7f: return .integer(Int64(type))
    case 0x80...0x8f: return try map(count: Int(type & 0x0f), depth: depth)
    case 0x90...0x9f: return try list(count: Int(type & 0x0f), depth: depth)
    case 0xa0...0xbf: return try text(count: Int(type & 0x1f))
    case 0xc0: return .null
    case 0xc2: return .bool(false)
    case 0xc3: return .bool(true)
    case 0xc4...0xc6: return .bytes(Array(try take(try length(of: 1 << Int(type - 0xc4)))))
    case 0xca: return .number(Double(Float(bitPattern: UInt32(try number(of: 4)))))
    case 0xcb: return .number(Double(bitPattern: try number(of: 8)))
    case 0xcc...0xcf:
      let value = try number(of: 1 << Int(type - 0xcc))
      return Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    case 0xd0: return .integer(Int64(Int8(truncatingIfNeeded: try number(of: 1))))
    case 0xd1: return .integer(Int64(Int16(truncatingIfNeeded: try number(of: 2))))
    case 0xd2: return .integer(Int64(Int32(truncatingIfNeeded: try number(of: 4))))
    case 0xd3: return .integer(Int64(bitPattern: try number(of: 8)))
    case 0xd9...0xdb: return try text(count: try length(of: 1 << Int(type - 0xd9)))
    case 0xdc, 0xdd: return try list(count: try length(of: 2 << Int(type - 0xdc)), depth: depth)
    case 0xde, 0xdf: return try map(count: try length(of: 2 << Int(type - 0xde)), depth: depth)
    case 0xe0...0xff: return .integer(Int64(Int8(bitPattern: type)))
    default: throw error("type 0x\(String(type, radix: 16)) is not used by any dialect")
    }
  }

  private mutating func list(count: Int, depth: Int) throws(CodecError) -> WireValue {
    // Each value takes a byte at least.
    guard count <= bytes.count - position else {
      throw error("a list of \(count) values is cut off")
    }
    var parts: [WireValue] = []
    parts.reserveCapacity(count)
    for _ in 0..<count { parts.append(try value(depth: depth + 1)) }
    return .list(parts)
  }

  private mutating func map(count: Int, depth: Int) throws(CodecError) -> WireValue {
    guard count <= (bytes.count - position) / 2 else {
      throw error("a map of \(count) entries is cut off")
    }
    var entries: [WireValue.Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let key = try value(depth: depth + 1)
      entries.append(WireValue.Entry(key: key, value: try value(depth: depth + 1)))
    }
    return .map(entries)
  }

  private mutating func text(count: Int) throws(CodecError) -> WireValue {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw error("text that is not UTF-8")
    }
    return .text(text)
  }

  private mutating func length(of width: Int) throws(CodecError) -> Int {
    Int(try number(of: width))
  }

  /// An unsigned number, the most significant byte first.
  private mutating func number(of width: Int) throws(CodecError) -> UInt64 {
    try take(width).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: Int) throws(CodecError) -> Slice<UnsafeRawBufferPointer> {
    guard count <= bytes.count - position else { throw error("\(count) bytes are cut off") }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
