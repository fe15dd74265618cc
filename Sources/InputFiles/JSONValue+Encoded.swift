import Foundation

extension JSONValue {
  /// What Python writes for numbers that JSON has no words for.
  static let notANumber = "NaN"
  static let infinity = "Infinity"
  static let negativeInfinity = "-Infinity"

  /// The value as JSON again, for a decoder; numbers that are not finite as texts.
  var encoded: Data {
    var data = Data()
    append(to: &data)
    return data
  }

  private func append(to data: inout Data) {
    switch self {
    case .null: data += Data("null".utf8)
    case .boolean(let value): data += Data("\(value)".utf8)
    case .integer(let value): data += Data("\(value)".utf8)
    case .number(let value):
      if value.isFinite {
        data += Data("\(value)".utf8)
      } else {
        let word =
          value.isNaN ? Self.notANumber : value > 0 ? Self.infinity : Self.negativeInfinity
        data += Data("\"\(word)\"".utf8)
      }
    case .string(let text): Self.append(text, to: &data)
    case .array(let values):
      data.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { data.append(UInt8(ascii: ",")) }
        value.append(to: &data)
      }
      data.append(UInt8(ascii: "]"))
    case .object(let members):
      data.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { data.append(UInt8(ascii: ",")) }
        Self.append(member.key, to: &data)
        data.append(UInt8(ascii: ":"))
        member.value.append(to: &data)
      }
      data.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ text: String, to data: inout Data) {
    data.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        data.append(UInt8(ascii: "\\"))
        data.append(byte)
      case 0..<0x20: data += Data(("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8)
      default: data.append(byte)
      }
    }
    data.append(UInt8(ascii: "\""))
  }
}
