import Torch

/// Which weights fine-tuning changes: the five ways that OpenVLA's paper compares (Kim and others, 2024, table 1).
public enum AdaptationStrategy: String, Codable, Hashable, Sendable, CaseIterable {
  /// All.
  case full
  /// The token table, the last decoder layer and the head over the vocabulary.
  case lastLayer = "last-layer"
  /// All but the vision transformers.
  case frozenVision = "frozen-vision"
  /// Those of `lastLayer`, the vision transformers and the projector.
  case sandwich
  /// None: low-rank factors beside them, see `LoRASize`.
  case lora

  /// Whether the weight `name` of a network with `layerCount` decoder layers changes.
  public func trains(_ name: String, layerCount: Int) -> Bool {
    switch self {
    case .full: true
    case .lastLayer: Self.isInLastLayer(name, layerCount: layerCount)
    case .frozenVision: !Self.isVision(name)
    case .sandwich:
      Self.isInLastLayer(name, layerCount: layerCount) || Self.isVision(name)
        || name.hasPrefix("projector.")
    case .lora: false
    }
  }

  private static func isVision(_ name: String) -> Bool { name.hasPrefix("vision_backbone.") }

  private static func isInLastLayer(_ name: String, layerCount: Int) -> Bool {
    ["model.embed_tokens.", "model.layers.\(layerCount - 1).", "lm_head."].contains {
      name.hasPrefix("language_model.\($0)")
    }
  }
}

/// The size of a low-rank adapter (Hu and others, 2022).
public struct LoRASize: Codable, Hashable, Sendable {
  /// Inner width of the factors.
  public var rank: Int
  /// The product of the factors counts `alpha / rank` times.
  public var alpha: Double

  /// - Parameter alpha: nil is `min(rank, 16)`, as OpenVLA's fine-tuning script has it.
  public init(rank: Int, alpha: Double? = nil) {
    self.rank = rank
    self.alpha = alpha ?? Double(min(rank, 16))
  }

  /// The shapes of the factors of the weight `name`; nil where PEFT's `all-linear` adapts nothing.
  ///
  /// PEFT matches modules by their last name, so that it takes in the convolution of the patch embedding, which is
  /// called `proj` as a linear layer is, and `lm_head`; the token table and norms stay as they are.
  func factorShapes(of name: String, _ shape: [Int]) -> (a: [Int], b: [Int])? {
    guard name.hasSuffix(".weight"), !name.hasSuffix("embed_tokens.weight"), shape.count >= 2
    else { return nil }
    return (a: [rank] + shape.dropFirst(), b: [shape[0], rank] + shape.dropFirst(2).map { _ in 1 })
  }
}

extension OpenVLA {
  /// How many numbers of the network itself `strategy` trains, what is never computed included, as the paper counts.
  public func trainedCount(under strategy: AdaptationStrategy) -> Int {
    storedTensors.filter {
      strategy.trains($0.name, layerCount: configuration.language.layerCount)
    }.reduce(0) { $0 + $1.tensor.count }
  }

  /// How many numbers low-rank factors hold for every weight that takes some.
  public func factorCount(of size: LoRASize) -> Int {
    storedTensors.compactMap { size.factorShapes(of: $0.name, $0.tensor.shape) }
      .reduce(0) { $0 + $1.a.reduce(1, *) + $1.b.reduce(1, *) }
  }
}
