import Files
import Foundation

/// A JSON file, read once: as a tree of values, and to be decoded into a type; every error names the file and the place.
public struct JSONDocument: Sendable {
  public let path: String
  public let root: JSONValue

  /// How deep objects and lists may lie in each other.
  static let maximumDepth = 64
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
        let outer = index == 0 ? "the object" : "'\(keys.prefix(index).joined(separator: "."))'"
        throw InputFileError(path: path, reason: "\(outer) lacks the key '\(key)'")
      }
      value = inner
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: JSONValue.infinity, negativeInfinity: JSONValue.negativeInfinity,
      nan: JSONValue.notANumber)
    do {
      return try decoder.decode(type, from: value.encoded, under: keys)
    } catch {
      throw InputFileError(path: path, reason: error.description)
    }
  }

  /// An error about a key of the file.
  public func failure(at key: String, _ reason: String) -> InputFileError {
    InputFileError(path: path, reason: "at '\(key)': \(reason)")
  }
}
