import Foundation
import Testing
import Torch

@testable import Networks

/// A decoder that learns: rows of several prompts in one pass, of which none sees another.
@Suite struct ParallelLearningTests {
  private let network: OpenVLA
  private let decoder: ParallelDecoder
  private let parameters: ParameterSource
  private let prompts = [[1, 9, 12, 7], [1, 8, 11, 10, 15, 14, 7], [1, 13, 7]]
  private let pixels: Tensor

  init() throws {
    network = try OpenVLA(
      .small(
        vocabularySize: 40, imageSize: 28, patchSize: 14, visionWidth: 16, visionDepth: 2,
        visionHeads: 2, width: 16, layerCount: 3, heads: 2, mlpWidth: 24), seed: 3)
    parameters = ParameterSource(seed: 4)
    decoder = try ParallelDecoder(network, parameters, chunkLength: 3, actionLength: 7)
    let values: [Float] = (0..<3 * 6 * 28 * 28).map { Float(($0 * 7919) % 255) / 128 - 1 }
    pixels = Tensor(values, shape: [3, 6, 28, 28])
  }

  private func projected() -> Tensor { network.projector(network.patchFeatures(pixels)) }

  private func actions(_ projected: Tensor, _ prompts: [[Int]]) throws -> [Float] {
    try withoutGradient {
      try checked { decoder.actions(projected: projected, prompts: prompts).actions }.floats()
    }
  }

  @Test func rowsOfSeveralLengthsSayWhatEachSaysAlone() throws {
    let together = try decoder.chunks(pixelValues: pixels, images: [0, 1, 2], prompts: prompts)
    #expect(together.map(\.count) == [3, 3, 3])
    for (row, prompt) in prompts.enumerated() {
      let answer = try decoder.answer(
        pixelValues: pixels.narrowed(0, row..<row + 1), prompt: prompt, state: nil)
      guard case .actions(let alone) = answer else {
        Issue.record("a decoder with a head answered \(answer)")
        continue
      }
      for (one, other) in zip(alone.joined(), together[row].joined()) {
        #expect(abs(one - other) < 1e-5)
      }
    }
  }

  @Test func aRowSeesNothingOfTheOthers() throws {
    let own = projected()
    let before = try actions(own, prompts)
    let row = 3 * 7
    let others = try actions(own, [prompts[0], [1, 20, 21, 22, 23, 24, 7], [1, 25, 7]])
    #expect(before[..<row] == others[..<row])
    #expect(before[row..<2 * row] != others[row..<2 * row])
    let flipped = Tensor.concatenated(
      [own.narrowed(0, 0..<1), own.narrowed(0, 1..<3) * -1], dimension: 0)
    #expect(try actions(flipped, prompts)[..<row] == before[..<row])
  }

  /// The first number depends on the last slot, and on every word; the last one on the first; none on what fills short prompts up.
  @Test(arguments: [0, 2])
  func aSlotSeesThePromptAndAllSlots(step: Int) throws {
    func gradient(_ name: String, _ all: [NamedTensor]) throws -> Tensor {
      try #require(all.first { $0.name == name }?.tensor.gradient)
    }
    let said = decoder.actions(projected: projected(), prompts: prompts).actions
    try said.narrowed(0, 0..<1).narrowed(1, step..<step + 1).squared().sum().backward()
    let slots = try gradient("slot_embeddings.weight", parameters.parameters)
    for row in try slots.absolute().sum([1]).floats() { #expect(row > 0) }
    let words = try gradient("language_model.model.embed_tokens.weight", network.parameters)
    let sizes = try words.absolute().sum([1]).floats()
    // The prompt's own tokens and the end.
    #expect(sizes.indices.filter { sizes[$0] > 0 } == [1, 2, 7, 9, 12])
    network.clearGradients()
  }

  @Test func aGazeIsLearnedByTheSlotsThatLook() throws {
    let gaze = SlotGaze(
      (0..<21).map { SlotGaze.Token(row: 0, kind: .number($0), patch: 2) }
        + [SlotGaze.Token(row: 2, kind: .prompt(1), patch: 1)], layersBeforeLast: 1)
    let optimizer = try AdamW(network)
    var losses: [Double] = []
    for _ in 0..<30 {
      let gazes = decoder.actions(projected: projected(), prompts: prompts, looking: [gaze]).gazes
      let loss = try #require(gazes.first)
      losses.append(try loss.item())
      try loss.backward()
      try optimizer.step(learningRate: 3e-3)
      optimizer.clearGradients()
    }
    #expect(try #require(losses.last) < 0.5 * losses[0], "\(losses)")
  }

  @Test func whatCanNotBeLearnedIsSaid() {
    func message(_ body: () -> Tensor?) -> String {
      do {
        _ = try checked(body)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let headless = ParallelDecoder(
      network: network, head: nil, projector: nil, chunkLength: 3, actionLength: 7)
    #expect(
      message { headless.actions(projected: projected(), prompts: prompts).actions }
        .contains("without a head"))
    #expect(
      message { decoder.actions(projected: projected(), prompts: [[1, 7]]).actions }
        .contains("1 prompts for patches"))
    let gaze = SlotGaze([.init(row: 0, kind: .number(0), patch: 0)], layersBeforeLast: 5)
    #expect(
      message {
        decoder.actions(projected: projected(), prompts: prompts, looking: [gaze]).gazes.first
      }.contains("none 5 before its last"))
  }
}
