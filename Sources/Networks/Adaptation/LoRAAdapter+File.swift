import Files
import Foundation
import Torch

// The layout of PEFT 0.11.1: `adapter_config.json` and `adapter_model.safetensors` in a folder.

extension LoRAAdapter {
  private struct File: Decodable {
    var kind: String
    var rank: Int
    var alpha: Double
    var isTransposed: Bool?
    var isRankStabilised: Bool?
    var usesWeightDecomposition: Bool?
    var rankPattern: [String: Int]?
    var alphaPattern: [String: Double]?
    var bias: String?

    enum CodingKeys: String, CodingKey {
      case kind = "peft_type"
      case rank = "r"
      case alpha = "lora_alpha"
      case isTransposed = "fan_in_fan_out"
      case isRankStabilised = "use_rslora"
      case usesWeightDecomposition = "use_dora"
      case rankPattern = "rank_pattern"
      case alphaPattern = "alpha_pattern"
      case bias
    }
  }

  private static let configName = "adapter_config.json"
  private static let stem = "adapter_model"

  // MARK: - Reading

  /// Reads `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Throws: `TorchError` that names the file and the key or tensor: another kind of adapter, a factor without its
  ///   other half, factors of another rank.
  public init(folder: URL) throws {
    let configURL = folder.appendingPathComponent(Self.configName)
    let file: File = try readConfiguration(configURL)
    func unsupported(_ reason: String) -> TorchError { TorchError("\(configURL.path): \(reason)") }
    guard file.kind.uppercased() == "LORA" else {
      throw unsupported("peft_type '\(file.kind)' is not LORA")
    }
    guard file.rank > 0, file.alpha.isFinite else {
      throw unsupported("r must be at least 1 and lora_alpha a number")
    }
    guard file.usesWeightDecomposition != true else { throw unsupported("use_dora is not known") }
    guard file.isTransposed != true else { throw unsupported("fan_in_fan_out is not known") }
    guard (file.rankPattern ?? [:]).isEmpty, (file.alphaPattern ?? [:]).isEmpty else {
      throw unsupported("rank_pattern and alpha_pattern are not known")
    }
    guard (file.bias ?? "none") == "none" else { throw unsupported("only bias 'none' is known") }
    let checkpoint = try Checkpoint(folder: folder, stem: Self.stem)
    try self.init(
      origin: folder.path, size: LoRASize(rank: file.rank, alpha: file.alpha),
      isRankStabilised: file.isRankStabilised == true
    ) { scale in try Self.updates(in: checkpoint, rank: file.rank, scale: scale) }
  }

  private static func updates(
    in checkpoint: Checkpoint, rank: Int, scale: Double
  ) throws -> [String: LowRankUpdate] {
    var result: [String: LowRankUpdate] = [:]
    // PEFT writes an adapted head's own weight beside the factors; it is the base model's, which stays as it is.
    for name in checkpoint.names where !name.hasSuffix(".base_layer.weight") {
      guard name.hasPrefix(prefix), name.hasSuffix(suffixes.a) || name.hasSuffix(suffixes.b) else {
        throw TorchError("\(checkpoint.folder.path): '\(name)' is no factor of a LoRA adapter")
      }
      let module = String(name.dropFirst(prefix.count).dropLast(suffixes.a.count))
      guard result[module + ".weight"] == nil else { continue }
      let a = try checkpoint.tensor(prefix + module + suffixes.a)
      let b = try checkpoint.tensor(prefix + module + suffixes.b)
      guard a.rank >= 2, b.rank >= 2, a.size(0) == rank, b.size(1) == rank else {
        throw TorchError(
          "\(checkpoint.folder.path): the factors of '\(module)' have shapes \(a.shape) and "
            + "\(b.shape), not of rank \(rank)")
      }
      result[module + ".weight"] = LowRankUpdate(a: a, b: b, scale: scale)
    }
    guard !result.isEmpty else {
      throw TorchError("\(checkpoint.folder.path): the adapter holds no factors")
    }
    return result
  }

  // MARK: - Writing

  private struct WrittenFile: Encodable {
    let kind = "LORA"
    let rank: Int
    let alpha: Double
    let dropout = 0.0
    let isTransposed = false
    let isRankStabilised: Bool
    let bias = "none"
    let initialization = "gaussian"
    let isForInference = true
    let base: String
    let modules: [String]

    enum CodingKeys: String, CodingKey {
      case kind = "peft_type"
      case rank = "r"
      case alpha = "lora_alpha"
      case dropout = "lora_dropout"
      case isTransposed = "fan_in_fan_out"
      case isRankStabilised = "use_rslora"
      case bias
      case initialization = "init_lora_weights"
      case isForInference = "inference_mode"
      case base = "base_model_name_or_path"
      case modules = "target_modules"
    }
  }

  /// Writes the folder, which is made where it is missing.
  ///
  /// - Parameter base: What the adapter belongs to: a path or a name, for those who read the file.
  public func write(to folder: URL, base: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lastNames = updates.keys.compactMap { $0.split(separator: ".").dropLast().last }
    let file = WrittenFile(
      rank: size.rank, alpha: size.alpha, isRankStabilised: isRankStabilised, base: base,
      modules: Set(lastNames.map(String.init)).sorted())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try SafetensorsFile.write(
      parameters.map { NamedTensor($0.name, $0.tensor.detached()) },
      to: folder.appendingPathComponent("\(Self.stem).safetensors"))
    try AtomicFile.write(
      try encoder.encode(file), to: folder.appendingPathComponent(Self.configName))
  }
}
