import Testing
import Torch

@testable import Networks

@Suite("Choosing tokens")
struct TokenChoiceTests {
  @Test("the median passes over a spike that holds less than half")
  func median() throws {
    // One bin with a quarter of the weight; the rest spread over ten bins to its right.
    var probabilities = [Float](repeating: 1e-6, count: 20)
    probabilities[4] = 0.25
    for bin in 8..<18 { probabilities[bin] = 0.075 }
    let logits = Tensor(probabilities, shape: [1, 20]).log()
    #expect(try TokenChoice.likeliest.indices(in: logits) == [4])
    #expect(try TokenChoice.median.indices(in: logits) == [11])
    // 0.25 · 4 + 0.75 · 12.5 = 10.4
    #expect(try TokenChoice.mean.indices(in: logits) == [10])
  }

  @Test("rows choose for themselves; a sure row is the same either way")
  func rows() throws {
    let sure = Tensor([0, 0, 9, 0, 9, 0, 0, 0] as [Float], shape: [2, 4])
    for choice in [TokenChoice.likeliest, .median] {
      #expect(try choice.indices(in: sure) == [2, 0])
    }
    let flat = Tensor([0, 0, 0, 0] as [Float], shape: [1, 4])
    #expect(try TokenChoice.median.indices(in: flat) == [1])
  }

  @Test("a checkpoint's choice is made for its steps alone")
  func generation() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let pixels = noise([2, 6, 32, 32], seed: 1)
    func tokens(_ choices: [TokenChoice]) throws -> [[Int]] {
      try network.generate(
        pixelValues: pixels, prompts: [[1, 5, 6], [1, 7]], tokenCount: 3,
        allowed: [10..<20, 10..<20, 10..<20], choices: choices
      ).tokens
    }
    let greedy = try tokens([])
    #expect(try tokens([.likeliest, .likeliest, .likeliest]) == greedy)
    let second = try tokens([.likeliest, .median])
    #expect(second.map { $0[0] } == greedy.map { $0[0] })
    // Untrained, all bins are about as likely: the median is in the middle.
    #expect(second.allSatisfy { (13...16).contains($0[1]) })
  }
}
