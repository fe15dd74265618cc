/// A JSON reader for files of strangers: valid UTF-8 only, no duplicate keys, bounded depth.
///
/// Foundation's reader keeps one of two equal keys without a word, which would let a file say one thing and mean another.
public struct JSONScanner {
  /// Where and why the bytes are no JSON.
  public struct Failure: Error, Hashable {
    /// Counted from 0.
    public var offset: Int
    public var message: String
  }

  private let bytes: UnsafeRawBufferPointer
  private let maximumDepth: Int
  private let readsPythonNumbers: Bool
  private var position = 0

  /// - Parameters:
  ///   - maximumDepth: How deep objects and lists may lie in each other.
  ///   - readsPythonNumbers: Takes `NaN`, `Infinity` and `-Infinity`, which Python writes and JSON does not know.
  public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int, readsPythonNumbers: Bool = false)
  {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.readsPythonNumbers = readsPythonNumbers
  }

  /// The one value that the bytes hold, white space around it allowed.
  public mutating func document() throws(Failure) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the JSON value") }
    return value
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONValue {
    guard depth < maximumDepth else { throw failure("JSON is nested too deeply") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t") where takeWord("true"): return .boolean(true)
    case UInt8(ascii: "f") where takeWord("false"): return .boolean(false)
    case UInt8(ascii: "n") where takeWord("null"): return .null
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "N"),
      UInt8(ascii: "I"):
      return try number()
    default: throw failure("a JSON value is expected")
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("a JSON key is expected") }
      let name = try string()
      guard names.insert(name).inserted else { throw failure("the key \(name) appears twice") }
      guard take(":") else { throw failure("':' is expected after the key \(name)") }
      members.append(JSONValue.Member(key: name, value: try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw failure("'}' is expected") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Failure) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw failure("']' is expected") }
    return .array(values)
  }

  // MARK: - Numbers

  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    if readsPythonNumbers {
      for (word, value) in [
        (JSONValue.notANumber, Double.nan), (JSONValue.infinity, .infinity),
        (JSONValue.negativeInfinity, -.infinity),
      ] where takeWord(word) {
        return .number(value)
      }
    }
    if peek == UInt8(ascii: "-") { position += 1 }
    let whole = takeDigits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      throw failure("a number is expected")
    }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      position += 1
      isInteger = false
      guard takeDigits() > 0 else { throw failure("a digit is expected after the point") }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      isInteger = false
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      guard takeDigits() > 0 else { throw failure("a digit is expected in the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text) else { throw failure("a number is expected") }
    return .number(number)
  }

  private mutating func takeDigits() -> Int {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  // MARK: - Texts

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw failure("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape() throws(Failure) -> [UInt8] {
    guard let byte = peek else { throw failure("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an escape sequence is unknown")
    }
  }

  private mutating func unicodeEscape() throws(Failure) -> [UInt8] {
    var units = [try hexadecimalUnit()]
    if UTF16.isLeadSurrogate(units[0]) {
      guard peek == UInt8(ascii: "\\") else { throw failure("half a surrogate pair") }
      position += 1
      guard peek == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
      position += 1
      units.append(try hexadecimalUnit())
    }
    guard let string = String(validating: units, as: UTF16.self) else {
      throw failure("half a surrogate pair")
    }
    return Array(string.utf8)
  }

  private mutating func hexadecimalUnit() throws(Failure) -> UInt16 {
    guard position + 4 <= bytes.count,
      let digits = String(validating: bytes[position..<position + 4], as: UTF8.self),
      digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16)
    else { throw failure("\\u is not followed by four hexadecimal digits") }
    position += 4
    return unit
  }

  // MARK: - Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private func failure(_ message: String) -> Failure { Failure(offset: position, message: message) }
}
