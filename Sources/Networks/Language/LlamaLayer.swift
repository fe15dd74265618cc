import Torch

/// One decoder layer: RMS norm, rotary attention, RMS norm, SwiGLU (Touvron and others, 2023).
///
/// All but attention works token by token, so tokens come as one flat `[tokens, width]` matrix, and the
/// caller says with `attend` which token sees which.
final class LlamaLayer {
  let inputNorm: RMSNorm
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let outputNorm: RMSNorm
  let gate: Linear
  let up: Linear
  let down: Linear
  let configuration: LlamaConfiguration

  init(_ scope: ParameterScope, _ configuration: LlamaConfiguration) throws {
    self.configuration = configuration
    let width = configuration.width
    let residual = Initializer.fanIn(gain: 1 / Double(2 * configuration.layerCount).squareRoot())
    func linear(
      _ scope: ParameterScope, _ input: Int, _ output: Int, _ initializer: Initializer = .fanIn()
    ) throws -> Linear {
      try Linear(scope, input: input, output: output, hasBias: false, initializer: initializer)
    }
    let attention = scope["self_attn"]
    let keyWidth = configuration.keyValueHeads * configuration.headWidth
    inputNorm = try RMSNorm(
      scope["input_layernorm"], width: width, epsilon: configuration.rmsNormEpsilon)
    query = try linear(attention["q_proj"], width, width)
    key = try linear(attention["k_proj"], width, keyWidth)
    value = try linear(attention["v_proj"], width, keyWidth)
    output = try linear(attention["o_proj"], width, width, residual)
    outputNorm = try RMSNorm(
      scope["post_attention_layernorm"], width: width, epsilon: configuration.rmsNormEpsilon)
    gate = try linear(scope["mlp"]["gate_proj"], width, configuration.mlpWidth)
    up = try linear(scope["mlp"]["up_proj"], width, configuration.mlpWidth)
    down = try linear(scope["mlp"]["down_proj"], configuration.mlpWidth, width, residual)
  }

  /// Queries, keys and values of all tokens, turned to their positions.
  struct Heads {
    /// Of shape `[tokens, heads, headWidth]`.
    var query: Tensor
    /// Of shape `[tokens, keyValueHeads, headWidth]`.
    var key: Tensor
    var value: Tensor
  }

  func heads(_ x: Tensor, _ rotation: Rotation) -> Heads {
    let normalized = inputNorm(x)
    let headWidth = configuration.headWidth
    return Heads(
      query: rotation(query(normalized).reshaped([-1, configuration.heads, headWidth])),
      key: rotation(key(normalized).reshaped([-1, configuration.keyValueHeads, headWidth])),
      value: value(normalized).reshaped([-1, configuration.keyValueHeads, headWidth]))
  }

  /// The residual stream `x` plus attention's output and the MLP's; `attended` is `[tokens, width]`.
  func finish(_ x: Tensor, attended: Tensor) -> Tensor {
    let x = x + output(attended)
    let normalized = outputNorm(x)
    return x + down(gate(normalized).siluMultiplied(up(normalized)))
  }
}
