import EnvironmentInterface
import Foundation
import Geometry
import ImageFiles
import RandomNumbers
import TestSupport
import Testing
import Torch

@testable import Policies

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
private let fixtures = root.appendingPathComponent("Tests/NetworksTests/Fixtures")

@Suite("OpenVLA-OFT checkpoints")
struct ParallelDecodingTests {
  private func folder(
    _ parts: [String], sizes: [String: Int]? = nil
  ) throws -> LinkedFolder {
    try LinkedFolder.openVLAOFT(fixtures: fixtures, parts: parts, sizes: sizes)
  }

  private func predictor(_ folder: LinkedFolder, chunkLength: Int? = nil) throws -> ChunkPredictor {
    try withExtendedLifetime(folder) {
      try ChunkPredictor(
        checkpoint: PolicyCheckpoint(at: folder.url), loading: CheckpointLoading(device: .cpu),
        statisticsKey: nil, chunkLength: chunkLength, readsInstructions: false)
    }
  }

  private func image(_ name: String) throws -> Image {
    let picture = try ImageFile.read(
      fixtures.appendingPathComponent("openvla-tiny").appendingPathComponent(name))
    return Image(picture)
  }

  // MARK: - Numbers

  private struct Example: Decodable {
    var images: [String]
    var inputIDs: String
    var proprioception: [Double]?
    var hasHead: Bool
    var actions: [[Double]]

    enum CodingKeys: String, CodingKey {
      case images, proprioception, actions
      case inputIDs = "input_ids"
      case hasHead = "has_head"
    }
  }

  @Test("pictures, raw state and ids give the published actions")
  func actions() throws {
    let url = fixtures.appendingPathComponent("openvla-oft-tiny/actions.json")
    let examples = try JSONDecoder().decode([Example].self, from: Data(contentsOf: url))
    #expect(examples.count == 3)
    for example in examples {
      let parts =
        (example.hasHead ? ["action_head"] : [])
        + (example.proprioception == nil ? [] : ["proprio_projector"])
      let folder = try folder(parts, sizes: example.hasHead ? nil : ["chunk_length": 8])
      let prediction = try predictor(folder).prediction(
        ChunkObservation(images: example.images.map(image), state: example.proprioception),
        inputIDs: example.inputIDs.split(separator: ",").compactMap { Int($0) })
      #expect(prediction.actions.count == example.actions.count)
      #expect(prediction.tokens.isEmpty == example.hasHead)
      // Of each number's largest magnitude: float32 sums taken in another order.
      for index in 0..<Action.count {
        let column = example.actions.map { $0[index] }
        let tolerance = 1e-3 * (column.map(abs).max() ?? 0)
        for (mine, theirs) in zip(prediction.actions, column) {
          #expect(abs(mine[index] - theirs) < tolerance)
        }
      }
    }
  }

  @Test("states are scaled as published and clamped")
  func states() throws {
    let stored = try Checkpoint(
      folder: fixtures.appendingPathComponent("openvla-oft-tiny"), stem: "expected")
    let folder = try folder(["proprio_projector"])
    let checkpoint = try PolicyCheckpoint(at: folder.url)
    let statistics = try checkpoint.proprioceptionStatistics(key: "tabletop_orig", count: 8)
    let normalized = statistics.normalized(try stored.tensor("proprioception").doubles())
    let published = try stored.tensor("normalized_proprioception").doubles()
    for (mine, theirs) in zip(normalized, published) { #expect(abs(mine - theirs) < 1e-12) }
    #expect(published.contains(1), "one number of the example lies outside and is clamped")
    withExtendedLifetime(folder) {}
  }

  @Test("the chunk's length is that of the caller, of config.json, or the published one")
  func chunkLengths() throws {
    #expect(try predictor(folder(["action_head"])).decoder.chunkLength == 8)
    let stated = try folder(["action_head"], sizes: ["images": 2, "chunk_length": 5])
    #expect(try predictor(stated).decoder.chunkLength == 5)
    #expect(try predictor(stated).imageCount == 2)
    #expect(try predictor(stated, chunkLength: 3).decoder.chunkLength == 3)
  }

  struct PartsCase: Sendable, CustomTestStringConvertible {
    let parts: [String]
    let sizes: [String: Int]?
    let expected: Bool
    var testDescription: String { "\(parts) \(sizes ?? [:])" }
  }

  @Test(
    "a folder decodes in parallel where it holds a part or says so",
    arguments: [
      PartsCase(parts: [], sizes: nil, expected: false),
      PartsCase(parts: [], sizes: ["chunk_length": 8], expected: true),
      PartsCase(parts: ["action_head"], sizes: nil, expected: true),
      PartsCase(parts: ["proprio_projector"], sizes: nil, expected: true),
    ])
  func parts(_ parts: PartsCase) throws {
    let folder = try folder(parts.parts, sizes: parts.sizes)
    let decodes = try PolicyCheckpoint(at: folder.url).decodesInParallel
    #expect(decodes == parts.expected)
    withExtendedLifetime(folder) {}
  }

  // MARK: - What is refused

  struct RefusedCase: Sendable, CustomTestStringConvertible {
    let file: String
    let mentions: String
    var testDescription: String { file }
  }

  @Test(
    "parts that are not built are told by file",
    arguments: [
      RefusedCase(file: "vision_backbone--100_checkpoint.pt", mentions: "FiLM"),
      RefusedCase(file: "noisy_action_projector--100_checkpoint.pt", mentions: "diffusion"),
      RefusedCase(file: "action_head--200_checkpoint.pt", mentions: "action_head--100"),
      RefusedCase(file: "action_head.safetensors", mentions: "leave one"),
      RefusedCase(file: "vision_backbone_checkpoint.pt", mentions: "FiLM"),
      RefusedCase(file: "action_head.pt", mentions: "its name is not known"),
      RefusedCase(file: "l1_head.safetensors", mentions: "its name is not known"),
      RefusedCase(file: "proprio_projector.bin", mentions: "its name is not known"),
    ])
  func refused(_ refused: RefusedCase) throws {
    let folder = try folder(["action_head"])
    try folder.write(Data(), as: refused.file)
    #expect {
      try predictor(folder)
    } throws: { "\($0)".contains(refused.file) && "\($0)".contains(refused.mentions) }
  }

  @Test("a head is found under any name that the published loader takes")
  func otherNames() throws {
    let whole = try Data(
      contentsOf: fixtures.appendingPathComponent("openvla-oft-tiny/action_head--100_checkpoint.pt")
    )
    for name in ["action_head_checkpoint.pt", "my-action_head--latest_checkpoint.bin"] {
      let folder = try folder([])
      try folder.write(whole, as: name)
      #expect(try PolicyCheckpoint(at: folder.url).decodesInParallel)
      #expect(try predictor(folder).decoder.head != nil)
    }
  }

  @Test("a head that is cut short is refused by its path")
  func cutHead() throws {
    let folder = try folder(["action_head"])
    let name = "action_head--100_checkpoint.pt"
    let whole = try Data(
      contentsOf: fixtures.appendingPathComponent("openvla-oft-tiny/\(name)"))
    try folder.write(whole.prefix(whole.count / 2), as: name)
    #expect { try predictor(folder) } throws: { $0 is TorchError && "\($0)".contains(name) }
  }

  @Test("images and states of another number than the checkpoint's are refused")
  func otherInputs() throws {
    let picture = try image("image_1.png")
    let predictor = try predictor(
      folder(["action_head", "proprio_projector"], sizes: ["images": 2, "chunk_length": 8]))
    let state = Array(repeating: 0.0, count: 8)
    for (observation, reason) in [
      (ChunkObservation(images: [picture], state: state), "images that it takes is 2, not 1"),
      (ChunkObservation(images: [picture, picture]), "needs the robot's state, 8 numbers"),
      (ChunkObservation(images: [picture, picture], state: [0]), "has 8 numbers, not 1"),
    ] {
      #expect {
        try predictor.prediction(observation, inputIDs: [1, 2])
      } throws: { "\($0)".contains(reason) }
    }
  }

  @Test("where there is one camera, a checkpoint must say that one is enough")
  func oneCamera() throws {
    func check(_ sizes: [String: Int]?) throws {
      let folder = try folder(["action_head"], sizes: sizes)
      try withExtendedLifetime(folder) {
        try PolicyCheckpoint(at: folder.url).checkOneCameraSuffices()
      }
    }
    #expect { try check(nil) } throws: { "\($0)".contains("parallel_decoding") }
    #expect { try check(["images": 1]) } throws: { "\($0)".contains("parallel_decoding") }
    #expect { try check(["images": 2, "chunk_length": 8]) } throws: {
      "\($0)".contains("trained with 2 images")
    }
    try check(["images": 1, "chunk_length": 8])
    #expect { try check(["images": 0, "chunk_length": 8]) } throws: { "\($0)".contains("1 to 64") }
    try PolicyCheckpoint(at: fixtures.appendingPathComponent("openvla-tiny"))
      .checkOneCameraSuffices()
  }

  // MARK: - As a policy

  private func request(slot: Int, turned: Double) throws -> PolicyRequest {
    PolicyRequest(
      slot: slot,
      observation: Observation(
        images: [CameraName.primary: try image("image_\(slot + 1).png")],
        instruction: "lift the cheese",
        proprioception: Proprioception(
          baseFromGripper: RigidTransform(
            rotation: Rotation(about: Vector3(0, 0, 1), byRadians: turned),
            translation: Vector3(0.4, -0.1, 0.3)),
          gripperWidth: 0.06, jointAngles: []), step: 0),
      randomness: RandomStream(seed: 1))
  }

  @Test("a policy executes the whole chunk, and an answer does not depend on the batch")
  func policy() throws {
    let folder = try folder(
      ["action_head", "proprio_projector"], sizes: ["images": 1, "chunk_length": 8])
    try folder.link(
      root.appendingPathComponent("Checkpoints/openvla/tokenizer.model"), as: "tokenizer.model")
    let policy = try withExtendedLifetime(folder) {
      try PolicyCheckpoint(at: folder.url).makePolicy(
        name: "oft", statisticsKey: nil)
    }
    #expect(policy.needs == [.image, .instruction, .proprioception])
    let requests = try [request(slot: 0, turned: 0.5), request(slot: 1, turned: -0.5)]
    let together = try policy.chunks(for: requests).map { try $0.get() }
    #expect(together.allSatisfy { $0.actions.count == 8 })
    #expect(try policy.chunks(for: [requests[1]])[0].get() == together[1])
    let turned = try policy.chunks(for: [request(slot: 0, turned: -0.5)])[0].get()
    #expect(turned != together[0], "the state is not read")
  }

  @Test("the state is position, axis times angle and two fingers")
  func stateOfTheRobot() throws {
    let felt = try #require(try request(slot: 0, turned: 0.5).observation.proprioception)
    for (mine, expected) in zip(felt.state, [0.4, -0.1, 0.3, 0, 0, 0.5, 0.03, -0.03]) {
      #expect(abs(mine - expected) < 1e-12)
    }
  }

  @Test("the parts belong to the digest of the weights")
  func weightsHash() throws {
    let folders = try [folder(["action_head"]), folder([])]
    let hashes = try folders.map { try PolicyCheckpoint(at: $0.url).weightsHash() }
    #expect(Set(hashes).count == folders.count)
  }
}
