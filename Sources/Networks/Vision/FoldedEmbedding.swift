import Foundation
import Torch

/// The patch embeddings of all transformers of a backbone as products with 8-bit pixels: one for all that embed pixels, and
/// one for each that has a stem.
///
/// `w · (x · scale + shift) + b` is `(w · scale) · x + (w · shift + b)`: the normalization costs nothing, and no normalized image
/// is ever made.
struct FoldedEmbedding {
  private enum Part {
    /// So many columns of the product of pixels.
    case pixels(width: Int)
    case stem(StemProducts, side: Int, weight: Tensor, bias: Tensor?)
  }

  private let parts: [Part]
  private let pixels: (weight: Tensor, bias: Tensor)?
  private let patchSize: Int

  /// Nil where the transformers have no such form: other patch sizes, an adapter that is kept apart.
  init?(_ transformers: [VisionTransformer], _ normalizations: [PixelNormalization]) {
    guard let first = transformers.first?.configuration, transformers.count == normalizations.count,
      transformers.allSatisfy({
        $0.patchUpdate == nil && $0.stem?.isAdapted != true
          && $0.configuration.patchSize == first.patchSize
      }),
      normalizations.allSatisfy({ $0.scale.count == 3 && $0.shift.count == 3 }),
      normalizations.allSatisfy({ $0.scale.allSatisfy { $0 != 0 } })
    else { return nil }
    patchSize = first.patchSize
    var parts: [Part] = []
    var weights: [Tensor] = []
    var biases: [Tensor] = []
    for (transformer, normalization) in zip(transformers, normalizations) {
      let width = transformer.configuration.width
      // A patch's numbers in the order of the image: row, column, color or channel.
      let weight = transformer.patchWeight.permuted([0, 2, 3, 1])
      if let stem = transformer.stem {
        parts.append(
          .stem(
            StemProducts(stem, normalization), side: patchSize / ConvolutionalStem.stride,
            weight: weight.reshaped([width, -1]), bias: transformer.patchBias))
        continue
      }
      let shifts = (weight * Tensor(normalization.shift)).sum([1, 2, 3])
      weights.append((weight * Tensor(normalization.scale)).reshaped([width, -1]))
      biases.append(transformer.patchBias.map { $0 + shifts } ?? shifts)
      parts.append(.pixels(width: width))
    }
    self.parts = parts
    pixels =
      weights.isEmpty
      ? nil
      : (.concatenated(weights, dimension: 0), .concatenated(biases, dimension: 0))
  }

  /// What computes `[B, patches, width]` for each transformer, of 8-bit `[B, side, side, 3]`; they may run side by side.
  func callAsFunction(_ images: Tensor) -> [() -> Tensor] {
    let embedded = pixels.map {
      images.patchMatrix(patchSize: patchSize).linear($0.weight, $0.bias)
    }
    var start = 0
    return parts.map { part in
      switch part {
      case .pixels(let width):
        defer { start += width }
        let own = embedded?.narrowed(2, start..<start + width) ?? images
        return { own }
      case .stem(let products, let side, let weight, let bias):
        return { products.patches(of: images, side: side).linear(weight, bias) }
      }
    }
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
    let changes = transformers.flatMap { transformer in
      ([transformer.patchWeight, transformer.patchBias] + (transformer.stem?.parameters ?? []))
        .map { $0?.changeCount ?? 0 }
    }
    return lock.withLock {
      if let key, key.normalizations == normalizations, key.changes == changes { return embedding }
      key = (normalizations, changes)
      embedding = FoldedEmbedding(transformers, normalizations)
      return embedding
    }
  }
}
