import EnvironmentInterface
import Geometry
import RandomNumbers
import Testing

@testable import Policies

/// Keeps what it is asked and told.
private final class Witness: Policy {
  let name = "witness"
  let needs: ObservationNeeds = [.image, .camera("wrist"), .instruction, .proprioception]
  let episodesAtOnce = 7
  var seen: [PolicyRequest] = []
  var begun: [EpisodeBriefing] = []
  var ended: [Int] = []

  func begin(slot: Int, episode: EpisodeBriefing) { begun.append(episode) }

  func end(slot: Int, outcome: Outcome) { ended.append(slot) }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    seen += requests
    return requests.map { _ in .failure(.emptyChunk) }
  }
}

@Suite struct BlindPolicyTests {
  private let robot = Proprioception(
    baseFromGripper: .identity, gripperWidth: 0.04, jointAngles: [1])

  private func request(_ slot: Int, step: Int, value: UInt8) -> PolicyRequest {
    func image(_ value: UInt8) -> Image {
      Image(height: 2, width: 1, pixels: [UInt8](repeating: value, count: 6))
    }
    return PolicyRequest(
      slot: slot,
      observation: Observation(
        images: [CameraName.primary: image(value), "wrist": image(value + 1)],
        instruction: "lift the can", proprioception: robot,
        earlier: step == 0
          ? nil : EarlierObservation(images: [CameraName.primary: image(value - 1)]),
        step: step),
      randomness: RandomStream(seed: 1).numbered(step))
  }

  private func briefing(_ id: String) -> EpisodeBriefing {
    EpisodeBriefing(id: id, instruction: "lift the can", stepLimit: 30, setup: "kitchen")
  }

  /// What the policy inside sees of two steps in each of two slots, and the requests that were made.
  private func seen(_ blindness: Blindness) throws -> (Witness, [PolicyRequest]) {
    let witness = Witness()
    let blind = BlindPolicy(witness, blindness, called: "w+b") { "lift the \($0.id)" }
    let requests = [
      request(0, step: 0, value: 10), request(1, step: 0, value: 20),
      request(0, step: 1, value: 30), request(1, step: 1, value: 40),
    ]
    for slot in 0...1 { try blind.begin(slot: slot, episode: briefing("thing \(slot)")) }
    _ = try blind.chunks(for: Array(requests[0...1]))
    _ = try blind.chunks(for: Array(requests[2...3]))
    #expect(blind.name == "w+b" && blind.needs == witness.needs && blind.episodesAtOnce == 7)
    return (witness, requests)
  }

  /// The observations of requests, changed in the part that a test speaks of.
  private func rest(
    _ requests: [PolicyRequest], _ change: (inout Observation) -> Void
  ) -> [Observation] {
    requests.map { request in
      var observation = request.observation
      change(&observation)
      return observation
    }
  }

  @Test(arguments: [Blindness.noInstruction, .otherInstruction])
  func theInstructionAloneIsAnother(blindness: Blindness) throws {
    let (witness, requests) = try seen(blindness)
    let isOther = blindness == .otherInstruction
    let expected = isOther ? ["lift the thing 0", "lift the thing 1"] : ["", ""]
    #expect(witness.begun.map(\.instruction) == expected)
    #expect(witness.seen.map { $0.observation.instruction ?? "nil" } == expected + expected)
    #expect(rest(witness.seen) { $0.instruction = nil } == rest(requests) { $0.instruction = nil })
  }

  @Test func theFirstPicturesStay() throws {
    let (witness, requests) = try seen(.frozenImage)
    let images = witness.seen.map(\.observation.images)
    #expect(images[2] == requests[0].observation.images)
    #expect(images[3] == requests[1].observation.images)
    #expect(images[0...1] == requests.map(\.observation.images)[0...1])
    func withoutPictures(_ requests: [PolicyRequest]) -> [Observation] {
      rest(requests) { ($0.images, $0.earlier) = ([:], nil) }
    }
    #expect(withoutPictures(witness.seen) == withoutPictures(requests))
    #expect(witness.begun.map(\.instruction) == ["lift the can", "lift the can"])
  }

  @Test func aNewEpisodeHasAFirstPictureOfItsOwn() throws {
    let witness = Witness()
    let blind = BlindPolicy(witness, .frozenImage, called: "b") { _ in nil }
    for (value, ends) in [(10 as UInt8, true), (20, false), (30, true)] {
      try blind.begin(slot: 0, episode: briefing("x"))
      for step in 0...1 {
        _ = try blind.chunks(for: [
          request(0, step: step, value: value + UInt8(step))
        ])
      }
      if ends { blind.end(slot: 0, outcome: .failure) }
    }
    #expect(
      witness.seen.map { $0.observation.primaryImage?.pixels[0] } == [10, 10, 20, 20, 30, 30])
    #expect(
      witness.seen.map { $0.observation.earlier?.primaryImage?.pixels[0] }
        == [nil, 10, nil, 20, nil, 30])
    #expect(witness.ended == [0, 0])
  }

  @Test func greyIsGreyInEveryCamera() throws {
    let (witness, requests) = try seen(.greyImage)
    for request in witness.seen {
      #expect(request.observation.images.count == 2)
      #expect((request.observation.earlier == nil) == (request.observation.step == 0))
      for image in request.observation.images.values
        + (request.observation.earlier?.images.values.map { $0 } ?? [])
      {
        #expect(image.height == 2 && image.width == 1)
        #expect(image.pixels.allSatisfy { $0 == BlindPolicy.grey })
      }
    }
    #expect(witness.seen.map(\.observation.instruction) == requests.map(\.observation.instruction))
    #expect(
      witness.seen.map(\.observation.proprioception)
        == requests.map(\.observation.proprioception))
  }

  @Test func aSceneWithoutAnotherGoalIsTheEpisodesError() {
    let blind = BlindPolicy(Witness(), .otherInstruction, called: "b") { _ in nil }
    #expect(throws: PolicyError.self) { try blind.begin(slot: 0, episode: briefing("x")) }
  }

  @Test func whoDoesNotMoveDoesNotMove() throws {
    let chunk = try StandingPolicy().chunks(for: [request(0, step: 0, value: 1)])[0].get()
    #expect(chunk.actions == [Action(translation: .zero, rotation: .zero, gripper: 1)])
  }
}
