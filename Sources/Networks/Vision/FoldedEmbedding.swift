import Foundation
import Torch

/// The patch embeddings of all transformers of a backbone as one product with 8-bit pixels.
///
/// `w · (x · scale + shift) + b` is `(w · scale) · x + (w · shift + b)`: the normalization costs nothing, and no normalized image
/// is ever made.
struct FoldedEmbedding {
  /// `[sum of widths, patch² · 3]`, a patch's numbers in the order of the image: row, column, color.
  private let weight: Tensor
  private let bias: Tensor
  private let patchSize: Int

  /// Nil where the transformers have no such form: other patch sizes, a stem, an adapter that is kept apart.
  init?(_ transformers: [VisionTransformer], _ normalizations: [PixelNormalization]) {
    guard let first = transformers.first?.configuration, transformers.count == normalizations.count,
      transformers.allSatisfy({
        $0.stem == nil && $0.patchUpdate == nil && $0.configuration.patchSize == first.patchSize
      }),
      normalizations.allSatisfy({ $0.scale.count == 3 && $0.shift.count == 3 })
    else { return nil }
    var weights: [Tensor] = []
    var biases: [Tensor] = []
    for (transformer, normalization) in zip(transformers, normalizations) {
      let (width, patch) = (transformer.configuration.width, first.patchSize)
      let weight = transformer.patchWeight.permuted([0, 2, 3, 1])
      let shifts = (weight * Tensor(normalization.shift)).sum([1, 2, 3])
      weights.append((weight * Tensor(normalization.scale)).reshaped([width, patch * patch * 3]))
      biases.append(transformer.patchBias.map { $0 + shifts } ?? shifts)
    }
    weight = .concatenated(weights, dimension: 0)
    bias = .concatenated(biases, dimension: 0)
    patchSize = first.patchSize
  }

  /// `[B, patches, sum of widths]` of 8-bit `[B, side, side, 3]`.
  func callAsFunction(_ pixels: Tensor) -> Tensor {
    pixels.patchMatrix(patchSize: patchSize).linear(weight, bias)
  }
}

/// The folded embedding of a backbone, made when first asked for, and anew where weights have changed since.
final class FoldedEmbeddingCache {
  private let lock = NSLock()
  private var embedding: FoldedEmbedding?
  private var key: (normalizations: [PixelNormalization], changes: [Int])?

  /// Nil where acting does not treat each row alone, or the transformers have no such form.
  func embedding(
    of transformers: [VisionTransformer], _ normalizations: [PixelNormalization], _ dtype: DType,
    _ device: Device
  ) -> FoldedEmbedding? {
    guard dtype == .float32, device == .cpu, transformers.allSatisfy({ $0.patchWeight.actsByRows })
    else { return nil }
    let changes = transformers.flatMap {
      [$0.patchWeight.changeCount, $0.patchBias?.changeCount ?? 0]
    }
    return lock.withLock {
      if let key, key.normalizations == normalizations, key.changes == changes { return embedding }
      key = (normalizations, changes)
      embedding = FoldedEmbedding(transformers, normalizations)
      return embedding
    }
  }
}
