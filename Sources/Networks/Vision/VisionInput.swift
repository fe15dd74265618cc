import Torch

/// Images for a vision backbone: as a camera gives them, or already normalized.
///
/// What acts in float32 on the CPU reads 8-bit pixels directly; everything else asks for `normalized`.
public enum VisionInput {
  /// 8-bit `[B, side, side, 3]`, and how each transformer wants them.
  case raw(Tensor, [PixelNormalization])
  /// `[B, 3 · transformers, side, side]`.
  case normalized(Tensor)

  var pixels: Tensor {
    switch self {
    case .raw(let pixels, _), .normalized(let pixels): pixels
    }
  }

  /// The images of some rows.
  func rows(_ rows: [Int]) -> VisionInput {
    func chosen(_ x: Tensor) -> Tensor { x.rows(Tensor(rows).to(x.device)) }
    return switch self {
    case .raw(let pixels, let normalizations): .raw(chosen(pixels), normalizations)
    case .normalized(let values): .normalized(chosen(values))
    }
  }

  /// `[B, 3 · transformers, side, side]`: each transformer's copy, stacked along the channels.
  public var normalized: Tensor {
    switch self {
    case .normalized(let values): return values
    case .raw(let pixels, let normalizations):
      let images = pixels.to(.float32).permuted([0, 3, 1, 2])
      return .concatenated(
        normalizations.map { normalization in
          images * Tensor(normalization.scale, shape: [1, 3, 1, 1])
            + Tensor(normalization.shift, shape: [1, 3, 1, 1])
        }, dimension: 1)
    }
  }
}

/// One multiplication and one addition for each number of 8 bits, by color channel.
public struct PixelNormalization: Hashable, Sendable {
  public var scale: [Float]
  public var shift: [Float]

  /// `(x / 255 − mean) / std`.
  public init(mean: [Float], std: [Float]) {
    scale = std.map { 1 / (255 * $0) }
    shift = zip(mean, std).map { -$0 / $1 }
  }
}
