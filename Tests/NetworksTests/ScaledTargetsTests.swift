import Foundation
import Testing
import Torch

@testable import Networks

@Suite("Targets on a scale")
struct ScaledTargetsTests {
  @Test("their loss is cross-entropy against a normal distribution over the bins")
  func equalsSoftCrossEntropy() throws {
    let (vocabulary, scale) = (30, 20..<28)
    let targets = [3, 21, 27, 7, 20]
    let weights: [Float] = [1, 2, 0.5, 1, 3]
    let logits = noise([targets.count, vocabulary], seed: 4)
    let scaled = try #require(ScaledTargets(targets, scale: scale, weights: weights))
    let loss = try scaled.loss(of: logits, targets: Tensor(targets)).item()

    // The obvious way: one row and one token after the other.
    let values = try logits.floats()
    var (sum, weight) = (0.0, 0.0)
    for (row, target) in targets.enumerated() {
      let own = values[row * vocabulary..<(row + 1) * vocabulary].map(Double.init)
      let normalizer = log(own.map(exp).reduce(0, +))
      let wanted = (0..<vocabulary).map { token -> Double in
        guard scale.contains(target) else { return token == target ? 1 : 0 }
        guard scale.contains(token), abs(token - target) <= 5 else { return 0 }
        let distance = Double(token - target) / 1.5
        return exp(-distance * distance / 2)
      }
      let mass = wanted.reduce(0, +)
      for token in 0..<vocabulary {
        let logProbability: Double = own[token] - normalizer
        sum -= Double(weights[row]) * (wanted[token] / mass) * logProbability
      }
      weight += Double(weights[row])
    }
    #expect(abs(loss - sum / weight) < 1e-5)
  }

  @Test("a near miss costs less than a far one, a hit least")
  func ordersMisses() throws {
    let scaled = try #require(ScaledTargets([12], scale: 10..<30, weights: [1]))
    let costs = try [12, 13, 15, 25].map { answer in
      let logits = Tensor((0..<30).map { $0 == answer ? Float(6) : 0 }, shape: [1, 30])
      return try scaled.loss(of: logits, targets: Tensor([12])).item()
    }
    #expect(costs == costs.sorted())
    #expect(Set(costs).count == costs.count)
  }

  @Test("without any, the packed loss is plain cross-entropy")
  func plainWithoutBins() throws {
    #expect(ScaledTargets([1, 2], scale: 10..<12, weights: [1, 1]) == nil)
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let pixels = noise([1, 6, 32, 32], seed: 1)
    func loss(_ scale: Range<Int>?) throws -> Double {
      try network.packedLoss(
        pixelValues: pixels,
        PackedSegments(tokens: [[[5, 6]]], targets: [[[8, 2]]], scale: scale)
      ).item()
    }
    #expect(try loss(nil) == loss(30..<34))
    #expect(try loss(nil) != loss(5..<12))
  }
}
