/// A value as MessagePack or JSON carry it, and arrays of numbers in whichever form a dialect writes them.
public indirect enum WireValue: Hashable, Sendable {
  /// An entry of a map; keys are text or, in some dialects, bytes.
  public struct Entry: Hashable, Sendable {
    public var key: WireValue
    public var value: WireValue

    public init(key: WireValue, value: WireValue) {
      self.key = key
      self.value = value
    }
  }

  case null
  case bool(Bool)
  case integer(Int64)
  /// A whole number above `Int64.max`.
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  case list([WireValue])
  /// Entries in the order in which they are written.
  case map([Entry])
  /// An array of numbers; `ArrayForm` says how it is written.
  case array(NumericArray)

  /// A map with text keys in this order.
  public static func fields(_ fields: KeyValuePairs<String, WireValue>) -> WireValue {
    .map(fields.map { Entry(key: .text($0.key), value: $0.value) })
  }
}

// MARK: - Reading

extension WireValue {
  /// The value under a key that is this text or its UTF-8 bytes; nil where there is none, or this is no map.
  public subscript(key: String) -> WireValue? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key.string == key }?.value
  }

  /// Text, or bytes that are text.
  public var string: String? {
    switch self {
    case .text(let text): text
    case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .unsigned(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The keys of a map that are text.
  public var keys: [String] {
    guard case .map(let entries) = self else { return [] }
    return entries.compactMap(\.key.string)
  }

  /// What kind of value this is, for messages.
  public var kind: String {
    switch self {
    case .null: "nothing"
    case .bool: "a truth value"
    case .integer, .unsigned, .number: "a number"
    case .text: "text"
    case .bytes: "bytes"
    case .list: "a list"
    case .map: "a map"
    case .array: "an array"
    }
  }

  /// The numbers of an array, or of lists of numbers that are one, with their shape.
  ///
  /// - Returns: nil where this is no array of numbers, or its rows have different lengths.
  public var numbers: (shape: [Int], values: [Double])? {
    switch self {
    case .array(let array): return (array.shape, array.values)
    case .list(let parts):
      var inner: [Int]?
      var values: [Double] = []
      for part in parts {
        guard let (shape, numbers) = part.numbers, inner == nil || inner == shape else {
          return nil
        }
        inner = shape
        values += numbers
      }
      return ([parts.count] + (inner ?? []), values)
    default:
      guard let double else { return nil }
      return ([], [double])
    }
  }
}

/// Bounds on what a decoder makes of bytes that a stranger sent.
public struct DecodingLimits: Hashable, Sendable {
  /// Bytes of one message.
  public var size = 64 << 20
  /// Lists and maps inside each other.
  public var depth = 32
  /// Values of one message, all depths together.
  public var values = 1 << 20

  public init() {}
}

/// Why bytes cannot be read as what they should be.
public struct CodecError: Error, Hashable, Sendable, CustomStringConvertible {
  public var format: String
  public var reason: String

  public var description: String { "\(format): \(reason)" }
}
