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
    /// In hundredths of all broken files.
    var share: Int
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
      Target(name: "config.json", share: 14),
      Target(name: "preprocessor_config.json", share: 5),
      Target(name: "processor_config.json", share: 5),
      Target(name: "dataset_statistics.json", share: 8),
      Target(name: "generation_config.json", share: 3),
      Target(name: "tokenizer_config.json", share: 3),
      Target(name: "tokenizer.model", share: 6),
      Target(name: "model.safetensors", share: 6),
      Target(name: "lora/adapter_config.json", share: 5),
      Target(name: "lora/adapter_model.safetensors", share: 3),
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
    let before = Fuzz.peakMemory()
    var mutation = Mutation(of: [try original(target.name)], seed: 11)
    var counts = (acted: 0, refused: 0, silent: 0)
    for index in 0..<Fuzz.count(share: target.share, byDefault: 60) {
      let data = mutation.next()
      try folder.write(data, as: name)
      let start = Fuzz.now()
      do {
        let action = try act().action
        let isFinite = action.allSatisfy(\.isFinite)
        #expect(isFinite, "\(target.name) \(index): \(action)")
        counts.acted += 1
      } catch let error as PolicyError {
        #expect("\(error)".count > 20)
        counts.silent += 1
      } catch {
        counts.refused += 1
        let message = "\(error)"
        // Where a broken file fits no longer to another one, either may be blamed; both lie in the folder.
        #expect(
          message.hasPrefix(folder.url.path + "/") && message.count > folder.url.path.count + 20,
          "\(target.name) \(index): \(message)")
      }
      #expect(Fuzz.now() - start < Fuzz.longest, "\(target.name) \(index)")
    }
    let grown = Fuzz.peakMemory() - before
    #expect(grown < Fuzz.greatest, "\(target.name): \(grown) bytes")
    #expect(counts.refused > 0, "\(target.name): \(counts)")
    print("broken \(target.name): \(counts), \(grown >> 20) MB more")
  }

  @Test("a broken OFT head or projector is refused by name, or gives numbers or says why not")
  func parts() throws {
    let image = Image(
      try ImageFile.read(Self.published.appendingPathComponent("openvla-tiny/image_1.png")))
    for (share, part) in [(2, "action_head"), (1, "proprio_projector")] {
      let name = "\(part)--100_checkpoint.pt"
      let folder = try LinkedFolder.openVLAOFT(
        fixtures: Self.published, parts: ["action_head", "proprio_projector"])
      let whole = try Data(
        contentsOf: Self.published.appendingPathComponent("openvla-oft-tiny/\(name)"))
      var mutation = Mutation(of: [whole], seed: 12)
      var counts = (acted: 0, refused: 0)
      for index in 0..<Fuzz.count(share: share, byDefault: 20) {
        try folder.write(mutation.next(), as: name)
        let start = Fuzz.now()
        do {
          let predictor = try ChunkPredictor(
            checkpoint: PolicyCheckpoint(at: folder.url), loading: CheckpointLoading(device: .cpu),
            statisticsKey: nil, chunkLength: 1, readsInstructions: false)
          let state = Array(repeating: 0.1, count: predictor.decoder.projector?.stateLength ?? 0)
          _ = try predictor.prediction(
            ChunkObservation(images: [image], state: state), inputIDs: [1, 5])
          counts.acted += 1
        } catch is PolicyError {
          counts.acted += 1
        } catch {
          counts.refused += 1
          #expect(
            "\(error)".contains(folder.url.lastPathComponent), "\(name) \(index): \(error)")
        }
        #expect(Fuzz.now() - start < Fuzz.longest, "\(name) \(index)")
      }
      #expect(counts.refused > 0)
      print("broken \(name): \(counts)")
    }
  }
}
