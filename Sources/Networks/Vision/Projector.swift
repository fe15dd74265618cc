import Torch

/// Maps patch features to the language model's width, as in Prismatic.
public final class Projector {
  public enum Kind: Sendable {
    /// Two layers, for one vision transformer.
    case geluMLP
    /// Three layers, the first four times as wide as the features, for fused ones.
    case fusedGeluMLP

    /// Reads an `arch_specifier` such as "no-align+fused-gelu-mlp".
    ///
    /// - Parameter isFused: `use_fused_vision_backbone`, by which the published code chooses the projector; nil where
    ///   the file does not say.
    /// - Throws: `TorchError` for another kind, or where the two disagree.
    init(architecture: String, isFused: Bool? = nil) throws {
      // What stands before the plus sign says how the base model was trained.
      switch architecture.split(separator: "+").last {
      case "fused-gelu-mlp": self = .fusedGeluMLP
      case "gelu-mlp": self = .geluMLP
      default:
        throw TorchError(
          "config.json: arch_specifier \(architecture): only gelu-mlp and fused-gelu-mlp are supported"
        )
      }
      if let isFused, isFused != (self == .fusedGeluMLP) {
        throw TorchError(
          "config.json: use_fused_vision_backbone is \(isFused), arch_specifier is \(architecture)")
      }
    }
  }

  private let layers: [Linear]

  public init(_ scope: ParameterScope, kind: Kind, input: Int, output: Int) throws {
    let widths =
      switch kind {
      case .geluMLP: [input, output, output]
      case .fusedGeluMLP: [input, 4 * input, output, output]
      }
    layers = try (1..<widths.count).map {
      try Linear(scope["fc\($0)"], input: widths[$0 - 1], output: widths[$0])
    }
  }

  public func callAsFunction(_ features: Tensor) -> Tensor {
    layers.dropFirst().reduce(layers[0](features)) { $1($0.gelu()) }
  }
}
