import Testing
import Torch

@testable import Networks

/// On a CPU nothing is recorded, but the computation is the one that a CUDA device records.
@Suite("Recorded generation")
struct RecordedGenerationTests {
  private let prompts = [[1, 5, 6, 7], [1, 9, 3, 4]]

  @Test("chooses what plain generation chooses", arguments: [[4, 4], [4, 3]])
  func chooses(lengths: [Int]) throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 5)
    let pixels = noise([2, 6, 32, 32], seed: 2)
    let prompts = zip(self.prompts, lengths).map { Array($0.prefix($1)) }
    let allowed: [Range<Int>?] = [nil, 10..<30, 10..<30, nil]
    let choices: [TokenChoice] = [.likeliest, .mean, .median, .likeliest]
    let plain = try network.generate(
      pixelValues: pixels, prompts: prompts, tokenCount: 4, allowed: allowed, choices: choices)
    for joins in [true, false] {
      let recorded = try RecordedGeneration(
        network, promptLengths: lengths, tokenCount: 4, allowed: allowed, choices: choices,
        joinsWeights: joins)
      for _ in 0..<2 {
        #expect(try recorded.tokens(pixelValues: pixels, prompts: prompts) == plain.tokens)
      }
    }
  }

  @Test("has no tokens for a row whose logits are not numbers, and the others' are theirs")
  func notFinite() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 5)
    let pixels = noise([2, 6, 32, 32], seed: 2)
    let choices: [TokenChoice] = [.mean, .median, .likeliest]
    let recorded = try RecordedGeneration(
      network, promptLengths: [4, 4], tokenCount: 3, choices: choices)
    let whole = try recorded.tokens(pixelValues: pixels, prompts: prompts)
    let broken = Tensor.concatenated(
      [pixels.narrowed(0, 0..<1), pixels.narrowed(0, 1..<2) * .nan], dimension: 0)
    let tokens = try recorded.tokens(pixelValues: broken, prompts: prompts)
    #expect(tokens[0] != nil && tokens[0] == whole[0])
    #expect(tokens[1] == nil)
  }

  @Test("refuses prompts of other lengths and images of other sizes")
  func refuses() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 5)
    let recorded = try RecordedGeneration(network, promptLengths: [4, 4], tokenCount: 2)
    let pixels = noise([2, 6, 32, 32], seed: 2)
    #expect(throws: TorchError.self) {
      try recorded.tokens(pixelValues: pixels, prompts: [[1, 2], [1, 3]])
    }
    #expect(throws: TorchError.self) {
      try recorded.tokens(pixelValues: noise([2, 6, 16, 16], seed: 2), prompts: prompts)
    }
    #expect(throws: TorchError.self) {
      try RecordedGeneration(network, promptLengths: [200], tokenCount: 2)
    }
  }
}
