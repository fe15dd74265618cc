import Files
import Foundation
import Yams

/// The one document of a YAML file, read in bounded time and memory.
///
/// Only the part of YAML that data files need is accepted: mappings with words as keys, lists and scalars. Anchors, aliases
/// and tags are refused, since a few lines of them can stand for more data than memory holds.
///
/// ```swift
/// let plate = try YAMLDocument(atPath: path, named: "Scenes/objects/plate.yaml").read { root in
///   let entries = try root.mapping(knownKeys: ["name", "radius"])
///   return Plate(
///     name: entries.read("name", or: "") { try $0.string() },
///     radius: entries.number("radius", within: .length))
/// }
/// ```
public struct YAMLDocument {
  /// The name that complaints give the file.
  public let name: String
  /// The file's bytes.
  public let bytes: Data
  private let node: Node

  /// A file may have this many bytes: some fifty times as many as a large one has.
  public static let largestFile = 1 << 18

  /// Reads and parses a file.
  ///
  /// - Parameter name: what complaints call the file.
  /// - Throws: `YAMLError` where it is no readable regular file of at most `largestFile` bytes, or no YAML.
  public init(atPath path: String, named name: String) throws {
    let bytes: Data
    do {
      bytes = try FileContents.read(path, limit: Self.largestFile, isRegular: true)
    } catch {
      throw YAMLError(error, file: name)
    }
    try self.init(bytes: bytes, named: name)
  }

  public init(text: String, named name: String) throws {
    try self.init(bytes: Data(text.utf8), named: name)
  }

  /// Parses the bytes of a file.
  public init(bytes: Data, named name: String) throws {
    self.name = name
    self.bytes = bytes
    if let reason = bytes.withUnsafeBytes({ GitLFSPointer.reason(toRefuse: $0) }) {
      throw YAMLError(
        FileFault(path: name, operation: .read, cause: .pointer(reason: reason)), file: name)
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw YAMLError(
        file: name, line: Self.lineThatIsNoText(bytes), problem: "the file is not UTF-8 text",
        mend: "save it as UTF-8")
    }
    if let complaint = YAMLScan(text).complaint(file: name) { throw YAMLError(complaint) }
    do {
      guard let node = try Parser(yaml: text, encoding: .utf8).singleRoot() else {
        throw YAMLError(
          file: name, line: 1, problem: "the file is empty", mend: "give it at least a `name`")
      }
      self.node = node
    } catch let error as YamlError {
      throw YAMLError(unparsable: error, file: name)
    }
  }

  private static func lineThatIsNoText(_ bytes: Data) -> Int? {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }

  /// Makes something of the document.
  ///
  /// - Parameter make: given the root. What it records along the way is thrown at the end, together with what it throws.
  /// - Throws: `YAMLError` with all complaints, or whatever else `make` throws.
  public func read<Result>(_ make: (YAMLValue) throws -> Result) throws -> Result {
    let complaints = YAMLComplaints()
    do {
      let result = try make(YAMLValue(node: node, file: name, key: "", complaints: complaints))
      if let error = complaints.error { throw error }
      return result
    } catch let error as YAMLError {
      for complaint in error.complaints { complaints.add(complaint) }
      throw complaints.error ?? error
    }
  }
}
