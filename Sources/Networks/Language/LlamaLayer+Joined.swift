import Torch

extension LlamaLayer {
  /// Weights that read the same input as one, so that a device starts one product in place of two or three.
  struct JoinedWeights {
    /// Of queries, keys and values, `[width + 2 · keyWidth, width]`.
    let queryKeyValue: Tensor
    /// Of gate and up, `[2 · mlpWidth, width]`.
    let gateUp: Tensor
  }

  /// The layer's weights joined, at the price of a copy of them; nil where they are rounded or have an adapter beside them.
  func joinedWeights() -> JoinedWeights? {
    let parts = [query, key, value, gate, up].map(\.plainWeight)
    guard parts.allSatisfy({ $0 != nil }) else { return nil }
    let weights = parts.compactMap(\.self)
    return JoinedWeights(
      queryKeyValue: .concatenated(Array(weights[..<3]), dimension: 0),
      gateUp: .concatenated(Array(weights[3...]), dimension: 0))
  }

  /// As `heads`, by the joined weights.
  func heads(_ x: Tensor, _ rotation: Rotation, _ joined: JoinedWeights) -> Heads {
    let width = configuration.headWidth
    let (heads, groups) = (configuration.heads, configuration.keyValueHeads)
    let all = inputNorm(x).linear(joined.queryKeyValue).reshaped([-1, heads + 2 * groups, width])
    let turned = rotation(all.narrowed(1, 0..<heads + groups))
    return Heads(
      query: turned.narrowed(1, 0..<heads), key: turned.narrowed(1, heads..<heads + groups),
      value: all.narrowed(1, heads + groups..<heads + 2 * groups))
  }

  /// As `finish`, by the joined weights.
  func finish(_ x: Tensor, attended: Tensor, _ joined: JoinedWeights) -> Tensor {
    let x = x + output(attended)
    let both = outputNorm(x).linear(joined.gateUp)
    let width = configuration.mlpWidth
    return x
      + down(both.narrowed(-1, 0..<width).siluMultiplied(both.narrowed(-1, width..<2 * width)))
  }
}
