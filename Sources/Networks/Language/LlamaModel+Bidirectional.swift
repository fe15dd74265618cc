import Torch

extension LlamaModel {
  /// Runs sequences in which every token sees every other of its own, before and behind it.
  ///
  /// - Parameters:
  ///   - embeddings: `[B, N, width]`.
  ///   - padding: Where the sequences have tokens that nobody shall see; nil where they have none, and count from 0 as
  ///     in a causal pass.
  ///   - kept: The places in each sequence whose output is wanted.
  ///   - probes: Are told where some tokens look.
  /// - Returns: the last layer's output for these, `[B · kept, width]`, before the norm.
  func bidirectionalHidden(
    _ embeddings: Tensor, padding: SequencePadding? = nil, kept: Range<Int>,
    probes: [BidirectionalProbe] = []
  ) -> Tensor {
    let (batch, length) = (embeddings.size(0), embeddings.size(1))
    guard length <= configuration.maximumLength else { return tooLong(length) }
    let width = configuration.width
    let rotation = rotary(
      padding?.positions ?? (0..<batch).flatMap { _ in Array(0..<length) })
    let additive = padding?.mask(dtype: dtype, device: device)
    func keptRows(_ x: Tensor) -> Tensor {
      x.reshaped([batch, length, width]).narrowed(1, kept).reshaped([-1, width])
    }
    var x = embeddings.reshaped([-1, width])
    for (index, layer) in layers.enumerated() {
      let heads = layer.heads(x, rotation)
      let (query, key) = (split(heads.query, batch), split(heads.key, batch))
      let mask = additive?.to(query.dtype)
      for probe in probes where index == layers.count - 1 - probe.layersBeforeLast {
        probe.look(query: query, key: repeated(key), mask: mask, scale: attentionScale)
      }
      let attended = joined(
        attention(query: query, key: key, value: split(heads.value, batch), mask: mask))
      x =
        index < layers.count - 1
        ? layer.finish(x, attended: attended)
        : layer.finish(keptRows(x), attended: keptRows(attended))
    }
    return x
  }
}

/// Sequences of several lengths in places of one: where each token counts from, and which are nobody's.
///
/// The spare places lie between a head and a tail that all sequences have, so that the tails are in the same places.
struct SequencePadding {
  /// Of every token, sequence after sequence; spare ones stand at 0.
  let positions: [Int]
  private let isSpare: [Bool]
  private let batch: Int

  /// - Parameters:
  ///   - head: How many tokens each sequence begins with.
  ///   - spares: How many spare places follow in each.
  ///   - length: Of a sequence, spare places included.
  init(head: Int, spares: [Int], length: Int) {
    batch = spares.count
    positions = spares.flatMap { spare in
      (0..<length).map { place in
        place < head ? place : place < head + spare ? 0 : place - spare
      }
    }
    isSpare = spares.flatMap { spare in
      (0..<length).map { (head..<head + spare).contains($0) }
    }
  }

  /// What softmax makes nothing of, and gradients nothing undefined.
  private static let never: Float = -1e9

  /// `[B, 1, 1, N]`, to be added to the scores.
  func mask(dtype: DType, device: Device) -> Tensor {
    Tensor(
      isSpare.map { $0 ? Self.never : 0 }, shape: [batch, 1, 1, isSpare.count / max(1, batch)]
    )
    .to(dtype).to(device)
  }
}

/// Reads off where chosen tokens look, in sequences in which every token sees every other: the scores of one attention
/// head. See `AttentionProbe`.
final class BidirectionalProbe {
  /// Flat indices into B · N of the tokens that are asked.
  private let tokens: Tensor
  /// The layer that is asked, counted back from the last.
  let layersBeforeLast: Int
  /// `[count, N]`: before the softmax.
  private(set) var scores: Tensor?

  init(tokens: Tensor, layersBeforeLast: Int) {
    self.tokens = tokens
    self.layersBeforeLast = layersBeforeLast
  }

  /// - Parameter query: and key, `[B, heads, N, d]`.
  func look(query: Tensor, key: Tensor, mask: Tensor?, scale: Double) {
    var all = query.selected(1, 0).matmul(key.selected(1, 0).transposed(-2, -1)) * scale
    if let mask { all = all + mask.squeezed(1) }
    scores = all.reshaped([-1, all.size(-1)]).rows(tokens)
  }
}
