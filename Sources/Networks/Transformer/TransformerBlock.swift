import Torch

/// Pre-norm attention and MLP, each with an optional learned scale per channel, with timm's names.
final class TransformerBlock {
  private let norm1: LayerNorm
  private let attention: SelfAttention
  private let scale1: Tensor?
  private let norm2: LayerNorm
  private let mlp: MultilayerPerceptron
  private let scale2: Tensor?

  init(
    _ scope: ParameterScope, width: Int, heads: Int, mlpWidth: Int, depth: Int,
    hasLayerScale: Bool = false, activation: Activation = .gelu, normEpsilon: Double = 1e-6
  ) throws {
    let residual = residualInitializer(depth: depth)
    /// Named `scale_factor`, since transformers renames parameters called `gamma`.
    func layerScale(_ name: String) throws -> Tensor? {
      hasLayerScale ? try scope[name].parameter("scale_factor", [width], .ones) : nil
    }
    norm1 = try LayerNorm(scope["norm1"], width: width, epsilon: normEpsilon)
    attention = try SelfAttention(
      scope["attn"], width: width, heads: heads, residual: residual)
    scale1 = try layerScale("ls1")
    norm2 = try LayerNorm(scope["norm2"], width: width, epsilon: normEpsilon)
    mlp = try MultilayerPerceptron(
      scope["mlp"], width: width, hidden: mlpWidth, activation: activation,
      residual: residual)
    scale2 = try layerScale("ls2")
  }

  /// `x` is `[B, N, width]`; `mask`, added to the scores, broadcasts to `[B, heads, N, N]`.
  func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    let attended = attention(norm1(x), mask: mask)
    let x = x + (scale1.map { attended * $0 } ?? attended)
    let transformed = mlp(norm2(x))
    return x + (scale2.map { transformed * $0 } ?? transformed)
  }
}
