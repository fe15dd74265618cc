import Foundation
import InputFiles

/// JSON as the dialects over HTTP write it; Foundation's coders do the work.
enum JSONText {
  /// The value of a text.
  ///
  /// - Throws: `CodecError` where it is no JSON (`NaN` is none), or a limit is passed.
  static func value(of bytes: [UInt8], limits: DecodingLimits = DecodingLimits())
    throws(CodecError) -> WireValue
  {
    guard bytes.count <= limits.size else {
      throw CodecError(
        format: "JSON", reason: "\(bytes.count) bytes; at most \(limits.size) are read")
    }
    // Before Foundation builds anything: nesting costs stack, and every value takes memory.
    try check(bytes, limits)
    do {
      return try JSONDecoder().decode(WireValue.self, from: Data(bytes), under: [])
    } catch {
      throw CodecError(format: "JSON", reason: error.description)
    }
  }

  /// The text of a value, its arrays in the given form.
  ///
  /// - Throws: `CodecError` where it holds what JSON has no form for: bytes, numbers that are not finite.
  static func bytes(of value: WireValue, arrays form: ArrayForm) throws(CodecError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    do {
      return [UInt8](try encoder.encode(try value.writing(arrays: form)))
    } catch let error as CodecError {
      throw error
    } catch {
      throw CodecError(format: "JSON", reason: "\(error)")
    }
  }

  private static func check(_ bytes: [UInt8], _ limits: DecodingLimits) throws(CodecError) {
    var (depth, values, isText, isEscaped) = (0, 1, false, false)
    for byte in bytes {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
      guard depth <= limits.depth else {
        throw CodecError(
          format: "JSON", reason: "more than \(limits.depth) lists and maps inside each other")
      }
      guard values <= limits.values else {
        throw CodecError(format: "JSON", reason: "more than \(limits.values) values")
      }
    }
  }
}

extension WireValue {
  /// This value with its arrays written in a form.
  fileprivate func writing(arrays form: ArrayForm) throws(CodecError) -> WireValue {
    switch self {
    case .array(let array): return try form.written(array)
    case .list(let parts):
      var written: [WireValue] = []
      for part in parts { written.append(try part.writing(arrays: form)) }
      return .list(written)
    case .map(let entries):
      var written: [Entry] = []
      for entry in entries {
        written.append(Entry(key: entry.key, value: try entry.value.writing(arrays: form)))
      }
      return .map(written)
    default: return self
    }
  }
}

extension WireValue: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Maps come in the order of their keys, since JSON's order means nothing.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      self = .map(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          Entry(key: .text($0.stringValue), value: try container.decode(WireValue.self, forKey: $0))
        })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var parts: [WireValue] = []
      while !container.isAtEnd { parts.append(try container.decode(WireValue.self)) }
      self = .list(parts)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .map(let entries):
      var container = encoder.container(keyedBy: Key.self)
      for entry in entries {
        guard let key = entry.key.string else {
          throw CodecError(format: "JSON", reason: "a key that is \(entry.key.kind)")
        }
        try container.encode(entry.value, forKey: Key(stringValue: key))
      }
    case .list(let parts):
      var container = encoder.unkeyedContainer()
      for part in parts { try container.encode(part) }
    case .bytes, .array:
      throw CodecError(format: "JSON", reason: "\(kind) where only text and numbers can be")
    case .null, .bool, .integer, .unsigned, .number, .text:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .integer(let value): try container.encode(value)
      case .unsigned(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      default: try container.encodeNil()
      }
    }
  }
}
