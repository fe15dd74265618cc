import Files
import Foundation
import InputFiles

/// A model's weights in the Hugging Face layout: one `model.safetensors`, or shards and an index; or one file.
public final class Checkpoint {
  /// Where it lies: the folder, or the file where there is but one.
  public let folder: URL
  private let files: [String: any TensorFile]
  /// Tensor name to file name.
  private let location: [String: String]
  /// The files that are read, the index among them.
  public let fileURLs: [URL]
  /// What stands before every name in the file and is no part of it.
  private var prefix = ""

  /// Opens `<stem>.safetensors`, else the shards of `<stem>.safetensors.index.json`: the file that transformers'
  /// `from_pretrained` would load.
  ///
  /// An index beside a whole file is left over from before, or from another model, and is not looked at.
  public init(folder: URL, stem: String = "model") throws {
    self.folder = folder
    let single = "\(stem).safetensors"
    let index = folder.appendingPathComponent("\(single).index.json")
    let whole = folder.appendingPathComponent(single)
    if FileManager.default.fileExists(atPath: whole.path) {
      let file = try SafetensorsFile(whole)
      files = [single: file]
      location = Dictionary(uniqueKeysWithValues: file.names.map { ($0, single) })
      fileURLs = [whole]
      return
    }
    guard FileManager.default.fileExists(atPath: index.path) else {
      throw TorchError("\(folder.path): holds neither \(single) nor \(index.lastPathComponent)")
    }
    location = try Self.weightMap(index)
    let shards = Set(location.values).sorted()
    var files: [String: any TensorFile] = [:]
    for name in shards {
      guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
        throw TorchError("\(index.path): shard '\(name)' is not a plain file name")
      }
      guard FileContents.exists(folder.appendingPathComponent(name).path) else {
        throw TorchError(
          "\(index.path): shard '\(name)' is not there beside it; copy index and shards again, "
            + "all of one model")
      }
      files[name] = try SafetensorsFile(folder.appendingPathComponent(name))
    }
    self.files = files
    fileURLs = [index] + shards.map(folder.appendingPathComponent)
    try checkShards(belongTo: index)
  }

  /// Throws where the shards hold other tensors than the index says: one of them is of another model.
  ///
  /// A tensor that lies in two shards is taken from where the index puts it. `from_pretrained` takes the last one, so the
  /// two must agree.
  private func checkShards(belongTo index: URL) throws {
    for (tensor, name) in location.sorted(by: { $0.key < $1.key })
    where files[name]?.dtype(of: tensor) == nil {
      throw TorchError("\(index.path): tensor \(tensor) is not in \(name), where the index puts it")
    }
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      if let tensor = file.names.first(where: { location[$0].map { $0 < name } ?? true }) {
        throw TorchError(
          "\(index.path): '\(name)' holds \(tensor), which the index does not put there; "
            + "copy index and shards again, all of one model")
      }
    }
  }

  /// Opens one file, safetensors or of `torch.save`: what it holds decides, not its name.
  ///
  /// - Parameter prefix: Is taken away from the names where all of them begin with it: `module.`, which PyTorch's
  ///   distributed training puts there.
  public init(file url: URL, withoutPrefix prefix: String) throws {
    folder = url
    fileURLs = [url]
    let bytes = try MappedFile(url)
    let file: any TensorFile =
      TorchArchive.isArchive(bytes.bytes) || url.pathExtension == "pt"
      ? try TorchArchive(url, bytes) : try SafetensorsFile(url)
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
      return try JSONDocument(contentsOf: index).decoded(Index.self).weightMap
    } catch {
      throw TorchError("\(index.path): is not an index with a weight_map: \(error.reason)")
    }
  }

  public var names: [String] { location.keys.sorted() }

  private func file(of name: String) -> (any TensorFile)? { location[name].flatMap { files[$0] } }

  /// The path of the file that holds a tensor, or of the folder where none does.
  public func path(of name: String) -> String {
    guard let file = location[name], !file.isEmpty else { return folder.path }
    return folder.appendingPathComponent(file).path
  }

  public func contains(_ name: String) -> Bool { location[name] != nil }
  public func shape(of name: String) -> [Int]? { file(of: name)?.shape(of: prefix + name) }
  public func dtype(of name: String) -> DType? { file(of: name)?.dtype(of: prefix + name) }

  /// The tensor called `name`, a view of its file.
  public func tensor(_ name: String) throws -> Tensor {
    guard let file = file(of: name) else {
      throw TorchError("\(fileURLs.last?.path ?? folder.path): holds no tensor \(name)")
    }
    return try file.tensor(prefix + name)
  }

  /// Gives back the memory that reading `name` took; for tensors of which only a copy lives on.
  func forget(_ name: String) { file(of: name)?.forget(name) }
}
