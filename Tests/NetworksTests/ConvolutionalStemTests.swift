import Testing
import Torch

@testable import Networks

@Suite("Convolutional stem")
struct ConvolutionalStemTests {
  private let configuration = VisionTransformerConfiguration(
    imageSize: 32, patchSize: 8, stem: [5, 7], width: 16, depth: 1, heads: 2, featureBlock: 0)

  private func images(_ count: Int) -> Tensor {
    let bytes = (0..<count * 3 * 32 * 32).map { ($0 &* 73 ^ $0 >> 5) % 255 }
    return Tensor(bytes.map { Float($0) / 127 - 1 }, shape: [count, 3, 32, 32])
  }

  @Test("products with windows are libtorch's convolutions")
  func convolves() throws {
    let source = ParameterSource(seed: 4)
    let stem = try ConvolutionalStem(source.root, widths: [5, 7])
    for parameter in source.parameters where parameter.name.hasSuffix("bias") {
      withoutGradient { parameter.tensor.assign(parameter.tensor + 0.1) }
    }
    func parameter(_ name: String) throws -> Tensor {
      try #require(source.parameters.first { $0.name == name }).tensor
    }
    let plain = images(2)
      .convolved2D(try parameter("0.weight"), try parameter("0.bias"), stride: 4, padding: 2).gelu()
      .convolved2D(try parameter("1.weight"), try parameter("1.bias"), padding: 1).gelu()
    for cells in [stem(images(2)), withoutGradient { stem(images(2)) }] {
      #expect(cells.shape == [2, 8, 8, 7])
      #expect(try largestDifference(cells.permuted([0, 3, 1, 2]), plain) < 1e-5)
    }
  }

  @Test("patches of cells are embedded by a convolution with stride = kernel")
  func embeds() throws {
    let source = ParameterSource(seed: 4)
    let transformer = try VisionTransformer(source.root, configuration)
    let stem = try #require(transformer.stem)
    let cells = stem(images(2)).permuted([0, 3, 1, 2])
    let embedded = cells.convolved2D(transformer.patchWeight, transformer.patchBias, stride: 2)
    #expect(transformer.patchWeight.shape == [16, 7, 2, 2] && embedded.shape == [2, 16, 4, 4])
    let wanted = transformer.features(
      ofEmbedded: embedded.reshaped([2, 16, 16]).permuted([0, 2, 1]))
    #expect(try largestDifference(transformer(images(2)), wanted) < 1e-5)
  }

  @Test("features do not depend on the batch")
  func actsByRows() throws {
    let transformer = try VisionTransformer(ParameterSource(seed: 4).root, configuration)
    let (together, alone) = withoutGradient {
      (transformer(images(3)), transformer(images(3).narrowed(0, 1..<2)))
    }
    #expect(try together.narrowed(0, 1..<2).floats() == alone.floats())
  }

  private let normalizations = [
    PixelNormalization(mean: [0.48, 0.45, 0.4], std: [0.22, 0.23, 0.21]),
    PixelNormalization(mean: [0.5, 0.4, 0.5], std: [0.5, 0.5, 0.6]),
  ]

  /// Of two encoders the first has a stem.
  private func network() throws -> OpenVLA {
    var sizes = tinyConfiguration()
    sizes.own?.vision[0].stem = [5, 7]
    return try OpenVLA(sizes, seed: 3)
  }

  private func camera(_ count: Int) -> VisionInput {
    .raw(
      Tensor(
        (0..<count * 32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 5) },
        shape: [count, 32, 32, 3]), normalizations)
  }

  @Test("8-bit pixels give the features of normalized ones, up to the margin")
  func foldsNormalization() throws {
    let network = try network()
    let features = withoutGradient { network.patchFeatures(camera(2)) }
    let plain = network.patchFeatures(camera(2).normalized)
    #expect(features.shape == plain.shape)
    #expect(try largestDifference(features, plain) < 1e-4)
    let alone = withoutGradient { network.patchFeatures(camera(2).rows([1])) }
    #expect(alone.isIdentical(to: features.narrowed(0, 1..<2)))
  }

  @Test(
    "folded weights follow the stem's",
    arguments: ["0.weight", "0.bias", "1.weight", "1.bias"])
  func follows(name: String) throws {
    let network = try network()
    let before = withoutGradient { network.patchFeatures(camera(1)) }
    let name = "vision_backbone.featurizer.stem.\(name)"
    let parameter = try #require(network.parameters.first { $0.name == name }).tensor
    withoutGradient { parameter.assign(parameter * -1 + 0.1) }
    let after = withoutGradient { network.patchFeatures(camera(1)) }
    #expect(try largestDifference(before, after) > 1e-3)
    #expect(try largestDifference(after, network.patchFeatures(camera(1).normalized)) < 1e-4)
  }

  @Test("a stem that does not fit is refused")
  func refuses() {
    var odd = configuration
    (odd.imageSize, odd.patchSize) = (30, 6)
    #expect(throws: TorchError.self) { try odd.validate() }
    odd = configuration
    odd.stem = [5]
    #expect(throws: TorchError.self) { try odd.validate() }
  }
}
