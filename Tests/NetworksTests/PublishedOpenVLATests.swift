import Foundation
import Testing
import Torch

@testable import Networks

/// The network computes what the published implementation computes: see Fixtures/openvla-tiny/README.md.
@Suite("Published OpenVLA")
struct PublishedOpenVLATests {
  /// Of the largest magnitude: float32 sums taken in another order.
  let tolerance = 1e-3
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/openvla-tiny")

  private func expectNear(
    _ actual: Tensor, _ expected: Tensor, _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(actual.shape == expected.shape, sourceLocation: location)
    let scale = try expected.absolute().max().item()
    let difference = try largestDifference(actual, expected)
    #expect(difference < tolerance * scale, sourceLocation: location)
  }

  @Test("features, logits and greedy tokens agree")
  func forward() throws {
    let network = try OpenVLA(folder: folder)
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let pixels = try expected.tensor("pixel_values_0").unsqueezed(0)
    // The published `predict_action` appends the empty piece, 29871, where a prompt lacks it.
    let prompt = try expected.tensor("input_ids_0").integers() + [29_871]

    let features = network.patchFeatures(pixels)
    try expectNear(features.squeezed(0), try expected.tensor("patch_features_0"))
    try expectNear(network.projector(features).squeezed(0), try expected.tensor("projected_0"))
    let logits = network.logits(
      pixelValues: pixels, inputIDs: Tensor(prompt, shape: [1, prompt.count]))
    try expectNear(
      logits.selected(0, 0).selected(0, prompt.count - 2), try expected.tensor("last_logits_0"))
    let generated = try network.generate(pixelValues: pixels, prompts: [prompt], tokenCount: 7)
    #expect(generated.tokens[0] == (try expected.tensor("generated_ids_0").integers()))
  }

  @Test("loss and every gradient agree")
  func gradients() throws {
    let network = try OpenVLA(folder: folder)
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let pixels = try expected.tensor("pixel_values_0").unsqueezed(0)
    let text = try expected.tensor("train_input_ids").integers()
    let labels = try expected.tensor("train_labels").integers()
    // The published labels stand at their own tokens; targets stand one before.
    let batch = try PackedSegments(
      tokens: [[Array(text[1..<text.count - 1])]],
      targets: [[labels[2...].map { max(-1, $0) }]])
    let logits = network.targetLogits(patchFeatures: network.patchFeatures(pixels), batch)
    try expectNear(
      logits.narrowed(1, 31744..<32000), try expected.tensor("train_logits_action_columns"))
    let loss = network.packedLoss(pixelValues: pixels, batch)
    let expectedLoss = try expected.tensor("train_loss").item()
    #expect(abs(try loss.item() - expectedLoss) < tolerance * expectedLoss)
    try loss.backward()

    let url = folder.appendingPathComponent("expected_gradient_norms.json")
    let norms = try JSONDecoder().decode([String: Double].self, from: Data(contentsOf: url))
    let gradients = network.parameters.filter { $0.tensor.gradient != nil }
    #expect(Set(gradients.map(\.name)) == Set(norms.keys))
    for parameter in gradients {
      let gradient = try #require(parameter.tensor.gradient)
      let norm = try gradient.squared().sum().squareRoot().item()
      let published = try #require(norms[parameter.name])
      #expect(abs(norm - published) <= tolerance * published, "\(parameter.name)")
    }
  }

  @Test("bfloat16 weights run as they are")
  func bfloat16() throws {
    let network = try OpenVLA(folder: folder, dtype: .bfloat16)
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let pixels = try expected.tensor("pixel_values_0").unsqueezed(0)
    let features = network.patchFeatures(pixels).squeezed(0).to(.float32)
    let reference = try expected.tensor("patch_features_0")
    // bfloat16 keeps 8 bits; a few dozen layers' rounding adds up to some per cent.
    let error = try checked { try (features - reference).squared().mean().item() }
    let power = try reference.squared().mean().item()
    #expect(error < 1e-3 * power)
  }

  @Test("a saved network loads again, with the extra keys of its configuration")
  func saving() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: copy) }
    let network = try OpenVLA(tinyConfiguration(), seed: 9)
    try network.save(to: copy, extraConfiguration: Data(#"{"norm_stats": {"a": 1}}"#.utf8))
    let loaded = try OpenVLA(folder: copy)
    #expect(loaded.configuration == network.configuration)
    #expect(loaded.parameters.map(\.name) == network.parameters.map(\.name))
    for (a, b) in zip(loaded.parameters, network.parameters) {
      #expect(a.tensor.isIdentical(to: b.tensor))
    }
    let json = try String(contentsOf: copy.appendingPathComponent("config.json"), encoding: .utf8)
    #expect(json.contains("norm_stats"))
  }

  @Test("a saved copy of a published checkpoint holds every tensor of it, to the bit")
  func copying() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: copy) }
    try OpenVLA(folder: folder, dtype: .bfloat16).save(to: copy)
    let (original, copied) = (try Checkpoint(folder: folder), try Checkpoint(folder: copy))
    #expect(original.names == copied.names)
    for name in original.names {
      #expect(try copied.tensor(name).isIdentical(to: original.tensor(name)), "\(name)")
    }
  }

  @Test(
    "in few bits features and logits stay near, and memory shrinks",
    arguments: WeightQuantization.allCases)
  func quantized(_ quantization: WeightQuantization) throws {
    let network = try OpenVLA(folder: folder, quantization: quantization)
    let full = try OpenVLA(folder: folder)
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let pixels = try expected.tensor("pixel_values_0").unsqueezed(0)
    let reference = try expected.tensor("patch_features_0")
    let scale = try reference.absolute().max().item()
    let difference = try largestDifference(
      network.patchFeatures(pixels).squeezed(0), reference)
    #expect(difference < (quantization == .int8 ? 0.03 : 0.4) * scale)
    // Embeddings and convolutions stay as they are, and this tiny network's layers fill a quarter of their groups.
    #expect(network.weightByteCount < full.weightByteCount)
    let prompt = try expected.tensor("input_ids_0").integers() + [29_871]
    let logits = network.logits(
      pixelValues: pixels, inputIDs: Tensor(prompt, shape: [1, prompt.count]))
    let last = try expected.tensor("last_logits_0")
    let error = try largestDifference(logits.selected(0, 0).selected(0, prompt.count - 2), last)
    let largest = try last.absolute().max().item()
    #expect(error < (quantization == .int8 ? 0.08 : 0.6) * largest)
    #expect(throws: TorchError.self) { try network.save(to: folder.appendingPathComponent("no")) }
  }
}
