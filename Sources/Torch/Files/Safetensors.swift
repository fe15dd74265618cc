import Files
import Foundation

/// A safetensors file, mapped into memory: tensors are views of it until they are changed.
public final class SafetensorsFile {
  public let url: URL
  private let file: MappedFile
  private let header: SafetensorsHeader

  /// Opens and checks the file; the error names it and what is wrong.
  public init(_ url: URL) throws {
    self.url = url
    file = try MappedFile(url)
    do {
      header = try SafetensorsHeader(file: file.bytes)
    } catch {
      throw TorchError("\(url.path): \(error.message)")
    }
  }

  public var names: [String] { header.entries.keys.sorted() }
  public var metadata: [String: String] { header.metadata }

  public func shape(of name: String) -> [Int]? { header.entries[name]?.shape }
  public func dtype(of name: String) -> DType? { header.entries[name]?.dtype }

  /// The tensor called `name`, without copying where its bytes are aligned.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = header.entries[name] else {
      throw TorchError("\(url.path): holds no tensor \(name)")
    }
    return try file.tensor(range(of: entry), dtype: entry.dtype, shape: entry.shape)
  }

  private func range(of entry: SafetensorsHeader.Entry) -> Range<Int> {
    header.dataStart + entry.range.lowerBound..<header.dataStart + entry.range.upperBound
  }

  /// Gives back the memory that reading `name` took; for tensors of which only a copy lives on, unchanged ones.
  func forget(_ name: String) {
    guard let entry = header.entries[name] else { return }
    file.forget(range(of: entry))
  }

  // MARK: - Writing

  /// Writes `tensors` to `url` so that the file is either complete or not there.
  ///
  /// The bytes depend on the tensors and the metadata alone, not on the order of `tensors`.
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = ["format": "pt"], to url: URL
  ) throws {
    // Wide elements first keeps every tensor aligned, as the reference implementation does.
    let ordered = tensors.sorted {
      ($1.tensor.dtype.byteCount, $0.name) < ($0.tensor.dtype.byteCount, $1.name)
    }
    let header = try headerBytes(ordered, metadata)
    try AtomicFile.write(to: url) { file in
      try file.append(header)
      for entry in ordered { try entry.tensor.withBytes { try file.append($0) } }
    }
  }

  private static func headerBytes(
    _ tensors: [NamedTensor], _ metadata: [String: String]
  ) throws -> Data {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = try metadata.sorted { $0.key < $1.key }.map {
        "\(try quoted($0.key)):\(try quoted($0.value))"
      }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    var names: Set<String> = []
    for entry in tensors {
      guard names.insert(entry.name).inserted, entry.name != "__metadata__" else {
        throw TorchError("two tensors to be written are called \(entry.name)")
      }
      guard !entry.tensor.isPoisoned else {
        throw TorchError("the tensor \(entry.name) to be written is empty after a failure")
      }
      let end = offset + entry.tensor.count * entry.tensor.dtype.byteCount
      let shape = entry.tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(try quoted(entry.name)):{\"dtype\":\"\(entry.tensor.dtype.safetensorsCode)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Data("{\(members.joined(separator: ","))}".utf8)
    json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    var header = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    header.append(json)
    return header
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}

/// A tensor and its name in a checkpoint.
public struct NamedTensor {
  public var name: String
  public var tensor: Tensor

  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}
