import EnvironmentInterface
import Foundation
import Geometry
import ImageFiles
import Networks
import RandomNumbers
import TestSupport
import Testing
import Torch

@testable import Policies

/// Weights that make NaN or infinities: an answer that says so, never a trap or a plausible action.
@Suite("Numbers that are not numbers")
struct NotFiniteTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A copy of a safetensors file in which one tensor holds a value alone.
  private func spoil(_ name: String, _ value: Double, in folder: LinkedFolder) throws {
    let url = folder.url.appendingPathComponent("model.safetensors")
    let file = try SafetensorsFile(url.resolvingSymlinksInPath())
    let tensors = try file.names.map { stored in
      let tensor = try file.tensor(stored)
      return NamedTensor(
        stored, stored == name ? Tensor.full(tensor.shape, value: value).to(tensor.dtype) : tensor)
    }
    try FileManager.default.removeItem(at: url)
    try SafetensorsFile.write(tensors, to: url)
  }

  private static let norm = "language_model.model.norm.weight"

  @Test(
    "an OpenVLA says that its logits are not finite, however it chooses tokens",
    arguments: ["likeliest", "mean", "median"], [Double.nan, .infinity])
  func openVLA(choice: String, value: Double) throws {
    let checkpoint = try SmallCheckpoint()
    try spoil(Self.norm, value, in: checkpoint.folder)
    try checkpoint.set(["policy"], to: ["action_choices": Array(repeating: choice, count: 7)])
    #expect {
      try checkpoint.prediction()
    } throws: { $0 is PolicyError && "\($0)".contains("not finite") }
    let image = Image(
      try ImageFile.read(SmallCheckpoint.source.appendingPathComponent("picture.png")))
    let requests = (0..<2).map {
      PolicyRequest(
        slot: $0,
        observation: Observation(images: [CameraName.primary: image], instruction: "lift", step: 0),
        randomness: RandomStream(seed: 0))
    }
    let answers = try checkpoint.policy().chunks(for: requests)
    #expect(answers.count == 2 && answers.allSatisfy { (try? $0.get()) == nil })
  }

  @Test("a middle is taken of the tokens of actions alone")
  func middle() throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.set(["policy"], to: ["action_choices": Array(repeating: "mean", count: 7)])
    let tokens = try checkpoint.prediction().tokens
    #expect(tokens.allSatisfy { (512 - 64 - 256..<512 - 64).contains($0) }, "\(tokens)")
  }

  @Test("a prompt that is too long is its own episode's error")
  func longPrompt() throws {
    let image = Image(
      try ImageFile.read(SmallCheckpoint.source.appendingPathComponent("picture.png")))
    let requests = ["lift the carrot", String(repeating: "lift it ", count: 400)].map {
      PolicyRequest(
        slot: 0,
        observation: Observation(images: [CameraName.primary: image], instruction: $0, step: 0),
        randomness: RandomStream(seed: 0))
    }
    let answers = try SmallCheckpoint().policy().chunks(for: requests)
    _ = try answers[0].get()
    #expect { try answers[1].get() } throws: { "\($0)".contains("shorten the instruction") }
  }

  @Test("a diffusion policy does not clamp NaN to an action")
  func diffusion() throws {
    let folder = try LinkedFolder()
    try folder.link(
      filesOf: Self.root.appendingPathComponent("Checkpoints/diffusion-policy-matched")
    ) {
      _ in true
    }
    try spoil("denoiser.output.weight", .nan, in: folder)
    let policy = try PolicyCheckpoint(at: folder.url).makePolicy(name: "d", statisticsKey: nil)
    let image = Image(height: 224, width: 224, pixels: Array(repeating: 90, count: 224 * 224 * 3))
    let answers = try policy.chunks(for: [
      PolicyRequest(
        slot: 0,
        observation: Observation(
          images: [CameraName.primary: image], instruction: "lift the carrot", step: 0),
        randomness: RandomStream(seed: 0))
    ])
    #expect { try answers[0].get() } throws: { "\($0)".contains("not finite") }
  }

  @Test("a chunk's head and its tokens are looked at alike", arguments: [true, false])
  func chunks(hasHead: Bool) throws {
    let fixtures = Self.root.appendingPathComponent("Tests/NetworksTests/Fixtures")
    let folder = try LinkedFolder.openVLAOFT(
      fixtures: fixtures, parts: hasHead ? ["action_head"] : [],
      sizes: ["images": 1, "chunk_length": 8])
    let whole = try Checkpoint(folder: folder.url)
    let tensors = try whole.names.map { name in
      let tensor = try whole.tensor(name)
      return NamedTensor(
        name, name == Self.norm ? Tensor.full(tensor.shape, value: .nan).to(tensor.dtype) : tensor)
    }
    try SafetensorsFile.write(
      tensors, to: folder.url.appendingPathComponent("model.safetensors"))
    let predictor = try ChunkPredictor(
      checkpoint: PolicyCheckpoint(at: folder.url), loading: CheckpointLoading(device: .cpu),
      statisticsKey: nil, readsInstructions: false)
    let image = Image(
      try ImageFile.read(fixtures.appendingPathComponent("openvla-tiny/image_1.png")))
    #expect {
      try predictor.prediction(ChunkObservation(images: [image]), inputIDs: [1, 5, 6])
    } throws: { $0 is PolicyError && "\($0)".contains("not finite") }
  }
}
