import EnvironmentInterface
import Foundation
import Geometry
import Policies
import RandomNumbers
import Testing

@testable import Training

/// A diffusion policy of two frames and the hand's state, from its recipe to its actions.
@Suite(.serialized) struct TwoFrameTests {
  private let training = TrainingTests()

  private static func recipe(steps: Int) -> Recipe {
    var recipe = TrainingTests.recipe(.diffusionPolicy, steps: steps)
    recipe.model?.history = 2
    recipe.model?.proprioception = true
    recipe.model?.chunkLength = 4
    recipe.model?.executedLength = 2
    return recipe
  }

  private static func felt(_ height: Double) -> Proprioception {
    Proprioception(
      baseFromGripper: RigidTransform(rotation: .identity, translation: Vector3(0.3, 0, height)),
      gripperWidth: 0.07, jointAngles: [])
  }

  private static func image(_ value: Int) -> Image {
    Image(
      height: 56, width: 56, pixels: (0..<56 * 56 * 3).map { UInt8(($0 * value + $0 / 31) % 251) })
  }

  private static func request(
    _ slot: Int, now: Int = 3, before: Int? = 5, height: Double = 0.4, heightBefore: Double = 0.5,
    step: Int = 6
  ) -> PolicyRequest {
    PolicyRequest(
      slot: slot,
      observation: Observation(
        images: [CameraName.primary: image(now)], instruction: "go to red",
        proprioception: felt(height),
        earlier: before.map {
          EarlierObservation(
            images: [CameraName.primary: image($0)], proprioception: felt(heightBefore))
        }, step: step), randomness: RandomStream(seed: 3).numbered(slot))
  }

  private func checkpoint() throws -> PolicyCheckpoint {
    _ = try training.run(Self.recipe(steps: 6), in: "two")
    return try PolicyCheckpoint(at: training.folder.appendingPathComponent("two/checkpoint"))
  }

  @Test func theCheckpointSaysWhatIsSeenAndAsksForIt() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let checkpoint = try checkpoint()
    let url = checkpoint.folder.appendingPathComponent("config.json")
    let keys =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    #expect(keys["history"] as? Int == 2 && keys["state_size"] as? Int == 10)
    #expect(keys["horizon"] as? Int == 4)
    let policy = try checkpoint.makePolicy(name: "two", statisticsKey: nil)
    #expect(policy.needs == [.image, .instruction, .proprioception, .earlier])
    // One that says nothing sees one frame.
    _ = try training.run(TrainingTests.recipe(.diffusionPolicy, steps: 2), in: "one")
    let one = try PolicyCheckpoint(at: training.folder.appendingPathComponent("one/checkpoint"))
    #expect(
      try one.makePolicy(name: "one", statisticsKey: nil).needs == [.image, .instruction])
    // Statistics that are not there are named before the first episode.
    let statistics = checkpoint.folder.appendingPathComponent("dataset_statistics.json")
    var datasets =
      try JSONSerialization.jsonObject(with: Data(contentsOf: statistics)) as? [String: Any] ?? [:]
    var own = datasets["tabletop"] as? [String: Any] ?? [:]
    #expect(own.removeValue(forKey: "proprio") != nil)
    datasets["tabletop"] = own
    try JSONSerialization.data(withJSONObject: datasets).write(to: statistics)
    #expect { try checkpoint.check(loading: .init(device: .cpu), statisticsKey: nil) } throws: {
      "\($0)".contains("'proprio' is missing")
    }
  }

  @Test func everythingThatIsSeenCountsAndNothingElse() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let policy = try checkpoint().makePolicy(name: "two", statisticsKey: nil)
    func answer(_ request: PolicyRequest) throws -> [[Double]] {
      try policy.chunks(for: [request])[0].get().actions.map(\.values)
    }
    let plain = try answer(Self.request(0))
    #expect(plain.count == 2)
    #expect(try answer(Self.request(0)) == plain)
    for other in [
      Self.request(0, now: 4), Self.request(0, before: 6), Self.request(0, height: 0.2),
      Self.request(0, heightBefore: 0.3),
    ] {
      #expect(try answer(other) != plain)
    }
    // Alone and in a batch of eight, whatever was asked in between.
    let requests = (0..<8).map {
      Self.request($0, now: 3 + $0, before: $0 == 2 ? nil : 20 - $0, step: $0 == 2 ? 0 : 6)
    }
    let together = try policy.chunks(for: requests).map { try $0.get().actions.map(\.values) }
    for (request, expected) in zip(requests, together).reversed() {
      #expect(try answer(request) == expected)
    }
    // At the first step the frame before is the frame itself; later it must be there.
    let first = Self.request(0, before: nil, step: 0)
    let same = Self.request(0, before: 3, heightBefore: 0.4, step: 0)
    #expect(try answer(first) == answer(same))
    #expect { try answer(Self.request(0, before: nil)) } throws: {
      "\($0)".contains("one control step before")
    }
  }

  @Test func aResumedRunEndsWithTheSameBytes() throws {
    defer { try? FileManager.default.removeItem(at: training.folder) }
    let recipe = Self.recipe(steps: 6)
    _ = try training.run(recipe, in: "whole")
    #expect(throws: TrainingTests.Stopped.self) {
      try training.run(recipe, in: "cut", stoppingAfter: 4)
    }
    _ = try training.run(recipe, in: "cut", resuming: true)
    let weights = try ["whole", "cut"].map {
      try Data(
        contentsOf: training.folder.appendingPathComponent("\($0)/checkpoint/model.safetensors"))
    }
    #expect(weights[0] == weights[1])
  }
}
