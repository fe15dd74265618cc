import EnvironmentInterface
import Foundation
import Networks
import RandomNumbers
import Torch

/// A folder in the Hugging Face layout: `config.json`, safetensors, `tokenizer.model`, `dataset_statistics.json`.
public struct PolicyCheckpoint: Sendable {
  public let folder: URL
  public let modelType: String

  /// Reads the configuration, so that a folder that is no checkpoint is told at once.
  ///
  /// - Throws: `CheckpointError` that names the file and the mend.
  public init(at folder: URL) throws {
    self.folder = folder
    modelType = try Self.configuration(in: folder).modelType
    let known = ["openvla", "diffusion-policy"]
    guard known.contains(modelType) else {
      throw CheckpointError.unknownModelType(
        modelType, known: known, path: folder.appendingPathComponent("config.json").path)
    }
  }

  /// Loads the weights.
  ///
  /// - Parameters:
  ///   - name: What the policy is called in tables.
  ///   - loading: Where its network runs and how OpenVLA's weights are kept; a diffusion policy's stay as they are.
  ///   - statisticsKey: The dataset whose statistics un-normalise actions; nil where there is one.
  public func makePolicy(
    name: String, loading: CheckpointLoading = CheckpointLoading(device: .cpu),
    statisticsKey: String?
  ) throws -> any Policy {
    switch modelType {
    case "diffusion-policy":
      try DiffusionPolicy(
        name: name, checkpoint: self, device: loading.device, statisticsKey: statisticsKey)
    case _ where try decodesInParallel:
      try OpenVLAChunkPolicy(
        name: name, checkpoint: self, loading: loading,
        statisticsKey: statisticsKey)
    default:
      try OpenVLAPolicy(
        name: name, checkpoint: self, loading: loading,
        statisticsKey: statisticsKey)
    }
  }

  // MARK: - Files

  /// The bytes of a file of the folder.
  func data(of name: String, for purpose: String) throws -> Data {
    let url = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CheckpointError.missingFile(path: url.path, purpose: purpose)
    }
    do {
      return try Data(contentsOf: url)
    } catch {
      throw CheckpointError.unreadableFile(path: url.path, reason: error.localizedDescription)
    }
  }

  /// Decodes a JSON file of the folder; errors name the key.
  func decoded<Value: Decodable>(_ type: Value.Type, from name: String, for purpose: String) throws
    -> Value
  {
    let data = try data(of: name, for: purpose)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw CheckpointError.unreadableFile(
        path: folder.appendingPathComponent(name).path, reason: Self.reason(of: error))
    }
  }

  private static func configuration(in folder: URL) throws -> PolicyConfiguration {
    let url = folder.appendingPathComponent("config.json")
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CheckpointError.missingFile(path: url.path, purpose: "the model's sizes")
    }
    do {
      return try JSONDecoder().decode(PolicyConfiguration.self, from: Data(contentsOf: url))
    } catch {
      throw CheckpointError.unreadableFile(path: url.path, reason: reason(of: error))
    }
  }

  var configuration: PolicyConfiguration {
    get throws { try Self.configuration(in: folder) }
  }

  private static func reason(of error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "" : "at '\(path)': "
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return "\(place(context))the key '\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return place(context) + context.debugDescription
    case DecodingError.dataCorrupted(let context):
      return place(context) + "not valid JSON (\(context.debugDescription))"
    default: return error.localizedDescription
    }
  }

  /// The action statistics: `dataset_statistics.json` where it exists, else `norm_stats` of `config.json`.
  func statistics(key: String?) throws -> ActionStatistics {
    let name = "dataset_statistics.json"
    let path = folder.appendingPathComponent(name).path
    if FileManager.default.fileExists(atPath: path) {
      let all = try decoded([String: DatasetStatistics].self, from: name, for: "action statistics")
      return try DatasetStatistics.chosen(key: key, of: all, path: path).action
    }
    let configPath = folder.appendingPathComponent("config.json").path
    guard let all = try configuration.statistics else {
      throw CheckpointError.missingFile(path: path, purpose: "action statistics")
    }
    return try DatasetStatistics.chosen(key: key, of: all, path: configPath).action
  }

  /// The tokenizer of `tokenizer.model`.
  ///
  /// - Throws: `CheckpointError` where the file is missing or broken.
  public func tokenizer() throws -> SentencePieceTokenizer {
    let name = "tokenizer.model"
    return try SentencePieceTokenizer(
      model: data(of: name, for: "its tokenizer"),
      source: folder.appendingPathComponent(name).path)
  }

  /// 16 hexadecimal digits over all files that an action depends on.
  public func weightsHash() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
      name.hasSuffix(".safetensors") || name == "config.json" || name == "tokenizer.model"
        || name == "dataset_statistics.json" || Self.isParallelDecodingFile(name)
    }
    var hash = StableHash()
    for name in names.sorted() {
      Data(name.utf8).withUnsafeBytes { hash.combine(words: $0) }
      // Mapped, so that a large checkpoint is not read into memory twice.
      try Data(contentsOf: folder.appendingPathComponent(name), options: .alwaysMapped)
        .withUnsafeBytes { hash.combine(words: $0) }
    }
    return hash.hexadecimal
  }
}
