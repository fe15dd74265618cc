import Foundation
import Testing
import Torch

@testable import Networks

/// Adapters that are kept beside the weights do what PEFT's modules do: see Fixtures/README.md.
@Suite("Attached LoRA adapters")
struct AttachedAdapterTests {
  /// Of the largest magnitude: float32 sums taken in another order.
  let tolerance = 1e-4
  let base = SingleBackboneTests.folder("clip")
  var folder: URL { base.appendingPathComponent("lora") }

  private func temporaryFolder() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("trestle-attached-\(UUID())")
  }

  /// A network whose weights are frozen beside `adapter`'s factors.
  private func network(_ adapter: LoRAAdapter) throws -> OpenVLA {
    let network = try OpenVLA(folder: base, attached: adapter)
    network.setTrainable { _ in false }
    for factor in adapter.parameters { factor.tensor.requiresGradient = true }
    return network
  }

  private func batch(_ expected: Checkpoint) throws -> PackedSegments {
    let tokens = try expected.tensor("input_ids").integers()
    let labels = try expected.tensor("labels").integers()
    // The published labels stand at their own tokens; targets stand one before.
    return try PackedSegments(
      tokens: [[Array(tokens[1..<tokens.count - 1])]],
      targets: [[labels[2...].map { max(-1, $0) }]])
  }

  @Test("the published adapter gives the published logits without being merged")
  func openVLATiny() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/openvla-tiny")
    let adapter = try LoRAAdapter(folder: folder.appendingPathComponent("lora"))
    let network = try OpenVLA(folder: folder, attached: adapter)
    let expected = try Checkpoint(folder: folder.appendingPathComponent("lora"), stem: "expected")
    let pixels = try Checkpoint(folder: folder, stem: "expected").tensor("pixel_values_0")
      .unsqueezed(0)
    let ids = try expected.tensor("lora_input_ids")
    let logits = network.logits(pixelValues: pixels, inputIDs: ids.reshaped([1, -1]))
      .selected(0, 0).selected(0, ids.count - 2)
    let published = try expected.tensor("lora_last_logits")
    let scale = try published.absolute().max().item()
    #expect(try largestDifference(logits, published) < 1e-3 * scale)
  }

  @Test("logits, loss and the gradient of every factor agree with PEFT's; weights get none")
  func gradients() throws {
    let adapter = try LoRAAdapter(folder: folder)
    let network = try network(adapter)
    let expected = try Checkpoint(folder: base, stem: "expected")
    let pixels = try expected.tensor("pixel_values")
    let tokens = try expected.tensor("input_ids")
    let logits = network.logits(pixelValues: pixels, inputIDs: tokens)
      .selected(0, 0).selected(0, tokens.size(1) - 2)
    let published = try expected.tensor("lora_last_logits")
    #expect(
      try largestDifference(logits, published) < tolerance * published.absolute().max().item())

    let loss = network.packedLoss(pixelValues: pixels, try batch(expected))
    let publishedLoss = try expected.tensor("lora_loss").item()
    #expect(abs(try loss.item() - publishedLoss) < tolerance * publishedLoss)
    try loss.backward()
    let withGradient = adapter.parameters.filter { $0.tensor.gradient != nil }
    let publishedNames = expected.names.filter { $0.hasPrefix("gradient.") }
    #expect(withGradient.map { "gradient.\($0.name)" } == publishedNames)
    // The last block is adapted too and never computed.
    #expect(withGradient.count < adapter.parameters.count)
    for factor in withGradient {
      let reference = try expected.tensor("gradient.\(factor.name)")
      let scale = try reference.absolute().max().item()
      let gradient = try #require(factor.tensor.gradient)
      #expect(try largestDifference(gradient, reference) < tolerance * scale, "\(factor.name)")
    }
    #expect(network.parameters.allSatisfy { $0.tensor.gradient == nil })
  }

  @Test("a saved network holds what merging gives, and the adapter reads back as it was written")
  func saving() throws {
    let (copy, written) = (temporaryFolder(), temporaryFolder())
    defer { for url in [copy, written] { try? FileManager.default.removeItem(at: url) } }
    let adapter = try LoRAAdapter(folder: folder)
    try network(adapter).save(to: copy)
    let merged = try OpenVLA(folder: base)
    try merged.merge(adapter)
    let saved = try Checkpoint(folder: copy)
    for weight in merged.storedTensors {
      #expect(try saved.tensor(weight.name).isIdentical(to: weight.tensor), "\(weight.name)")
    }

    try adapter.write(to: written, base: "clip")
    let again = try LoRAAdapter(folder: written)
    #expect(again.size == adapter.size && again.scale == adapter.scale)
    #expect(again.parameters.map(\.name) == adapter.parameters.map(\.name))
    for (a, b) in zip(again.parameters, adapter.parameters) {
      #expect(a.tensor.isIdentical(to: b.tensor), "\(a.name)")
    }
  }

  @Test("a fresh adapter changes nothing, and is of PEFT's shapes and spread")
  func fresh() throws {
    let checkpoint = try Checkpoint(folder: base)
    let adapter = try LoRAAdapter(fresh: LoRASize(rank: 8), for: checkpoint, seed: 3)
    let published = try LoRAAdapter(folder: folder)
    #expect(adapter.parameters.map(\.name) == published.parameters.map(\.name))
    let plain = try OpenVLA(folder: base)
    #expect(adapter.parameterCount == plain.factorCount(of: LoRASize(rank: 8)))
    let expected = try Checkpoint(folder: base, stem: "expected")
    let pixels = try expected.tensor("pixel_values")
    #expect(
      try network(adapter).patchFeatures(pixels).isIdentical(to: plain.patchFeatures(pixels)))
    let inner = try adapter.parameters.filter { $0.name.hasSuffix("lora_A.weight") }
      .flatMap { try $0.tensor.doubles() }
    let deviation = (inner.reduce(0) { $0 + $1 * $1 } / Double(inner.count)).squareRoot()
    // A standard error of a hundredth at some 5,000 numbers.
    #expect(abs(deviation * 8 - 1) < 0.05, "\(deviation) of \(inner.count)")
    let outer = adapter.parameters.filter { $0.name.hasSuffix("lora_B.weight") }
    #expect(try outer.allSatisfy { try $0.tensor.absolute().max().item() == 0 })
  }

  @Test("factors alone learn a sentence", arguments: [2, 8])
  func learns(rank: Int) throws {
    let checkpoint = try Checkpoint(folder: base)
    let adapter = try LoRAAdapter(fresh: LoRASize(rank: rank), for: checkpoint, seed: 3)
    let network = try network(adapter)
    let before = try network.parameters.map { try $0.tensor.floats() }
    let expected = try Checkpoint(folder: base, stem: "expected")
    let (pixels, batch) = (try expected.tensor("pixel_values"), try batch(expected))
    let optimizer = try AdamW(groups: [.init(adapter.parameters, weightDecay: 0)])
    func loss() -> Tensor { network.packedLoss(pixelValues: pixels, batch) }
    let first = try loss().item()
    for _ in 0..<60 {
      try loss().backward()
      try optimizer.step(learningRate: 2e-2)
      optimizer.clearGradients()
    }
    #expect(try loss().item() < 0.2 * first)
    #expect(try network.parameters.map { try $0.tensor.floats() } == before)
  }

  @Test("an adapter of another model is refused by name")
  func misfit() throws {
    let adapter = try LoRAAdapter(folder: folder)
    #expect {
      try OpenVLA(folder: SingleBackboneTests.folder("siglip"), attached: adapter)
    } throws: {
      // SigLIP's MLP is narrower.
      "\($0)".contains("the weight is [59, 16]")
    }
  }
}
