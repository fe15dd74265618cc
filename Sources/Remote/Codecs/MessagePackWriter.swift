/// Writes MessagePack as msgpack-python does with `use_bin_type`: the shortest form of every length and number.
struct MessagePackWriter {
  private(set) var bytes: [UInt8] = []
  private let form: ArrayForm

  /// The bytes of a value, its arrays in the given form.
  static func bytes(of value: WireValue, arrays form: ArrayForm) throws(CodecError) -> [UInt8] {
    var writer = MessagePackWriter(form: form)
    try writer.write(value)
    return writer.bytes
  }

  private init(form: ArrayForm) { self.form = form }

  private mutating func write(_ value: WireValue) throws(CodecError) {
    switch value {
    case .null: bytes.append(0xc0)
    case .bool(let value): bytes.append(value ? 0xc3 : 0xc2)
    case .integer(let value): write(value)
    case .unsigned(let value): head(0xcf, value, width: 8)
    case .number(let value): head(0xcb, value.bitPattern, width: 8)
    case .text(let text):
      let utf8 = Array(text.utf8)
      if utf8.count < 32 {
        bytes.append(0xa0 | UInt8(utf8.count))
      } else {
        try head(utf8.count, [(0xd9, 1), (0xda, 2), (0xdb, 4)])
      }
      bytes += utf8
    case .bytes(let data):
      try head(data.count, [(0xc4, 1), (0xc5, 2), (0xc6, 4)])
      bytes += data
    case .list(let parts):
      if parts.count < 16 {
        bytes.append(0x90 | UInt8(parts.count))
      } else {
        try head(parts.count, [(0xdc, 2), (0xdd, 4)])
      }
      for part in parts { try write(part) }
    case .map(let entries):
      if entries.count < 16 {
        bytes.append(0x80 | UInt8(entries.count))
      } else {
        try head(entries.count, [(0xde, 2), (0xdf, 4)])
      }
      for entry in entries {
        try write(entry.key)
        try write(entry.value)
      }
    case .array(let array): try write(try form.written(array))
    }
  }

  private mutating func write(_ value: Int64) {
    switch value {
    case 0...0x7f: bytes.append(UInt8(value))
    case -32..<0: bytes.append(UInt8(bitPattern: Int8(value)))
    case 0...0xff: head(0xcc, UInt64(value), width: 1)
    case 0...0xffff: head(0xcd, UInt64(value), width: 2)
    case 0...0xffff_ffff: head(0xce, UInt64(value), width: 4)
    case 0...: head(0xcf, UInt64(value), width: 8)
    case -0x80..<0: head(0xd0, UInt64(bitPattern: value), width: 1)
    case -0x8000..<0: head(0xd1, UInt64(bitPattern: value), width: 2)
    case -0x8000_0000..<0: head(0xd2, UInt64(bitPattern: value), width: 4)
    default: head(0xd3, UInt64(bitPattern: value), width: 8)
    }
  }

  private mutating func head(_ count: Int, _ forms: [(type: UInt8, width: Int)])
    throws(CodecError)
  {
    for (type, width) in forms where count < 1 << (8 * width) {
      head(type, UInt64(count), width: width)
      return
    }
    throw CodecError(format: "MessagePack", reason: "\(count) bytes or parts are too many for it")
  }

  private mutating func head(_ type: UInt8, _ value: UInt64, width: Int) {
    bytes.append(type)
    for shift in (0..<width).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(shift))))
    }
  }
}
