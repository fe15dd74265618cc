import Torch

/// Multi-head attention of tokens to each other, with timm's names `qkv` and `proj`.
final class SelfAttention {
  private let qkv: Linear
  private let projection: Linear
  private let heads: Int

  init(_ scope: ParameterScope, width: Int, heads: Int, residual: Initializer) throws {
    qkv = try Linear(scope["qkv"], input: width, output: 3 * width)
    projection = try Linear(scope["proj"], input: width, output: width, initializer: residual)
    self.heads = heads
  }

  /// `x` is `[B, N, width]`; `mask`, added to the scores, broadcasts to `[B, heads, N, N]`.
  func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
    let headWidth = width / heads
    let joint = qkv(x)
    if mask == nil, joint.canFuseAttention {
      return projection(joint.jointAttention(heads: heads, scale: attentionScale(headWidth)))
    }
    let parts = joint.reshaped([batch, length, 3, heads, headWidth]).permuted([2, 0, 3, 1, 4])
    let (query, key, value) = (
      parts.selected(0, 0), parts.selected(0, 1), parts.selected(0, 2)
    )
    let scale = attentionScale(headWidth)
    let attended =
      joint.device.isCUDA
      ? query.fusedAttention(key: key, value: value, scale: scale, mask: mask)
      : query.attention(key: key, value: value, scale: scale, mask: mask)
    return projection(attended.transposed(1, 2).reshaped([batch, length, width]))
  }
}

/// Multi-head attention of tokens to a memory.
final class CrossAttention {
  private let query: Linear
  private let keyValue: Linear
  private let projection: Linear
  private let heads: Int

  init(_ scope: ParameterScope, width: Int, heads: Int, residual: Initializer) throws {
    query = try Linear(scope["q"], input: width, output: width)
    keyValue = try Linear(scope["kv"], input: width, output: 2 * width)
    projection = try Linear(scope["proj"], input: width, output: width, initializer: residual)
    self.heads = heads
  }

  /// Keys and values `[B, S, 2 · width]` of a memory `[B, S, width]`, which may serve many queries.
  func keyValue(of memory: Tensor) -> Tensor { keyValue(memory) }

  /// `x` is `[B, N, width]`, `keyValue` that of the memory; `mask` broadcasts to `[B, heads, N, S]`.
  func callAsFunction(_ x: Tensor, keyValue: Tensor, mask: Tensor?) -> Tensor {
    let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
    let headWidth = width / heads
    let parts = keyValue.reshaped([batch, -1, 2, heads, headWidth])
      .permuted([2, 0, 3, 1, 4])
    let queries = query(x).reshaped([batch, length, heads, headWidth]).transposed(1, 2)
    let attended = queries.attention(
      key: parts.selected(0, 0), value: parts.selected(0, 1), scale: attentionScale(headWidth),
      mask: mask)
    return projection(attended.transposed(1, 2).reshaped([batch, length, width]))
  }
}

/// Two layers with an activation between, with timm's names `fc1` and `fc2`.
final class MultilayerPerceptron {
  private let expand: Linear
  private let contract: Linear
  private let activation: Activation

  init(
    _ scope: ParameterScope, width: Int, hidden: Int, activation: Activation = .gelu,
    residual: Initializer
  ) throws {
    self.activation = activation
    expand = try Linear(scope["fc1"], input: width, output: hidden)
    contract = try Linear(scope["fc2"], input: hidden, output: width, initializer: residual)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { contract(activation(expand(x))) }
}

func attentionScale(_ headWidth: Int) -> Double { 1 / Double(max(1, headWidth)).squareRoot() }

/// How the last layer of each residual branch begins: smaller the deeper the network, so that the sum over
/// blocks keeps its variance (Radford and others, 2019, §2.3).
func residualInitializer(depth: Int) -> Initializer {
  .fanIn(gain: 1 / Double(2 * max(1, depth)).squareRoot())
}
