import Torch

/// Reads off where chosen tokens look: the scores of one attention head over the prefix.
///
/// A loss on these scores teaches the head to look at a given place, in a layer before the last, so that a later
/// one can say what is there.
final class AttentionProbe {
  /// Flat indices into B · K · L of the tokens that are asked.
  private let positions: Tensor
  /// The image of each.
  private let images: Tensor
  /// The layer that is asked, counted back from the last.
  let layersBeforeLast: Int
  /// `[count, S - 1]`: before the softmax, without the begin token.
  private(set) var scores: Tensor?

  init(positions: Tensor, images: Tensor, layersBeforeLast: Int) {
    self.positions = positions
    self.images = images
    self.layersBeforeLast = layersBeforeLast
  }

  func look(at heads: LlamaLayer.Heads, _ layout: PackedLayout, scale: Double) {
    let width = heads.query.size(-1)
    let query = layout.segmentRows(heads.query).selected(1, 0).rows(positions)
    let key = layout.prefixRows(heads.key).selected(1, 0)
      .reshaped([layout.batch, layout.prefixLength, width])
      .narrowed(1, 1..<layout.prefixLength).rows(images)
    scores = key.matmul(query.unsqueezed(-1)).squeezed(-1) * scale
  }
}
