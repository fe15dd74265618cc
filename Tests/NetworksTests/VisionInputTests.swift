import Testing
import Torch

@testable import Networks

@Suite("Vision inputs")
struct VisionInputTests {
  private let normalizations = [
    PixelNormalization(mean: [0.48, 0.45, 0.4], std: [0.22, 0.23, 0.21]),
    PixelNormalization(mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]),
  ]

  private func images(_ count: Int) -> Tensor {
    Tensor(
      (0..<count * 32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 5) },
      shape: [count, 32, 32, 3])
  }

  @Test("8-bit pixels give the features of normalized ones")
  func folded() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let raw = VisionInput.raw(images(2), normalizations)
    let features = withoutGradient { network.patchFeatures(raw) }
    let plain = network.patchFeatures(raw.normalized)
    #expect(features.shape == plain.shape)
    // Pixels up to 255 are summed before they are scaled.
    #expect(try largestDifference(features, plain) < 1e-4)
  }

  @Test("the folded weights follow the network's")
  func follows() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let raw = VisionInput.raw(images(1), normalizations)
    let before = withoutGradient { network.patchFeatures(raw) }
    let name = "vision_backbone.featurizer.patch_embed.proj.weight"
    let weight = try #require(network.parameters.first { $0.name == name })
    withoutGradient { weight.tensor.assign(weight.tensor * -1) }
    let after = withoutGradient { network.patchFeatures(raw) }
    #expect(try largestDifference(before, after) > 1e-3)
    #expect(try largestDifference(after, network.patchFeatures(raw.normalized)) < 1e-4)
  }

  @Test("an image of another size is refused")
  func refuses() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let wrong = Tensor([UInt8](repeating: 0, count: 16 * 16 * 3), shape: [1, 16, 16, 3])
    let error = #expect(throws: TorchError.self) {
      try network.generate(
        images: .raw(wrong, normalizations), prompts: [[1, 2]], tokenCount: 1)
    }
    #expect(error?.message.contains("[batch, 32, 32, 3]") == true)
  }

  @Test("a prompt's answer does not depend on how far others are padded")
  func padding() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let input = VisionInput.raw(images(2), normalizations)
    let prompts = [[1, 5, 6], [1] + (2..<30).map { $0 }]
    let both = try network.generate(
      images: input, prompts: prompts, tokenCount: 4, keepsLogits: true)
    for row in 0..<2 {
      let alone = try network.generate(
        images: input.rows([row]), prompts: [prompts[row]], tokenCount: 4, keepsLogits: true)
      #expect(alone.logits[0] == both.logits[row])
    }
  }
}
