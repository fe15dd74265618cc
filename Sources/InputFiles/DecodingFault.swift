import Foundation

/// What is wrong with a JSON text, in a sentence that names the place.
public struct DecodingFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

extension JSONDecoder {
  /// Decodes a JSON text.
  ///
  /// - Parameter keys: Where in its file the text stands, for messages.
  /// - Throws: `DecodingFault` with the key, or with line and byte where the text is no JSON.
  public func decode<Value: Decodable>(
    _ type: Value.Type, from text: Data, under keys: [String] = []
  ) throws(DecodingFault) -> Value {
    let failure: any Error
    do {
      return try decode(type, from: text)
    } catch {
      failure = error
    }
    guard case DecodingError.dataCorrupted(let context) = failure, context.blamesTheText else {
      throw DecodingFault(failure, under: keys)
    }
    // Foundation says neither where a text is no JSON nor which number does not fit into its type.
    switch JSONScanner.scanned(text) {
    case .failure(let failure): throw DecodingFault(failure, in: text)
    case .success(let value): throw numberFault(in: value, of: type, under: keys)
    }
  }

  /// Which number of a value cannot be read: the first without which, all others of its kind left out, it can.
  private func numberFault<Value: Decodable>(
    in value: JSONValue, of type: Value.Type, under keys: [String]
  ) -> DecodingFault {
    func fault(in value: JSONValue) -> (any Error)? {
      do {
        _ = try decode(type, from: value.encoded)
        return nil
      } catch {
        return error
      }
    }
    let zero = JSONValue.integer(0)
    if let other = fault(in: value.replacingFractions { _ in zero }) {
      return DecodingFault(other, under: keys)
    }
    let numbers = value.fractions(under: keys)
    for (index, number) in numbers.enumerated().prefix(Self.mostNumbers) {
      var count = 0
      let alone = value.replacingFractions { own in
        defer { count += 1 }
        return count == index ? own : zero
      }
      if fault(in: alone) != nil {
        return DecodingFault(
          description: "'\(number.place)': \(number.value) is not the whole number that is "
            + "needed, or is beyond what is read")
      }
    }
    return DecodingFault(description: "this is not JSON of the kind expected")
  }

  /// So many numbers are tried; a file that is wrong in the last of more is told without the place.
  private static let mostNumbers = 1000
}

extension DecodingError.Context {
  /// Whether this is said of the text as a whole.
  fileprivate var blamesTheText: Bool {
    codingPath.isEmpty && debugDescription.hasPrefix("The given data was not valid JSON")
  }
}

extension JSONScanner {
  /// The value of a text, or where and why it is none.
  fileprivate static func scanned(_ text: Data) -> Result<JSONValue, Failure> {
    text.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, maximumDepth: JSONDocument.maximumDepth)
      return Result { () throws(Failure) in try scanner.document() }
    }
  }
}

extension JSONValue {
  /// The numbers that not every type of number can be, in the order of the file: fractions, huge ones, negative ones.
  fileprivate func fractions(under keys: [String]) -> [(place: String, value: JSONValue)] {
    switch self {
    case .number, .integer(..<0): [(keys.joined(separator: "."), self)]
    case .array(let values):
      values.enumerated().flatMap { $1.fractions(under: keys + ["[\($0)]"]) }
    case .object(let members): members.flatMap { $0.value.fractions(under: keys + [$0.key]) }
    default: []
    }
  }

  /// The value with those numbers replaced, in the same order.
  fileprivate func replacingFractions(_ replacement: (JSONValue) -> JSONValue) -> JSONValue {
    switch self {
    case .number, .integer(..<0): replacement(self)
    case .array(let values): .array(values.map { $0.replacingFractions(replacement) })
    case .object(let members):
      .object(
        members.map { Member(key: $0.key, value: $0.value.replacingFractions(replacement)) })
    default: self
    }
  }
}

extension DecodingFault {
  fileprivate init(_ failure: JSONScanner.Failure, in text: Data) {
    let before = text.prefix(failure.offset)
    let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    let byte = 1 + before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
    description = "line \(line), byte \(byte): not valid JSON: \(failure.message)"
  }

  fileprivate init(_ error: any Error, under keys: [String]) {
    func place(_ context: DecodingError.Context, whole: String = "the object") -> String {
      let all = keys + context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return all.isEmpty ? whole : "'" + all.joined(separator: ".") + "'"
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      description = "\(place(context)) lacks the key '\(key.stringValue)'"
    case DecodingError.typeMismatch(let type, let context):
      let kind =
        type is [String: Any].Type
        ? "a JSON object" : type is [Any].Type ? "a JSON array" : "of type \(type)"
      description = "\(place(context, whole: "this")) is not \(kind)"
    case DecodingError.valueNotFound(_, let context):
      description = "\(place(context)) is null where a value is needed"
    case DecodingError.dataCorrupted(let context):
      description = "\(place(context)): \(context.debugDescription)"
    case let error as any CustomStringConvertible:
      description = error.description
    default:
      description = "this is not JSON of the kind expected"
    }
  }
}
