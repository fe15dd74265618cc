import Torch

/// OpenVLA-OFT's head for continuous actions (Kim, Finn and Liang, 2025, §IV): a residual network over the hidden
/// states of one action's slots.
///
/// Norm, linear layer and ReLU; blocks `x + relu(linear(norm(x)))`; norm and linear layer. Names and norms are those
/// of `L1RegressionActionHead` in the published code. Widths and the number of blocks are those of the stored tensors.
public final class RegressionHead {
  /// Numbers of an action.
  public let actionLength: Int
  private let inputNorm: LayerNorm
  private let input: Linear
  private let blocks: [(norm: LayerNorm, linear: Linear)]
  private let outputNorm: LayerNorm
  private let output: Linear

  /// PyTorch's default, which the published head keeps.
  private static let normEpsilon = 1e-5

  /// The head that `checkpoint` holds.
  ///
  /// - Parameters:
  ///   - width: Of a hidden state.
  ///   - actionLength: Numbers of an action, which is also how many slots it has.
  public convenience init(
    _ checkpoint: Checkpoint, width: Int, actionLength: Int, dtype: DType, device: Device
  ) throws {
    if checkpoint.names.contains(where: { $0.hasPrefix("noise_predictor.") }) {
      throw TorchError(
        "\(checkpoint.folder.path): is a diffusion head; only the L1 regression head can be used")
    }
    guard let hidden = checkpoint.shape(of: "model.fc1.weight")?.first,
      (1...1 << 20).contains(hidden)
    else {
      throw TorchError("\(checkpoint.folder.path): holds no matrix model.fc1.weight")
    }
    let blockCount = (0...).first {
      !checkpoint.contains("model.mlp_resnet_blocks.\($0).ffn.1.weight")
    }
    try self.init(
      ParameterSource(checkpoint, dtype: dtype, device: device), width: width,
      actionLength: actionLength, hidden: hidden, blockCount: blockCount ?? 0)
  }

  /// The head of `source`'s parameters; its sizes beside the hidden state's are, as published, that width and two blocks.
  public convenience init(_ source: ParameterSource, width: Int, actionLength: Int) throws {
    try self.init(
      source, width: width, actionLength: actionLength, hidden: width, blockCount: 2)
  }

  private init(
    _ source: ParameterSource, width: Int, actionLength: Int, hidden: Int, blockCount: Int
  ) throws {
    self.actionLength = actionLength
    let scope = source.root["model"]
    func norm(_ scope: ParameterScope, _ width: Int) throws -> LayerNorm {
      try LayerNorm(scope, width: width, epsilon: Self.normEpsilon)
    }
    inputNorm = try norm(scope["layer_norm1"], actionLength * width)
    input = try Linear(scope["fc1"], input: actionLength * width, output: hidden)
    blocks = try (0..<blockCount).map {
      let block = scope["mlp_resnet_blocks"][$0]["ffn"]
      return (try norm(block[0], hidden), try Linear(block[1], input: hidden, output: hidden))
    }
    outputNorm = try norm(scope["layer_norm2"], hidden)
    output = try Linear(scope["fc2"], input: hidden, output: actionLength)
  }

  /// Normalized actions `[K, actionLength]` of hidden states `[K · actionLength, width]`.
  public func callAsFunction(_ hidden: Tensor) -> Tensor {
    let rows = hidden.reshaped([-1, actionLength * hidden.size(-1)])
    let first = input(inputNorm(rows)).relu()
    let last = blocks.reduce(first) { x, block in x + block.linear(block.norm(x)).relu() }
    return output(outputNorm(last))
  }
}
