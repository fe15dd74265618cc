import Foundation
import Testing
import Torch

@testable import Networks

/// Adapters do what PEFT does with them: see Fixtures/openvla-tiny/README.md.
@Suite("LoRA adapters")
struct LoRAAdapterTests {
  let base = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/openvla-tiny")
  var folder: URL { base.appendingPathComponent("lora") }

  @Test("a merged adapter gives the published logits")
  func merged() throws {
    let network = try OpenVLA(folder: base)
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let adapter = try LoRAAdapter(folder: folder)
    #expect(adapter.scale == 0.5)
    #expect(adapter.parameterCount == Int(try expected.tensor("lora_trainable").item()))
    let pixels = try Checkpoint(folder: base, stem: "expected").tensor("pixel_values_0")
      .unsqueezed(0)
    let ids = try expected.tensor("lora_input_ids").integers()
    func lastLogits() -> Tensor {
      network.logits(pixelValues: pixels, inputIDs: Tensor(ids, shape: [1, ids.count]))
        .selected(0, 0).selected(0, ids.count - 2)
    }
    let published = try expected.tensor("lora_last_logits")
    let scale = try published.absolute().max().item()
    #expect(try largestDifference(lastLogits(), published) > 0.01 * scale)
    try network.merge(adapter)
    #expect(try largestDifference(lastLogits(), published) < 1e-3 * scale)
  }

  @Test("merged weights survive saving, those that are never computed too")
  func savedWithAdapter() throws {
    let network = try OpenVLA(folder: base)
    try network.merge(LoRAAdapter(folder: folder))
    let copy = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-lora-\(UInt64.random(in: 0...(.max)))")
    defer { try? FileManager.default.removeItem(at: copy) }
    try network.save(to: copy)
    let (before, after) = (try Checkpoint(folder: base), try Checkpoint(folder: copy))
    let changed = try after.names.filter {
      try largestDifference(try before.tensor($0).to(.float32), try after.tensor($0)) > 0
    }
    #expect(Set(changed) == Set(try LoRAAdapter(folder: folder).updates.keys))
    #expect(changed.contains { $0.contains("attn_pool") })
  }

  /// A copy of the adapter with one file changed.
  private func broken(
    _ change: (inout [String: Any]) -> Void = { _ in },
    tensors: (([NamedTensor]) -> [NamedTensor])? = nil
  ) throws -> URL {
    let copy = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-lora-\(UInt64.random(in: 0...(.max)))")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    let config = try Data(contentsOf: folder.appendingPathComponent("adapter_config.json"))
    var keys = try #require(try JSONSerialization.jsonObject(with: config) as? [String: Any])
    change(&keys)
    try JSONSerialization.data(withJSONObject: keys)
      .write(to: copy.appendingPathComponent("adapter_config.json"))
    let stored = try Checkpoint(folder: folder, stem: "adapter_model")
    let all = try stored.names.map { NamedTensor($0, try stored.tensor($0)) }
    try SafetensorsFile.write(
      tensors?(all) ?? all, to: copy.appendingPathComponent("adapter_model.safetensors"))
    return copy
  }

  @Test("what is wrong with an adapter is told with its place")
  func errors() throws {
    func expectError(_ text: String, _ work: () throws -> Void) {
      #expect {
        try work()
      } throws: {
        "\($0)".contains(text)
      }
    }
    expectError("r must be") { _ = try LoRAAdapter(folder: broken { $0["r"] = 0 }) }
    expectError("use_dora") { _ = try LoRAAdapter(folder: broken { $0["use_dora"] = true }) }
    expectError("peft_type") { _ = try LoRAAdapter(folder: broken { $0["peft_type"] = "IA3" }) }
    expectError("not of rank 8") { _ = try LoRAAdapter(folder: broken { $0["r"] = 8 }) }
    expectError("lora_B") {
      _ = try LoRAAdapter(
        folder: broken(tensors: { $0.filter { !$0.name.contains("fc1.lora_B") } }))
    }
    let network = try OpenVLA(folder: base)
    let before = try network.parameters[0].tensor.floats()
    expectError("no 'language_model.model.layers.9") {
      let adapter = try LoRAAdapter(
        folder: broken(tensors: { tensors in
          tensors.map {
            NamedTensor($0.name.replacingOccurrences(of: "layers.0", with: "layers.9"), $0.tensor)
          }
        }))
      try network.merge(adapter)
    }
    #expect(try network.parameters[0].tensor.floats() == before)
  }
}
