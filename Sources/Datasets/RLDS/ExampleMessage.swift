/// A `tf.train.Example` as protocol-buffer bytes: a map from names to lists of bytes, floats or whole numbers.
///
/// The fields that matter: `Example.features = 1`, `Features.feature = 1` (a map entry has its key in 1, its value in 2),
/// `Feature.bytes_list = 1`, `.float_list = 2`, `.int64_list = 3`, and `value = 1` in each list, packed for numbers
/// (tensorflow/core/example/feature.proto).
struct ExampleMessage {
  enum Feature {
    case bytes([[UInt8]])
    case floats([Float])
    case integers([Int64])
  }

  /// Written in the order of their names, so that the same features give the same bytes.
  var features: [String: Feature] = [:]

  var encoded: [UInt8] {
    var map: [UInt8] = []
    for (name, feature) in features.sorted(by: { $0.key < $1.key }) {
      let entry = Self.field(1, Array(name.utf8)) + Self.field(2, Self.encoded(feature))
      map += Self.field(1, entry)
    }
    return Self.field(1, map)
  }

  private static func encoded(_ feature: Feature) -> [UInt8] {
    switch feature {
    case .bytes(let values):
      return field(1, values.reduce(into: []) { $0 += field(1, $1) })
    case .floats(let values):
      let packed = values.flatMap { TFRecord.littleEndian($0.bitPattern) }
      return field(2, field(1, packed))
    case .integers(let values):
      let packed = values.flatMap { varint(UInt64(bitPattern: $0)) }
      return field(3, field(1, packed))
    }
  }

  /// A length-delimited field.
  private static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    return bytes
  }
}
