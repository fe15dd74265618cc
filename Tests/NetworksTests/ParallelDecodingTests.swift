import Foundation
import Testing
import Torch

@testable import Networks

/// One pass decodes a chunk as the published OpenVLA-OFT does: see Fixtures/openvla-oft-tiny/README.md.
@Suite("Published OpenVLA-OFT")
struct ParallelDecodingTests {
  /// Of the largest magnitude: float32 sums taken in another order.
  static let tolerance = 1e-3
  static let actionLength = 7

  struct Layout: Sendable, CustomTestStringConvertible {
    var imageCount: Int
    var hasState: Bool
    /// What the expected tensors' names begin with.
    var name: String { "images_\(imageCount).\(hasState ? "state" : "stateless")" }
    var testDescription: String { name }
  }

  static let layouts = [1, 2].flatMap { count in
    [false, true].map { Layout(imageCount: count, hasState: $0) }
  }

  let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  var folder: URL { fixtures.appendingPathComponent("openvla-oft-tiny") }
  var base: URL { fixtures.appendingPathComponent("openvla-tiny") }

  private func part(_ name: String) throws -> Checkpoint {
    try Checkpoint(
      file: folder.appendingPathComponent("\(name)--100_checkpoint.pt"), withoutPrefix: "module.")
  }

  private func decoder(hasState: Bool, hasHead: Bool) throws -> ParallelDecoder {
    let network = try OpenVLA(folder: base)
    let width = network.configuration.language.width
    return ParallelDecoder(
      network: network,
      head: hasHead
        ? try RegressionHead(
          part("action_head"), width: width, actionLength: Self.actionLength, dtype: .float32,
          device: .cpu) : nil,
      projector: hasState
        ? try ProprioceptionProjector(
          part("proprio_projector"), width: width, dtype: .float32, device: .cpu) : nil,
      chunkLength: 8, actionLength: Self.actionLength)
  }

  private struct Inputs {
    var pixelValues: Tensor
    var prompt: [Int]
    var state: [Double]?
  }

  private func inputs(_ layout: Layout, _ expected: Checkpoint) throws -> Inputs {
    let stored = try Checkpoint(folder: base, stem: "expected")
    let first = try stored.tensor("pixel_values_0").unsqueezed(0)
    // The script's second image is the first one's negative.
    let images = [first, first * -1].prefix(layout.imageCount)
    return Inputs(
      pixelValues: .concatenated(Array(images), dimension: 0),
      prompt: try stored.tensor("input_ids_0").integers() + [29_871],
      state: layout.hasState
        ? try expected.tensor("normalized_proprioception").doubles() : nil)
  }

  @Test("hidden states of the slots and the tokens read from them agree", arguments: layouts)
  func tokens(_ layout: Layout) throws {
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let decoder = try decoder(hasState: layout.hasState, hasHead: false)
    let inputs = try inputs(layout, expected)
    let hidden = try decoder.hidden(
      pixelValues: inputs.pixelValues, prompt: inputs.prompt, state: inputs.state)
    let published = try expected.tensor("\(layout.name).hidden")
    #expect(hidden.shape == published.shape)
    let scale = try published.absolute().max().item()
    #expect(try largestDifference(hidden, published) < Self.tolerance * scale)

    let answer = try decoder.answer(
      pixelValues: inputs.pixelValues, prompt: inputs.prompt, state: inputs.state)
    guard case .tokens(let tokens) = answer else {
      Issue.record("a decoder without head answered \(answer)")
      return
    }
    #expect(tokens.allSatisfy { $0.count == Self.actionLength })
    #expect(tokens.flatMap(\.self) == (try expected.tensor("\(layout.name).token_ids").integers()))
  }

  @Test("the head's actions agree", arguments: layouts)
  func regression(_ layout: Layout) throws {
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let inputs = try inputs(layout, expected)
    let answer = try decoder(hasState: layout.hasState, hasHead: true).answer(
      pixelValues: inputs.pixelValues, prompt: inputs.prompt, state: inputs.state)
    guard case .actions(let actions) = answer else {
      Issue.record("a decoder with a head answered \(answer)")
      return
    }
    let published = try expected.tensor("\(layout.name).l1.normalized").doubles()
    #expect(actions.count == 8)
    let scale = published.map(abs).max() ?? 0
    for (mine, theirs) in zip(actions.flatMap(\.self), published) {
      #expect(abs(mine - theirs) < Self.tolerance * scale)
    }
  }

  @Test("the parts are read from safetensors alike")
  func safetensors() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let archive = try part("action_head")
    try SafetensorsFile.write(
      archive.names.map { NamedTensor("module." + $0, try archive.tensor($0)) }, to: url)
    let copy = try Checkpoint(file: url, withoutPrefix: "module.")
    let values: [Float] = (0..<14 * 32).map { Float($0 % 13) - 6 }
    let hidden = Tensor(values, shape: [14, 32])
    let outputs = try [archive, copy].map {
      try RegressionHead($0, width: 32, actionLength: 7, dtype: .float32, device: .cpu)(hidden)
    }
    #expect(outputs[0].shape == [2, 7])
    #expect(outputs[0].isIdentical(to: outputs[1]))
  }

  @Test("state and projector go together")
  func states() throws {
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let inputs = try inputs(Layout(imageCount: 1, hasState: true), expected)
    for (hasState, state) in [(false, inputs.state), (true, nil), (true, [0.5])] {
      let decoder = try decoder(hasState: hasState, hasHead: false)
      #expect(throws: TorchError.self) {
        try decoder.answer(pixelValues: inputs.pixelValues, prompt: inputs.prompt, state: state)
      }
    }
  }

  @Test("a head for actions of another length is refused by its tensor")
  func otherRobots() throws {
    #expect {
      try RegressionHead(
        part("action_head"), width: 32, actionLength: 14, dtype: .float32, device: .cpu)
    } throws: { "\($0)".contains("model.layer_norm1.weight") }
  }
}
