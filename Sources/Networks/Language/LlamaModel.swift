import Torch

/// Llama (Touvron and others, 2023): token table, decoder layers, final norm and an untied head.
///
/// Names are those of transformers' `LlamaForCausalLM`.
public final class LlamaModel {
  public let configuration: LlamaConfiguration
  let layers: [LlamaLayer]
  let rotary: RotaryEmbedding
  private let tokenEmbedding: Embedding
  private let norm: RMSNorm
  private let head: Linear

  public init(_ scope: ParameterScope, _ configuration: LlamaConfiguration) throws {
    try configuration.validate()
    self.configuration = configuration
    let model = scope["model"]
    tokenEmbedding = try Embedding(
      model["embed_tokens"], count: configuration.vocabularySize, width: configuration.width)
    layers = try (0..<configuration.layerCount).map {
      try LlamaLayer(model["layers"][$0], configuration)
    }
    norm = try RMSNorm(
      model["norm"], width: configuration.width, epsilon: configuration.rmsNormEpsilon)
    head = try Linear(
      scope["lm_head"], input: configuration.width, output: configuration.vocabularySize,
      hasBias: false, initializer: .normal(standardDeviation: 0.02))
    let table = tokenEmbedding.weight
    rotary = RotaryEmbedding(
      headWidth: configuration.headWidth, maximumLength: configuration.maximumLength,
      theta: configuration.ropeTheta, dtype: table.dtype, device: table.device)
  }

  var dtype: DType { tokenEmbedding.weight.dtype }
  var device: Device { tokenEmbedding.weight.device }

  /// `[…, width]` for integer tokens `[…]`.
  public func embed(_ tokens: Tensor) -> Tensor { tokenEmbedding(tokens) }

  /// The last layer's output as the head sees it, which transformers calls the last hidden state.
  func normalized(_ hidden: Tensor) -> Tensor { norm(hidden) }

  /// Logits `[…, vocabulary]` of the last layer's output.
  public func logits(_ hidden: Tensor) -> Tensor { head(norm(hidden)) }

  /// The last layer's output `[B, N, width]` for `embeddings` of that shape: causal, positions from 0.
  public func hidden(_ embeddings: Tensor) -> Tensor {
    let (batch, length) = (embeddings.size(0), embeddings.size(1))
    guard length <= configuration.maximumLength else { return tooLong(length) }
    let layout = PackedLayout(batch: batch, prefixLength: length)
    let rotation = rotary(layout.positions)
    var x = embeddings.reshaped([-1, configuration.width])
    for layer in layers {
      let attended = attention(layer.heads(x, rotation), layout, hasPrefixQueries: true)
      x = layer.finish(x, attended: attended)
    }
    return x.reshaped([batch, length, configuration.width])
  }

  // MARK: - Shared by the ways of running

  /// `[B · N, heads, d]` to `[B, heads, N, d]`.
  func split(_ heads: Tensor, _ batch: Int) -> Tensor {
    heads.reshaped([batch, -1, heads.size(1), heads.size(2)]).transposed(1, 2)
  }

  /// `[B, heads, N, d]` to `[B · N, width]`.
  func joined(_ heads: Tensor) -> Tensor {
    heads.transposed(1, 2).reshaped([-1, configuration.width])
  }

  /// Explicit attention; keys and values may have fewer heads than queries.
  func attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor?) -> Tensor {
    if query.device.isCUDA {
      return query.fusedAttention(
        key: repeated(key), value: repeated(value), scale: attentionScale, mask: mask)
    }
    return query.attention(
      key: repeated(key), value: repeated(value), scale: attentionScale, mask: mask)
  }

  var attentionScale: Double { 1 / Double(configuration.headWidth).squareRoot() }

  /// `[B, keyValueHeads, N, d]` to `[B, heads, N, d]`, each head repeated for its group of queries.
  func repeated(_ heads: Tensor) -> Tensor {
    let groups = configuration.heads / configuration.keyValueHeads
    guard groups > 1 else { return heads }
    let shape = heads.shape
    guard shape.count == 4 else { return heads }
    return heads.unsqueezed(2).expanded([shape[0], shape[1], groups, shape[2], shape[3]])
      .reshaped([shape[0], shape[1] * groups, shape[2], shape[3]])
  }

  /// `[length, length]`, −∞ where the key comes after the query.
  func causalMask(_ length: Int) -> Tensor {
    let index = Tensor.arange(0..<length, device: device)
    let isLater = index.unsqueezed(1).less(index.unsqueezed(0))
    return Tensor.zeros([length, length], dtype: dtype, device: device)
      .filled(where: isLater, with: -.infinity)
  }

  func tooLong(_ length: Int) -> Tensor {
    .failure(
      "\(length) tokens are more than max_position_embeddings, \(configuration.maximumLength)")
  }
}
