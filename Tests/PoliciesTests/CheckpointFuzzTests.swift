import EnvironmentInterface
import Foundation
import ImageFiles
import Networks
import RandomNumbers
import TestSupport
import Testing
import Torch

@testable import Policies

/// Broken files of a checkpoint: refused by name, or a policy that acts or says why it can't.
@Suite("Broken checkpoints", .serialized)
struct CheckpointFuzzTests {
  struct Target: Sendable, CustomTestStringConvertible {
    /// The file that is broken.
    var name: String
    var testDescription: String { name }
  }

  private static let published = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("NetworksTests/Fixtures")

  /// Contents that are not in the fixture's folder.
  private static let texts: [String: String] = [
    "dataset_statistics.json":
      #"{"mine": {"action": {"q01": [-1, -1, -1, -1, -1, -1, 0], "q99": [1, 1, 1, 1, 1, 1, 1], "mask": [true, true, true, true, true, true, false], "mean": [0, 0, 0, 0, 0, 0, 0]}, "num_transitions": 3}}"#,
    "generation_config.json":
      #"{"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "num_beams": 1, "transformers_version": "4.40.1"}"#,
    "tokenizer_config.json":
      #"{"add_bos_token": true, "bos_token": {"content": "<s>"}, "tokenizer_class": "LlamaTokenizer", "added_tokens_decoder": {"0": {"content": "<unk>"}}}"#,
    "processor_config.json":
      #"{"image_processor": {"image_resize_strategy": "resize-crop", "tvf_do_letterbox": true, "tvf_letterbox_fill": [1, 2, 3], "tvf_resize_params": [{"size": 28, "interpolation": 3}, {"size": 28, "interpolation": 3}]}}"#,
  ]

  private func original(_ name: String) throws -> Data {
    if let text = Self.texts[name] { return Data(text.utf8) }
    return try Data(contentsOf: SmallCheckpoint.source.appendingPathComponent(name))
  }

  @Test(
    "a broken file is refused by name, or the policy acts or says why it does not",
    arguments: [
      Target(name: "config.json"),
      Target(name: "preprocessor_config.json"),
      Target(name: "processor_config.json"),
      Target(name: "dataset_statistics.json"),
      Target(name: "generation_config.json"),
      Target(name: "tokenizer_config.json"),
      Target(name: "tokenizer.model"),
      Target(name: "model.safetensors"),
      Target(name: "lora/adapter_config.json"),
      Target(name: "lora/adapter_model.safetensors"),
    ])
  func files(_ target: Target) throws {
    let checkpoint = try SmallCheckpoint()
    let isAdapter = target.name.hasPrefix("lora/")
    let adapter = try LinkedFolder()
    try adapter.link(filesOf: SmallCheckpoint.source.appendingPathComponent("lora")) { _ in true }
    let name = String(target.name.split(separator: "/").last ?? "")
    let folder = isAdapter ? adapter : checkpoint.folder
    let image = Image(
      try ImageFile.read(SmallCheckpoint.source.appendingPathComponent("picture.png")))

    func act() throws -> ActionPrediction {
      try checkpoint.policy(adapter: isAdapter ? adapter.url : nil)
        .prediction(image: image, instruction: "lift the carrot")
    }
    _ = try act()
    let names = Refusal.names(in: try original(target.name))
    var mutation = Mutation(of: [try original(target.name)], seed: 11)
    let tally = Fuzz.trial(of: target.name, byDefault: 60) { _ in
      try folder.write(mutation.next(), as: name)
      let action = try act().action
      let isFinite = action.allSatisfy(\.isFinite)
      #expect(isFinite, "\(target.name): \(action)")
    } judging: { error in
      let message = "\(error)"
      // An answer that is no number is the policy's fault and not the file's.
      if error is PolicyError { return message.count > 20 ? nil : "does not say why" }
      // Where a broken file fits no longer to another one, either may be blamed; both lie in the folder.
      return Refusal.fault(error, naming: folder.url.path + "/", in: names)
    }
    #expect(tally.faults.isEmpty && tally.refused > 0, "\(tally)")
  }

  @Test("a broken OFT head or projector is refused by name, or gives numbers or says why not")
  func parts() throws {
    let image = Image(
      try ImageFile.read(Self.published.appendingPathComponent("openvla-tiny/image_1.png")))
    for part in ["action_head", "proprio_projector"] {
      let name = "\(part)--100_checkpoint.pt"
      let folder = try LinkedFolder.openVLAOFT(
        fixtures: Self.published, parts: ["action_head", "proprio_projector"])
      let whole = try Data(
        contentsOf: Self.published.appendingPathComponent("openvla-oft-tiny/\(name)"))
      var mutation = Mutation(of: [whole], seed: 12)
      let tally = Fuzz.trial(of: name, byDefault: 20) { _ in
        try folder.write(mutation.next(), as: name)
        let predictor = try ChunkPredictor(
          checkpoint: PolicyCheckpoint(at: folder.url), loading: CheckpointLoading(device: .cpu),
          statisticsKey: nil, chunkLength: 1, readsInstructions: false)
        let state = Array(repeating: 0.1, count: predictor.decoder.projector?.stateLength ?? 0)
        _ = try predictor.prediction(
          ChunkObservation(images: [image], state: state), inputIDs: [1, 5])
      } judging: {
        $0 is PolicyError ? nil : Refusal.fault($0, naming: folder.url.path + "/")
      }
      #expect(tally.faults.isEmpty && tally.refused > 0, "\(tally)")
    }
  }
}
