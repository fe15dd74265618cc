import Torch

/// Two convolutions that overlap, before the patches are cut (Xiao and others, 2021, "Early convolutions help transformers see
/// better").
///
/// A patch embedding is linear in the pixels and knows no edge. Which way a thing lies, and how a hand is turned, is then left to
/// the blocks, which learn it from millions of images: published encoders have seen them, small ones have not.
final class ConvolutionalStem {
  /// Pixels between two windows of the first convolution.
  static let stride = 4

  private let first: Layer
  private let second: Layer

  /// A convolution's `[output, input, side, side]` and `[output]`.
  private struct Layer {
    let weight: Tensor
    let bias: Tensor
    var width: Int { weight.size(0) }

    init(_ scope: ParameterScope, input: Int, output: Int, side: Int) throws {
      weight = try scope.parameter("weight", [output, input, side, side], .fanIn())
      bias = try scope.parameter("bias", [output], .zeros)
    }
  }

  /// - Parameter widths: Channels after the first and after the second convolution.
  init(_ scope: ParameterScope, widths: [Int]) throws {
    guard widths.count == 2 else { throw TorchError("stem \(widths): two widths are needed") }
    first = try Layer(scope["0"], input: 3, output: widths[0], side: 2 * Self.stride)
    second = try Layer(scope["1"], input: widths[0], output: widths[1], side: 3)
  }

  /// Channels of the output.
  var width: Int { second.width }

  /// `[B, cells, cells, width]` of normalized images `[B, 3, side, side]`, where a cell is `stride` pixels.
  ///
  /// Acting multiplies windows, which treats each row alone, as everywhere else; learning convolves, which is faster backward.
  func callAsFunction(_ images: Tensor) -> Tensor {
    guard first.weight.actsByRows else { return convolved(images) }
    // One image's windows fit the processor's cache; a batch's do not.
    return .concatenated(
      (0..<images.size(0)).map { multiplied(images.narrowed(0, $0..<$0 + 1)) }, dimension: 0)
  }

  private func convolved(_ images: Tensor) -> Tensor {
    images
      .convolved2D(first.weight, first.bias, stride: Self.stride, padding: Self.stride / 2).gelu()
      .convolved2D(second.weight, second.bias, padding: 1).gelu()
      .permuted([0, 2, 3, 1])
  }

  private func multiplied(_ images: Tensor) -> Tensor {
    let (stride, cells) = (Self.stride, images.size(2) / Self.stride)
    // A window of eight pixels, four apart, is two by two blocks of four.
    let blocks = images.permuted([0, 2, 3, 1]).bordered(by: stride / 2)
      .reshaped([-1, cells + 1, stride, cells + 1, stride, 3]).permuted([0, 1, 3, 2, 4, 5])
      .reshaped([-1, cells + 1, cells + 1, stride * stride * 3])
    let weight = first.weight.reshaped([first.width, 3, 2, stride, 2, stride])
      .permuted([0, 2, 4, 3, 5, 1]).reshaped([first.width, -1])
    let edges = blocks.windows(2).linear(weight, first.bias).gelu()
      .reshaped([-1, cells, cells, first.width])
    let mixing = second.weight.permuted([0, 2, 3, 1]).reshaped([second.width, -1])
    return edges.bordered(by: 1).windows(3).linear(mixing, second.bias).gelu()
      .reshaped([-1, cells, cells, second.width])
  }
}

extension Tensor {
  /// `[B, height, width, channels]` with zeros all around.
  fileprivate func bordered(by margin: Int) -> Tensor {
    var tensor = self
    for dimension in 1...2 {
      var shape = tensor.shape
      shape[dimension] = margin
      let zeros = Tensor.zeros(shape, dtype: dtype, device: device)
      tensor = .concatenated([zeros, tensor, zeros], dimension: dimension)
    }
    return tensor
  }

  /// Every window of `side` by `side` cells of `[B, height, width, channels]`, as `[B, windows, side² · channels]`.
  fileprivate func windows(_ side: Int) -> Tensor {
    let (rows, columns) = (size(1) - side + 1, size(2) - side + 1)
    let shifted = (0..<side * side).map { shift in
      narrowed(1, shift / side..<shift / side + rows)
        .narrowed(2, shift % side..<shift % side + columns)
    }
    return Tensor.concatenated(shifted, dimension: 3).reshaped([
      -1, rows * columns, side * side * size(3),
    ])
  }
}
