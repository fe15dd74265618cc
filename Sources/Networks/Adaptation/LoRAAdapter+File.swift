import Files
import Foundation
import InputFiles
import Torch

// The layout of PEFT (0.11.1 to 0.18.1 were looked at): `adapter_config.json` and `adapter_model.safetensors` in a folder.

extension LoRAAdapter {
  private struct File: Decodable {
    var rank: Int
    var alpha: Double
    var isRankStabilised: Bool?

    enum CodingKeys: String, CodingKey {
      case rank = "r"
      case alpha = "lora_alpha"
      case isRankStabilised = "use_rslora"
    }
  }

  /// The keys of `adapter_config.json`; what is not here and says something is refused: DoRA, QALoRA, aLoRA, biases,
  /// whole modules, patterns of ranks, replicated layers.
  private static let knownKeys = KnownKeys(
    obeyed: ["r", "lora_alpha", "use_rslora", "target_modules", "init_lora_weights"],
    inert: [
      "task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision",
      "inference_mode", "lora_dropout",
      // Say how to do what another key, refused here, asks for.
      "megatron_core", "qalora_group_size", "eva_config", "runtime_config",
    ],
    ["peft_type": .only([.string("LORA"), .string("lora")]), "bias": .only([.string("none")])])

  /// Ways to begin an adapter that leave the base model's weights as they are. The others (PiSSA, OLoRA, CorDA, LoftQ)
  /// take something away from them first, which an adapter's folder does not hold.
  private static let harmlessBeginnings: Set<String> = ["gaussian", "eva", "orthogonal"]

  private static let configName = "adapter_config.json"
  private static let stem = "adapter_model"

  // MARK: - Reading

  /// Reads `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Throws: `InputFileError` or `TorchError` that names the file and the key or tensor: another kind of adapter, a
  ///   factor without its other half, factors of another rank.
  public init(folder: URL) throws {
    let document = try JSONDocument(
      contentsOf: folder.appendingPathComponent(Self.configName))
    guard document.root["peft_type"] != nil else {
      throw document.failure(at: "peft_type", "the key 'peft_type' is missing")
    }
    try Self.knownKeys.check(document)
    if let beginning = document.root["init_lora_weights"]?.text,
      !Self.harmlessBeginnings.contains(beginning.lowercased())
    {
      throw document.failure(
        at: "init_lora_weights",
        "'\(beginning)' changes the base model's weights, which is not built; convert the adapter to a plain one "
          + "(PEFT's path_initial_model_for_weight_conversion) or merge it")
    }
    let file: File = try document.decoded()
    guard (1...1 << 16).contains(file.rank), file.alpha.isFinite else {
      throw document.failure(at: "r", "r must be at least 1 and lora_alpha a number")
    }
    let checkpoint = try Checkpoint(folder: folder, stem: Self.stem)
    try self.init(
      origin: checkpoint.fileURLs.last?.path ?? folder.path,
      size: LoRASize(rank: file.rank, alpha: file.alpha),
      isRankStabilised: file.isRankStabilised == true,
      baseWeights: Self.baseWeights(in: checkpoint)
    ) { scale in try Self.updates(in: checkpoint, rank: file.rank, scale: scale) }
    try checkTargets(document)
  }

  /// Throws where the file has factors for a module that `target_modules` does not name: PEFT would not use them.
  private func checkTargets(_ document: JSONDocument) throws {
    guard case .array(let elements)? = document.root["target_modules"] else { return }
    let targets = elements.compactMap(\.text)
    for name in updates.keys.sorted() {
      let module = name.dropLast(".weight".count)
      guard targets.contains(where: { module == $0 || module.hasSuffix(".\($0)") }) else {
        throw document.failure(
          at: "target_modules", "the file holds factors of '\(module)', which is not among them")
      }
    }
  }

  /// The suffix of an adapted layer's own weight, which PEFT writes beside the factors of an output head.
  private static let baseSuffix = ".base_layer.weight"

  private static func baseWeights(in checkpoint: Checkpoint) throws -> [String: Tensor] {
    let names = checkpoint.names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(baseSuffix) }
    return Dictionary(
      uniqueKeysWithValues: try names.map { name in
        let module = name.dropFirst(prefix.count).dropLast(baseSuffix.count)
        return ("\(module).weight", try checkpoint.tensor(name))
      })
  }

  private static func updates(
    in checkpoint: Checkpoint, rank: Int, scale: Double
  ) throws -> [String: LowRankUpdate] {
    var result: [String: LowRankUpdate] = [:]
    for name in checkpoint.names where !name.hasSuffix(baseSuffix) {
      guard name.hasPrefix(prefix), name.hasSuffix(suffixes.a) || name.hasSuffix(suffixes.b) else {
        throw TorchError(
          "\(checkpoint.path(of: name)): '\(name)' is no factor of a LoRA adapter; whole weights "
            + "(modules_to_save), biases and magnitudes are not known")
      }
      let module = String(name.dropFirst(prefix.count).dropLast(suffixes.a.count))
      guard result[module + ".weight"] == nil else { continue }
      let a = try checkpoint.tensor(prefix + module + suffixes.a)
      let b = try checkpoint.tensor(prefix + module + suffixes.b)
      guard a.rank >= 2, b.rank >= 2, a.size(0) == rank, b.size(1) == rank else {
        throw TorchError(
          "\(checkpoint.path(of: name)): the factors of '\(module)' have shapes \(a.shape) and "
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
