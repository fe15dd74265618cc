import Torch

extension LlamaModel {
  /// Runs one sequence in which every token sees every other, before and behind it.
  ///
  /// Positions count from 0 as in a causal pass; nothing is masked.
  ///
  /// - Parameters:
  ///   - embeddings: `[N, width]`.
  ///   - kept: The tokens whose output is wanted.
  /// - Returns: the last layer's output for these, `[kept, width]`, before the norm.
  func bidirectionalHidden(_ embeddings: Tensor, kept: Range<Int>) -> Tensor {
    let length = embeddings.size(0)
    guard length <= configuration.maximumLength else { return tooLong(length) }
    let rotation = rotary(Array(0..<length))
    var x = embeddings
    for (index, layer) in layers.enumerated() {
      let heads = layer.heads(x, rotation)
      let attended = joined(
        attention(
          query: split(heads.query, 1), key: split(heads.key, 1), value: split(heads.value, 1),
          mask: nil))
      x =
        index < layers.count - 1
        ? layer.finish(x, attended: attended)
        : layer.finish(x.narrowed(0, kept), attended: attended.narrowed(0, kept))
    }
    return x
  }
}
