import Torch

/// A convolutional stem as it acts: weights in the order in which products read windows, of 8-bit pixels where they hold a
/// normalization.
///
/// `w · (x · scale + shift) + b` is `(w · scale) · x + (w · shift + b)`. What lies beyond the image's margin is 0 once it is
/// normalized: the color `−shift / scale` before.
struct StemProducts {
  private let border: Tensor
  private let first: (weight: Tensor, bias: Tensor)
  private let second: (weight: Tensor, bias: Tensor)
  private let widths: (Int, Int)

  /// - Parameter normalization: of the pixels that it is given; nil where they are normalized already. No scale is 0.
  init(_ stem: ConvolutionalStem, _ normalization: PixelNormalization? = nil) {
    var (weight, bias) = (stem.first.weight.permuted([0, 2, 3, 1]), stem.first.bias)
    var beyond: [Float] = [0, 0, 0]
    if let normalization {
      bias = bias + (weight * Tensor(normalization.shift)).sum([1, 2, 3])
      weight = weight * Tensor(normalization.scale)
      beyond = zip(normalization.scale, normalization.shift).map { -$1 / $0 }
    }
    border = Tensor(beyond)
    first = Self.columns(weight, bias)
    second = Self.columns(stem.second.weight.permuted([0, 2, 3, 1]), stem.second.bias)
    widths = (stem.first.width, stem.second.width)
  }

  /// `[output, row, column, channel]` and `[output]` as columns, whose number is rounded up.
  private static func columns(_ weight: Tensor, _ bias: Tensor) -> (weight: Tensor, bias: Tensor) {
    let unit = Tensor.stemColumnUnit
    let missing = (unit - bias.size(0) % unit) % unit
    let rows = weight.reshaped([bias.size(0), -1])
    guard missing > 0 else { return (rows.transposed(0, 1).contiguous(), bias) }
    let filled = Tensor.concatenated([rows, .zeros([missing, rows.size(1)])], dimension: 0)
    return (
      filled.transposed(0, 1).contiguous(), .concatenated([bias, .zeros([missing])], dimension: 0)
    )
  }

  /// `[B, patches, side² · channels]` of images `[B, height, width, 3]`, patches of `side` cells a side along rows from the top
  /// left, a patch's numbers by row, column and channel.
  func patches(of images: Tensor, side: Int) -> Tensor {
    images.stemPatches(
      border: border, first: first, second: second, widths: widths,
      stride: ConvolutionalStem.stride, patchCells: side)
  }
}
