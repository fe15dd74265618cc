import Foundation
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
}
