import EnvironmentInterface
import Foundation
import Geometry
import Policies
import RandomNumbers
import Testing

@testable import Training

@Suite("Noise on action tokens")
struct ActionNoiseTests {
  private let tokens = 400..<656

  private func noise(seed: UInt64 = 1) -> ActionNoise {
    ActionNoise(source: RandomStream(seed: seed), deviation: 8, tokens: tokens)
  }

  @Test("most tokens stay near, some are drawn from all, none leaves the range")
  func spread() {
    var noise = noise()
    let steps = (0..<4000).map { _ in noise.blurred(528) - 528 }
    #expect(steps.allSatisfy { tokens.contains(528 + $0) })
    let near = steps.count { abs($0) <= 24 }
    #expect((0.78...0.88).contains(Double(near) / 4000))
    #expect(steps.contains { $0 > 100 } && steps.contains { $0 < -100 })
    let edge = (0..<500).map { _ in noise.blurred(400) }
    #expect(edge.allSatisfy(tokens.contains))
  }

  @Test("the same for the same stream")
  func deterministic() {
    var (first, second, other) = (noise(), noise(), noise(seed: 2))
    let a = (0..<50).map { _ in first.blurred(500) }
    #expect(a == (0..<50).map { _ in second.blurred(500) })
    #expect(a != (0..<50).map { _ in other.blurred(500) })
  }

  @Test("what is read back is blurred, what is learned is not")
  func labels() throws {
    let text = try TokenizerRecipe(size: 400, symbols: []).makeTokenizer(
      corpus: SquareSource().corpus + ["lift the carrot"], locationBins: 8)
    let vocabulary = try Vocabulary(
      text: text, actions: ActionTokenizer(vocabularyEnd: text.count + 256), template: .openVLA,
      grounding: .point,
      locationBins: 8, source: "test")
    let statistics = ActionStatistics(
      of: [Array(repeating: -0.1, count: 7), Array(repeating: 0.1, count: 7)],
      mask: Array(repeating: true, count: 6) + [false])
    var encoder = SequenceEncoder(
      vocabulary: vocabulary,
      statistics: [DemonstrationFrame.trainingDataset: statistics], gripperWeight: 1,
      locationWeight: 1)
    let action = try Action([0.01, 0, -0.03, 0, 0, 0, 1])
    let decision = Decision(
      instruction: "lift the carrot", action: action, nextActions: [action],
      goalPoint: [0.2, 0.4], gripperPoint: [0.6, 0.8])
    var none: ActionNoise?
    let plain = try encoder.segment(for: decision, noise: &none)
    var some: ActionNoise? = ActionNoise(
      source: RandomStream(seed: 1), deviation: 8, tokens: vocabulary.actions.tokenRange)
    let blurred = try encoder.segment(for: decision, noise: &some)
    #expect(plain.labels == blurred.labels && plain.weights == blurred.weights)
    let changed = plain.tokens.indices.filter { plain.tokens[$0] != blurred.tokens[$0] }
    #expect(!changed.isEmpty)
    // Only the last seven tokens: the instruction and the places are read as they are.
    #expect(changed.allSatisfy { $0 >= plain.tokens.count - 7 })
  }
}
