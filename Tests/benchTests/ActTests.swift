import Foundation
import TestSupport
import Testing

/// `bench act` says what the published implementation says: see Tests/NetworksTests/Fixtures/openvla-tiny/README.md.
@Suite struct ActTests {
  private struct Example: Decodable {
    var image: String
    var inputIDs: String
    var generatedIDs: [Int]
    var action: [Double]

    enum CodingKeys: String, CodingKey {
      case image, action
      case inputIDs = "input_ids"
      case generatedIDs = "generated_ids"
    }
  }

  private struct Reply: Decodable {
    var tokenIDs: [Int]
    var action: [Double]

    enum CodingKeys: String, CodingKey {
      case tokenIDs = "token_ids"
      case action
    }
  }

  private let folder = Program.root.appendingPathComponent(
    "Tests/NetworksTests/Fixtures/openvla-tiny")

  @Test func aPublishedCheckpointGivesThePublishedActions() throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("actions.json"))
    let examples = try JSONDecoder().decode([Example].self, from: data)
    #expect(examples.count == 2)
    for example in examples {
      let result = try Program.run([
        "act", "--weights", folder.path, "--image",
        folder.appendingPathComponent(example.image).path, "--input-ids", example.inputIDs,
        "--json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let reply = try JSONDecoder().decode(Reply.self, from: Data(result.output.utf8))
      #expect(reply.tokenIDs == example.generatedIDs)
      for (mine, published) in zip(reply.action, example.action) {
        #expect(abs(mine - published) < 1e-7)
      }
    }
  }

  @Test func ourOwnCheckpointReadsInstructions() throws {
    let result = try Program.run([
      "act", "--weights", "Checkpoints/openvla", "--image",
      folder.appendingPathComponent("image_2.png").path, "--instruction", "lift the cheese",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 7)
    #expect(result.output.contains("gripper"))
  }

  // MARK: - OpenVLA-OFT

  private struct Chunk: Decodable {
    var actions: [[Double]]
  }

  private struct ChunkExample: Decodable {
    var images: [String]
    var inputIDs: String
    var proprioception: [Double]?
    var actions: [[Double]]

    enum CodingKeys: String, CodingKey {
      case images, proprioception, actions
      case inputIDs = "input_ids"
    }
  }

  /// Two pictures and a state, of Tests/NetworksTests/Fixtures/openvla-oft-tiny.
  @Test func aPublishedOFTCheckpointGivesThePublishedChunk() throws {
    let fixtures = folder.deletingLastPathComponent()
    let data = try Data(
      contentsOf: fixtures.appendingPathComponent("openvla-oft-tiny/actions.json"))
    let examples = try JSONDecoder().decode([ChunkExample].self, from: data)
    let example = try #require(examples.first { $0.images.count == 2 })
    let state = try #require(example.proprioception)
    let checkpoint = try LinkedFolder.openVLAOFT(
      fixtures: fixtures, parts: ["action_head", "proprio_projector"])
    let images = example.images.flatMap { ["--image", folder.appendingPathComponent($0).path] }
    let arguments =
      ["act", "--weights", checkpoint.url.path, "--input-ids", example.inputIDs]
      + ["--proprio", state.map { "\($0)" }.joined(separator: ",")] + images
    let result = try Program.run(arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let reply = try JSONDecoder().decode(Chunk.self, from: Data(result.output.utf8))
    #expect(reply.actions.count == example.actions.count)
    for index in 0..<7 {
      let column = example.actions.map { $0[index] }
      let tolerance = 1e-3 * (column.map(abs).max() ?? 0)
      for (mine, published) in zip(reply.actions, column) {
        #expect(abs(mine[index] - published) < tolerance)
      }
    }
    let table = try Program.run(arguments)
    #expect(table.output.split(separator: "\n").count == 1 + example.actions.count)
    #expect(table.output.hasPrefix("step x [m]"))
    withExtendedLifetime(checkpoint) {}
  }

  @Test func aRunRefusesACheckpointOfTwoCameras() throws {
    let checkpoint = try LinkedFolder.openVLAOFT(
      fixtures: folder.deletingLastPathComponent(), parts: ["action_head"],
      sizes: ["images": 2, "chunk_length": 8])
    let result = try withExtendedLifetime(checkpoint) {
      try Program.run(["--suite", "visual", "--policy", checkpoint.url.path])
    }
    #expect(result.status == 65, "\(result.errors)")
    #expect(result.errors.contains("2 images and the environment has one camera"))
  }
}
