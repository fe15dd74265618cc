import Foundation
import Testing
import Torch

@testable import Networks

@Suite("Targets on a scale")
struct ScaledTargetsTests {
  @Test("their loss is cross-entropy against a normal distribution over the bins")
  func equalsSoftCrossEntropy() throws {
    let vocabulary = 30
    // A deviation reaches as far as three and a third of itself.
    let scales: [(TokenScale, reach: Int)] = [
      (TokenScale(20..<28), 5), (TokenScale(10..<17, deviation: 0.9), 3),
    ]
    let targets = [3, 21, 27, 7, 20, 12, 16]
    let weights: [Float] = [1, 2, 0.5, 1, 3, 2, 1]
    let logits = noise([targets.count, vocabulary], seed: 4)
    let scaled = try #require(ScaledTargets(targets, scales: scales.map(\.0), weights: weights))
    let loss = try scaled.loss(of: logits, targets: Tensor(targets)).item()

    // The obvious way: one row and one token after the other.
    let values = try logits.floats()
    var (sum, weight) = (0.0, 0.0)
    for (row, target) in targets.enumerated() {
      let own = values[row * vocabulary..<(row + 1) * vocabulary].map(Double.init)
      let normalizer = log(own.map(exp).reduce(0, +))
      let wanted = (0..<vocabulary).map { token -> Double in
        guard let (scale, reach) = scales.first(where: { $0.0.tokens.contains(target) })
        else { return token == target ? 1 : 0 }
        guard scale.tokens.contains(token), abs(token - target) <= reach else { return 0 }
        let distance = Double(token - target) / scale.deviation
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
    let scaled = try #require(ScaledTargets([12], scales: [TokenScale(10..<30)], weights: [1]))
    let costs = try [12, 13, 15, 25].map { answer in
      let logits = Tensor((0..<30).map { $0 == answer ? Float(6) : 0 }, shape: [1, 30])
      return try scaled.loss(of: logits, targets: Tensor([12])).item()
    }
    #expect(costs == costs.sorted())
    #expect(Set(costs).count == costs.count)
  }

  @Test("without any, the packed loss is plain cross-entropy")
  func plainWithoutBins() throws {
    #expect(ScaledTargets([1, 2], scales: [TokenScale(10..<12)], weights: [1, 1]) == nil)
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    let pixels = noise([1, 6, 32, 32], seed: 1)
    func loss(_ scales: [TokenScale]) throws -> Double {
      try network.packedLoss(
        pixelValues: pixels,
        PackedSegments(tokens: [[[5, 6]]], targets: [[[8, 2]]], scales: scales)
      ).item()
    }
    #expect(try loss([]) == loss([TokenScale(30..<34)]))
    #expect(try loss([]) != loss([TokenScale(5..<12)]))
  }
}
