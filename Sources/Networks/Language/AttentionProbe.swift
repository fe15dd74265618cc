import Torch

/// Reads off where chosen tokens look: the scores of one attention head over all that the token sees.
///
/// A loss on these scores teaches the head to look at a given place, in a layer before the last, so that a later
/// one can say what is there. The token's own text competes with the prefix, as in attention itself: a head that prefers
/// the right patch to other patches but spends its weight on words has seen nothing.
final class AttentionProbe {
  /// Flat indices into B · K · L of the tokens that are asked.
  private let positions: Tensor
  /// The image of each.
  private let images: Tensor
  /// The text of each, into B · K.
  private let texts: Tensor
  /// `[count, L]`: 0 for the tokens of its text that each sees, else a number that softmax makes nothing of.
  private let mask: Tensor
  /// The layer that is asked, counted back from the last.
  let layersBeforeLast: Int
  /// `[count, S + L]`: before the softmax.
  private(set) var scores: Tensor?

  init(
    positions: Tensor, images: Tensor, texts: Tensor, mask: Tensor, layersBeforeLast: Int
  ) {
    self.positions = positions
    self.images = images
    self.texts = texts
    self.mask = mask
    self.layersBeforeLast = layersBeforeLast
  }

  func look(at heads: LlamaLayer.Heads, _ layout: PackedLayout, scale: Double) {
    let width = heads.query.size(-1)
    let query = layout.segmentRows(heads.query).selected(1, 0).rows(positions).unsqueezed(-1)
    let prefixKey = layout.prefixRows(heads.key).selected(1, 0)
      .reshaped([layout.batch, layout.prefixLength, width]).rows(images)
    let ownKey = layout.segmentRows(heads.key).selected(1, 0)
      .reshaped([-1, layout.segmentLength, width]).rows(texts)
    let toPrefix = prefixKey.matmul(query).squeezed(-1) * scale
    let toOwn = ownKey.matmul(query).squeezed(-1) * scale + mask
    scores = Tensor.concatenated([toPrefix, toOwn], dimension: -1)
  }
}
