import Torch

/// Two convolutions that overlap, before the patches are cut (Xiao and others, 2021, "Early convolutions help transformers see
/// better").
///
/// A patch embedding is linear in the pixels and knows no edge. Which way a thing lies, and how a hand is turned, is then left to
/// the blocks, which learn it from millions of images: published encoders have seen them, small ones have not.
final class ConvolutionalStem {
  /// Pixels between two windows of the first convolution.
  static let stride = 4

  let first: Layer
  let second: Layer

  /// A convolution's `[output, input, side, side]` and `[output]`.
  struct Layer {
    /// Without what is kept beside it.
    let base: Tensor
    let bias: Tensor
    let update: LowRankUpdate?
    var width: Int { base.size(0) }

    /// What the layer computes with. A change of low rank is added to so few numbers rather than taken through windows of its own.
    var weight: Tensor { update?.added(to: base) ?? base }

    init(_ scope: ParameterScope, input: Int, output: Int, side: Int) throws {
      let shape = [output, input, side, side]
      base = try scope.parameter("weight", shape, .fanIn())
      bias = try scope.parameter("bias", [output], .zeros)
      update = try scope.lowRankUpdate(of: "weight", shape)
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

  /// All that learning changes, but for what is kept beside it.
  var parameters: [Tensor] { [first.base, first.bias, second.base, second.bias] }

  /// Whether a change of low rank is kept beside the weights.
  var isAdapted: Bool { first.update != nil || second.update != nil }

  /// `[B, cells, cells, width]` of normalized images `[B, 3, side, side]`, where a cell is `stride` pixels.
  ///
  /// Acting treats each image alone, as everywhere else; learning takes libtorch's convolutions, which have a backward.
  func callAsFunction(_ images: Tensor) -> Tensor {
    guard first.base.actsByRows else { return convolved(images) }
    let cells = images.size(2) / Self.stride
    return StemProducts(self).patches(of: images.permuted([0, 2, 3, 1]), side: cells)
      .reshaped([-1, cells, cells, width])
  }

  private func convolved(_ images: Tensor) -> Tensor {
    images
      .convolved2D(first.weight, first.bias, stride: Self.stride, padding: Self.stride / 2).gelu()
      .convolved2D(second.weight, second.bias, padding: 1).gelu()
      .permuted([0, 2, 3, 1])
  }
}
