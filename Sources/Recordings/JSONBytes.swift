import Foundation

/// JSON as it is written byte by byte: a general encoder took longer over the names of columns than all numbers take.
struct JSONBytes {
  private(set) var bytes: [UInt8] = []

  /// Takes in JSON as it is.
  mutating func append(_ json: Data) { bytes.append(contentsOf: json) }

  mutating func append(_ json: String) { bytes.append(contentsOf: json.utf8) }

  mutating func append(_ number: Int) { append(String(number)) }

  /// Takes in a text between quotation marks.
  mutating func append(quoted text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { text in
      guard text.contains(where: Self.isSpecial) else { return bytes.append(contentsOf: text) }
      for byte in text {
        if byte < 0x20 {
          append("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))")
        } else {
          if Self.isSpecial(byte) { bytes.append(UInt8(ascii: "\\")) }
          bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Takes in a list whose elements `element` writes.
  mutating func append<Element>(
    list elements: [Element], _ element: (inout JSONBytes, Element) throws -> Void
  ) rethrows {
    bytes.append(UInt8(ascii: "["))
    for (number, one) in elements.enumerated() {
      if number > 0 { bytes.append(UInt8(ascii: ",")) }
      try element(&self, one)
    }
    bytes.append(UInt8(ascii: "]"))
  }
}
