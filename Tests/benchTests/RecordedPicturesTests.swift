import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Geometry
import RandomNumbers
import Recordings
import Testing

/// What is drawn from a recording is what the policy saw.
@Suite struct RecordedPicturesTests {
  /// Wanders about, two actions at a time, and keeps what it sees.
  private final class Onlooker: Policy {
    let name = "onlooker"
    let needs: ObservationNeeds = [.image, .proprioception]
    /// By slot and step.
    private(set) var seen: [Int: [Int: Observation]] = [:]

    func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
      try requests.map { request in
        seen[request.slot, default: [:]][request.observation.step] = request.observation
        var chance = request.randomness
        let actions = (0..<2).map { _ in
          Action(
            translation: Vector3(
              chance.uniform(in: -0.03...0.03), chance.uniform(in: -0.03...0.03),
              chance.uniform(in: -0.03...0.01)), gripper: chance.chance(0.5) ? 1 : 0)
        }
        return .success(try ActionChunk(actions))
      }
    }
  }

  @Test(arguments: ["visual", "motion"])
  func everyFrameIsDrawnAgainToTheBit(suite: String) throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = try TabletopEnvironment(root: Program.root.path)
    let plan = try EpisodePlan(
      suites: [suite], episodesPerTask: 1, seed: 3, strength: 1, in: environment)
    #expect(plan.blocks.count == 1)
    let policy = Onlooker()
    let run = try EvaluationRun(
      of: [Contestant(name: policy.name, kind: .entry) { policy }], on: plan, shard: .whole,
      in: environment, settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false))
    var description = run.description(facts: [:])
    description.keepsRecordings = true
    let records = try run.records(
      in: RunFolder(at: folder, describing: description, resuming: false))

    // Read by another environment, as by another process.
    let again = try TabletopEnvironment(root: Program.root.path, contexts: 1)
    let recording = try RecordingFolder(ofRun: folder)
      .recording(policy: policy.name, block: plan.blocks[0].id)
    #expect(recording.episodes.count == records.count)
    var compared = 0
    for (slot, episode) in recording.episodes.enumerated() {
      let trajectory = try episode.trajectory(in: again)
      let drawn = try again.observations(
        of: Array(trajectory.states.dropLast()), needs: policy.needs)
      let seen = try #require(policy.seen[slot])
      for (step, observation) in seen {
        #expect(drawn[step] == observation, "episode \(slot), step \(step)")
        compared += 1
      }
      #expect(trajectory.states.last.map(again.stateHash) == records[slot].finalState)
      // What people see is the policy's picture where it is not magnified.
      let picture = try again.pictures(of: Array(trajectory.states.prefix(1)))
      #expect(picture.first == drawn[0].primaryImage)
    }
    #expect(compared > 100)
  }
}
