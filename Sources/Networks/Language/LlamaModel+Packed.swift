import Torch

extension LlamaModel {
  /// Runs K continuations of each of B shared prefixes at once.
  ///
  /// Token j of a continuation sees the whole prefix and tokens 0...j of its own continuation, at
  /// position `S + j`: the same numbers as K plain causal passes over prefix + continuation, but the
  /// prefix is computed once.
  ///
  /// - Parameters:
  ///   - prefix: `[B, S, width]` embeddings.
  ///   - segments: `[B, K, L, width]` embeddings, padded on the right; since attention is causal, padding
  ///     changes nothing before it.
  ///   - kept: flat indices into B · K · L of the tokens whose output is wanted; nil for all. The last
  ///     layer's MLP is computed for these alone.
  ///   - probes: are told where some tokens look in the prefix.
  /// - Returns: the last layer's output for the kept tokens, `[count, width]`.
  func packedHidden(
    prefix: Tensor, segments: Tensor, kept: Tensor? = nil, probes: [AttentionProbe] = []
  ) -> Tensor {
    let layout = PackedLayout(
      batch: prefix.size(0), prefixLength: prefix.size(1), segmentCount: segments.size(1),
      segmentLength: segments.size(2))
    guard layout.prefixLength + layout.segmentLength <= configuration.maximumLength else {
      return tooLong(layout.prefixLength + layout.segmentLength)
    }
    let rotation = rotary(layout.positions)
    let width = configuration.width
    var x = Tensor.concatenated(
      [prefix.reshaped([-1, width]), segments.reshaped([-1, width])], dimension: 0)
    for (index, layer) in layers.dropLast().enumerated() {
      let heads = layer.heads(x, rotation)
      for probe in probes where index == layers.count - 1 - probe.layersBeforeLast {
        probe.look(at: heads, layout, scale: attentionScale)
      }
      x = layer.finish(x, attended: attention(heads, layout, hasPrefixQueries: true))
    }
    guard let last = layers.last else { return layout.segmentRows(x) }
    // Nobody reads the prefix after the last layer's keys and values.
    let attended = attention(last.heads(x, rotation), layout, hasPrefixQueries: false)
    let rows = layout.segmentRows(x)
    guard let kept else { return last.finish(rows, attended: attended) }
    return last.finish(rows.rows(kept), attended: attended.rows(kept))
  }

  /// Attention within `layout`, fused where that is possible.
  ///
  /// Returns `[rows, width]`; without `hasPrefixQueries` only the continuations' rows.
  func attention(
    _ heads: LlamaLayer.Heads, _ layout: PackedLayout, hasPrefixQueries: Bool
  ) -> Tensor {
    if heads.query.canFuseAttention {
      return heads.query.packedAttention(
        key: heads.key, value: heads.value, layout: layout, hasPrefixQueries: hasPrefixQueries,
        scale: attentionScale)
    }
    var parts: [Tensor] = []
    if hasPrefixQueries {
      let (batch, length) = (layout.batch, layout.prefixLength)
      let attended = attention(
        query: split(layout.prefixRows(heads.query), batch),
        key: split(layout.prefixRows(heads.key), batch),
        value: split(layout.prefixRows(heads.value), batch), mask: causalMask(length))
      parts.append(joined(attended))
    }
    if layout.segmentRowCount > 0 { parts.append(segmentAttention(heads, layout)) }
    return parts.count == 1 ? parts[0] : .concatenated(parts, dimension: 0)
  }

  /// Attention of the continuations to their prefix and to themselves, step by step, `[B · K · L, width]`.
  private func segmentAttention(_ heads: LlamaLayer.Heads, _ layout: PackedLayout) -> Tensor {
    let (batch, segments, length) = (layout.batch, layout.segmentCount, layout.segmentLength)
    let (headCount, headWidth) = (configuration.heads, configuration.headWidth)
    /// `[B · K · L, h, d]` to `[B, h, K · L, d]`, dense, so that both shapes below are views.
    func own(_ rows: Tensor) -> Tensor { split(layout.segmentRows(rows), batch).contiguous() }
    /// `[B, h, K · L, d]` seen as `[B · h · K, L, d]`.
    func bySegment(_ x: Tensor) -> Tensor { x.reshaped([-1, length, x.size(-1)]) }

    let query = own(heads.query) * attentionScale
    let prefixKey = repeated(split(layout.prefixRows(heads.key), batch))
    let prefixValue = repeated(split(layout.prefixRows(heads.value), batch))
    let toPrefix = query.matmul(prefixKey.transposed(-2, -1))
    let toOwn =
      bySegment(query).matmul(bySegment(repeated(own(heads.key))).transposed(-2, -1))
      + causalMask(length)
    let scores = Tensor.concatenated(
      [toPrefix, toOwn.reshaped([batch, headCount, segments * length, length])], dimension: -1)
    let weights = scores.softmax(-1)
    let prefixLength = layout.prefixLength
    let fromPrefix = weights.narrowed(-1, 0..<prefixLength).matmul(prefixValue)
    let fromOwn = bySegment(weights.narrowed(-1, prefixLength..<prefixLength + length))
      .matmul(bySegment(repeated(own(heads.value))))
      .reshaped([batch, headCount, segments * length, headWidth])
    return joined(fromPrefix + fromOwn)
  }
}
