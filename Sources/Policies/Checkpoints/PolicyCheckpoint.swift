import EnvironmentInterface
import Foundation
import InputFiles
import Networks
import Torch

/// A folder in the Hugging Face layout: `config.json`, safetensors, `tokenizer.model`, `dataset_statistics.json`.
public struct PolicyCheckpoint: Sendable {
  public let folder: URL
  /// What `config.json` said when the checkpoint was opened.
  let document: JSONDocument
  let configuration: PolicyConfiguration
  let parts: CheckpointParts

  public var modelType: String { configuration.modelType }
  /// Whether it denoises its actions; it is an OpenVLA otherwise.
  public var isDiffusionPolicy: Bool { modelType == "diffusion-policy" }

  /// Reads and checks the configuration, so that a folder that is no checkpoint is told at once.
  ///
  /// - Throws: `CheckpointError` or `InputFileError` that names the file, the key and the mend.
  public init(at folder: URL) throws {
    self.folder = folder
    let url = folder.appendingPathComponent("config.json")
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CheckpointError.missingFile(path: url.path, purpose: "the model's sizes")
    }
    document = try JSONDocument(contentsOf: url)
    guard let modelType = document.root["model_type"]?.text else {
      throw InputFileError(path: url.path, reason: "the object lacks the key 'model_type'")
    }
    let known = [
      "openvla": OpenVLAConfiguration.knownKeys,
      "diffusion-policy": DiffusionPolicyConfiguration.knownKeys,
    ]
    guard let keys = known[modelType] else {
      throw CheckpointError.unknownModelType(
        modelType, known: known.keys.sorted(by: >), path: url.path)
    }
    try keys.check(document)
    configuration = try document.decoded()
    parts = modelType == "openvla" ? try CheckpointParts(in: folder) : CheckpointParts()
    try checkOwnKeys()
  }

  /// Loads the weights.
  ///
  /// - Parameters:
  ///   - name: What the policy is called in tables.
  ///   - loading: Where its network runs and how OpenVLA's weights are kept; a diffusion policy's stay as they are.
  ///   - statisticsKey: The dataset whose statistics un-normalise actions; nil where there is one, or one for each set-up.
  ///   - setups: The names of those that it shall act in.
  public func makePolicy(
    name: String, loading: CheckpointLoading = CheckpointLoading(device: .cpu),
    statisticsKey: String?, setups: [String] = []
  ) throws -> any Policy {
    try checkIsNoAdapter(besides: loading.adapter)
    return switch modelType {
    case "diffusion-policy":
      try DiffusionPolicy(
        name: name, checkpoint: self, device: loading.device, statisticsKey: statisticsKey)
    case _ where decodesInParallel:
      try OpenVLAChunkPolicy(
        name: name, checkpoint: self, loading: loading,
        statisticsKey: statisticsKey)
    default:
      try OpenVLAPolicy(
        name: name, checkpoint: self, loading: loading,
        statisticsKey: statisticsKey, setups: setups)
    }
  }

  /// - Throws: `CheckpointError` where the checkpoint is of another kind.
  func checkModelType(_ type: String) throws {
    guard modelType == type else {
      throw CheckpointError.unknownModelType(
        modelType, known: [type], path: folder.appendingPathComponent("config.json").path)
    }
  }

  // MARK: - Files

  /// The bytes of a file of the folder.
  func data(of name: String, for purpose: String) throws -> Data {
    let url = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CheckpointError.missingFile(path: url.path, purpose: purpose)
    }
    return try InputFile.data(at: url)
  }

  /// A JSON file of the folder, nil where it is not there.
  func documentIfPresent(_ name: String) throws -> JSONDocument? {
    let url = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try JSONDocument(contentsOf: url)
  }

  /// The tokenizer of `tokenizer.model`.
  ///
  /// - Throws: `CheckpointError` where the file is missing or broken, or where another file of the folder says that text
  ///   is cut otherwise.
  public func tokenizer() throws -> SentencePieceTokenizer {
    let name = "tokenizer.model"
    let tokenizer = try SentencePieceTokenizer(
      model: data(of: name, for: "its tokenizer"),
      source: folder.appendingPathComponent(name).path)
    try TokenizerFiles.check(tokenizer, documentIfPresent)
    return tokenizer
  }
}
