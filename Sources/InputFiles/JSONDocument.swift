import Foundation

/// A JSON file, read once: as a tree of values, and to be decoded into a type; every error names the file and the place.
public struct JSONDocument: Sendable {
  public let path: String
  public let root: JSONValue

  /// How deep objects and lists may lie in each other.
  private static let maximumDepth = 64
  /// The largest file that is read [bytes]: openvla-7b's largest holds 95 kB, its `tokenizer.json` under 4 MB.
  private static let largestSize = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: `InputFileError` with the line for what is no JSON.
  public init(contentsOf url: URL) throws(InputFileError) {
    try self.init(InputFile.data(at: url, limit: Self.largestSize), path: url.path)
  }

  /// Reads bytes; an error calls them `path`.
  public init(_ bytes: Data, path: String) throws(InputFileError) {
    self.path = path
    let scanned = bytes.withUnsafeBytes { raw in
      Result { () throws(JSONScanner.Failure) -> JSONValue in
        var scanner = JSONScanner(raw, maximumDepth: Self.maximumDepth, readsPythonNumbers: true)
        return try scanner.document()
      }
    }
    switch scanned {
    case .success(let value): root = value
    case .failure(let failure):
      let line = 1 + bytes.prefix(failure.offset).count { $0 == UInt8(ascii: "\n") }
      throw InputFileError(path: path, reason: "line \(line): not valid JSON: \(failure.message)")
    }
  }

  /// The value under keys that lie in each other, as a type; the values beside them are not looked at.
  ///
  /// - Parameter keys: None for all that the file holds.
  /// - Throws: `InputFileError` that names the key.
  public func decoded<Value: Decodable>(
    _ type: Value.Type = Value.self, at keys: [String] = []
  ) throws(InputFileError) -> Value {
    var value = root
    for (index, key) in keys.enumerated() {
      guard let inner = value[key] else {
        throw InputFileError(
          path: path, reason: "\(Self.place(keys.prefix(index)))the key '\(key)' is missing")
      }
      value = inner
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: JSONValue.infinity, negativeInfinity: JSONValue.negativeInfinity,
      nan: JSONValue.notANumber)
    do {
      return try decoder.decode(type, from: value.encoded)
    } catch {
      throw InputFileError(path: path, reason: Self.reason(of: error, under: keys))
    }
  }

  /// An error about a key of the file.
  public func failure(at key: String, _ reason: String) -> InputFileError {
    InputFileError(path: path, reason: "at '\(key)': \(reason)")
  }

  private static func place(_ keys: some Collection<String>) -> String {
    keys.isEmpty ? "" : "at '\(keys.joined(separator: "."))': "
  }

  private static func reason(of error: any Error, under keys: [String]) -> String {
    func place(_ context: DecodingError.Context) -> String {
      Self.place(keys + context.codingPath.map(\.stringValue))
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return "\(place(context))the key '\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      return place(context) + context.debugDescription
    default: return "\(error)"
    }
  }
}
