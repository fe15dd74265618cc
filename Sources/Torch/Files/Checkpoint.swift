import Foundation

/// A model's weights in the Hugging Face layout: one `model.safetensors`, or shards and an index; or one file.
public final class Checkpoint {
  /// Where it lies: the folder, or the file where there is but one.
  public let folder: URL
  private let files: [String: any TensorFile]
  /// Tensor name to file name.
  private let location: [String: String]
  /// What stands before every name in the file and is no part of it.
  private var prefix = ""

  /// Opens `model.safetensors.index.json` and its shards where it exists, else `<stem>.safetensors`.
  public init(folder: URL, stem: String = "model") throws {
    self.folder = folder
    let index = folder.appendingPathComponent("\(stem).safetensors.index.json")
    let single = "\(stem).safetensors"
    guard FileManager.default.fileExists(atPath: index.path) else {
      let url = folder.appendingPathComponent(single)
      guard FileManager.default.fileExists(atPath: url.path) else {
        throw TorchError("\(folder.path): holds neither \(single) nor \(single).index.json")
      }
      let file = try SafetensorsFile(url)
      files = [single: file]
      location = Dictionary(uniqueKeysWithValues: file.names.map { ($0, single) })
      return
    }
    location = try Self.weightMap(index)
    var files: [String: any TensorFile] = [:]
    for name in Set(location.values).sorted() {
      guard !name.contains("/"), !name.hasPrefix(".") else {
        throw TorchError("\(index.path): shard \(name) is not a plain file name")
      }
      files[name] = try SafetensorsFile(folder.appendingPathComponent(name))
    }
    self.files = files
    for (tensor, name) in location where files[name]?.dtype(of: tensor) == nil {
      throw TorchError("\(index.path): \(tensor) is not in \(name), where the index puts it")
    }
  }

  /// Opens one file, safetensors or (`.pt`) of `torch.save`.
  ///
  /// - Parameter prefix: Is taken away from the names where all of them begin with it: `module.`, which PyTorch's
  ///   distributed training puts there.
  public init(file url: URL, withoutPrefix prefix: String) throws {
    folder = url
    let file: any TensorFile =
      url.pathExtension == "pt" ? try TorchArchive(url) : try SafetensorsFile(url)
    let isPrefixed = file.names.allSatisfy { $0.hasPrefix(prefix) }
    self.prefix = isPrefixed ? prefix : ""
    let length = self.prefix.count
    files = ["": file]
    location = Dictionary(
      uniqueKeysWithValues: file.names.map { (String($0.dropFirst(length)), "") })
  }

  private static func weightMap(_ index: URL) throws -> [String: String] {
    struct Index: Decodable {
      var weightMap: [String: String]
      enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
    }
    do {
      return try JSONDecoder().decode(Index.self, from: Data(contentsOf: index)).weightMap
    } catch {
      throw TorchError("\(index.path): is not an index with a weight_map: \(error)")
    }
  }

  public var names: [String] { location.keys.sorted() }

  private func file(of name: String) -> (any TensorFile)? { location[name].flatMap { files[$0] } }

  public func contains(_ name: String) -> Bool { location[name] != nil }
  public func shape(of name: String) -> [Int]? { file(of: name)?.shape(of: prefix + name) }
  public func dtype(of name: String) -> DType? { file(of: name)?.dtype(of: prefix + name) }

  /// The tensor called `name`, a view of its file.
  public func tensor(_ name: String) throws -> Tensor {
    guard let file = file(of: name) else {
      throw TorchError("\(folder.path): holds no tensor \(name)")
    }
    return try file.tensor(prefix + name)
  }

  /// Gives back the memory that reading `name` took; for tensors of which only a copy lives on.
  func forget(_ name: String) { file(of: name)?.forget(name) }
}
