import Foundation
import Torch

/// A low-rank adapter in the layout of PEFT (Hu and others, 2022): for a weight W two factors, W + s · B · A.
///
/// With `target_modules: all-linear`, as OpenVLA's fine-tuning makes it, PEFT matches modules by their last name: that
/// takes in the convolution of the patch embedding and `lm_head` too.
public struct LoRAAdapter {
  /// The factors of one weight.
  struct Factors {
    /// `[rank, input]`, or `[rank, input, height, width]` of a convolution.
    var a: Tensor
    /// `[output, rank]`, or `[output, rank, 1, 1]`.
    var b: Tensor
  }

  public let folder: URL
  public let rank: Int
  /// What the product of the factors is multiplied with: alpha / rank, or alpha / √rank where rank-stabilised.
  public let scale: Double
  /// The names of adapted weights, as the network has them, with their factors.
  let factors: [String: Factors]

  /// How many numbers the adapter trains.
  public var parameterCount: Int {
    factors.values.reduce(0) { $0 + $1.a.count + $1.b.count }
  }

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

  /// Reads `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Throws: `TorchError` that names the file and the key or tensor: another kind of adapter, a factor without its
  ///   other half, factors of another rank.
  public init(folder: URL) throws {
    self.folder = folder
    let configURL = folder.appendingPathComponent("adapter_config.json")
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
    rank = file.rank
    scale =
      file.alpha
      / (file.isRankStabilised == true ? Double(file.rank).squareRoot() : Double(file.rank))
    factors = try Self.factors(
      in: Checkpoint(folder: folder, stem: "adapter_model"), rank: file.rank)
  }

  private static let prefix = "base_model.model."
  private static let suffixes = (a: ".lora_A.weight", b: ".lora_B.weight")

  private static func factors(in checkpoint: Checkpoint, rank: Int) throws -> [String: Factors] {
    var result: [String: Factors] = [:]
    for name in checkpoint.names {
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
      result[module + ".weight"] = Factors(a: a, b: b)
    }
    guard !result.isEmpty else {
      throw TorchError("\(checkpoint.folder.path): the adapter holds no factors")
    }
    return result
  }

  /// The weight with the adapter added, rounded once, after the sum; a weight that is not adapted is returned as it is.
  ///
  /// - Throws: `TorchError` where the weight is of another shape.
  func adapted(_ name: String, _ weight: Tensor) throws -> Tensor {
    guard let pair = factors[name] else { return weight }
    let (output, input) = (pair.b.size(0), pair.a.count / rank)
    guard weight.rank >= 2, weight.size(0) == output, weight.count == output * input else {
      throw TorchError(
        "\(folder.path): the factors of '\(name)' make \(output)×\(input), the weight is "
          + "\(weight.shape)")
    }
    return try withoutGradient {
      try checked {
        let product = pair.b.reshaped([output, rank]).to(.float32).matmul(
          pair.a.reshaped([rank, input]).to(.float32))
        let change = (product * scale).reshaped(weight.shape).to(weight.device)
        return (weight.to(.float32) + change).to(weight.dtype)
      }
    }
  }

  /// - Throws: `TorchError` where the adapter has factors for a weight that is not among `names`.
  func check(fits names: Set<String>) throws {
    if let name = factors.keys.sorted().first(where: { !names.contains($0) }) {
      throw TorchError("\(folder.path): the model has no '\(name)' that could be adapted")
    }
  }
}

extension OpenVLA {
  /// Adds a LoRA adapter to the weights for good, as PEFT's `merge_and_unload`, what is never computed included.
  ///
  /// - Throws: `TorchError` where the adapter does not fit; then nothing has been changed.
  public func merge(_ adapter: LoRAAdapter) throws {
    let weights = parameters + uncomputed
    try adapter.check(fits: Set(weights.map(\.name)))
    let merged = try weights.filter { adapter.factors[$0.name] != nil }.map {
      (weight: $0.tensor, value: try adapter.adapted($0.name, $0.tensor))
    }
    for (weight, value) in merged { weight.assign(value) }
    try throwRecordedFailure()
  }
}
