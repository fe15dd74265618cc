import EnvironmentInterface
import Foundation
import Geometry
import NIOCore
import RandomNumbers
import Testing

@testable import Remote

/// Answers what it saw: the position as translation, the orientation as rotation, red in the corner as the gripper.
private final class Mirror: Policy {
  let name = "mirror"
  let needs: ObservationNeeds = [.image, .instruction, .proprioception]
  private var begun: [Int: String] = [:]

  func begin(slot: Int, episode: EpisodeBriefing) { begun[slot] = episode.instruction }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    requests.map { request in
      Result { () throws(PolicyError) in
        guard let image = request.observation.primaryImage else { throw .missingInput("image") }
        guard begun[request.slot] != nil else { throw .failed("it was not begun") }
        if request.observation.instruction == "fail" { throw .failed("as asked") }
        let pose = request.observation.proprioception?.baseFromGripper ?? .identity
        let angles = pose.rotation.rollPitchYaw
        return try ActionChunk([
          Action(
            translation: pose.translation,
            rotation: Vector3(angles.roll, angles.pitch, angles.yaw),
            gripper: Double(image.pixels[0]) / 255)
        ])
      }
    }
  }
}

private func adapter(_ dialect: Dialect, turn: Int = 0) throws -> Adapter {
  try Adapter(
    text: """
      dialect: \(dialect.rawValue)
      observation:
        image: {camera: primary, size: [4, 4], turn: \(turn)}
        instruction: {text: instruction}
        state: {state: [position, axis-angle, finger-positions]}
      action:
        rotation: axis-angle
        metres_per_unit: 0.1
        gripper: {open: -1, closed: 1}
      """, named: "test")
}

private func request(_ slot: Int, _ instruction: String = "look") -> PolicyRequest {
  let corner = UInt8(50 + slot)
  let image = Image(
    height: 4, width: 4, pixels: [corner] + [UInt8](repeating: 9, count: 47))
  let robot = Proprioception(
    baseFromGripper: RigidTransform(
      rotation: Rotation(roll: 0.1, pitch: 0.2, yaw: 0.3), translation: Vector3(0.3, -0.1, 0.2)),
    gripperWidth: 0.04, jointAngles: [])
  return PolicyRequest(
    slot: slot,
    observation: Observation(
      images: [CameraName.primary: image], instruction: instruction, proprioception: robot,
      step: 0), randomness: RandomStream(seed: 1))
}

@Suite(.serialized) struct PolicyServerTests {
  private func served<Value>(
    _ dialect: Dialect, over served: Dialect, turn: Int = 0, token: String? = nil,
    clientToken: String? = nil, connections: Int = 64, _ body: (RemotePolicy) throws -> Value
  ) throws -> Value {
    var settings = ServerSettings()
    settings.port = 0
    settings.dialect = served
    settings.token = token
    settings.connections = connections
    let server = try PolicyServer(
      Mirror(), adapter: adapter(served, turn: turn), actAdapter: adapter(.openVLA, turn: turn),
      settings: settings)
    defer { server.stop() }
    var client = RemoteSettings()
    client.patience = 1
    client.timeout = 20
    client.token = clientToken
    let scheme = dialect.transports[0].rawValue
    return try body(
      RemotePolicy(
        name: "client", address: RemoteAddress("\(scheme)://127.0.0.1:\(server.port)"),
        dialect: dialect, adapter: adapter(dialect, turn: turn), cameras: ["primary"],
        settings: client))
  }

  @Test(arguments: [
    (Dialect.openpi, Dialect.openpi, 0), (.openpi, .openpi, 180), (.vlaEval, .vlaEval, 0),
    (.openVLA, .openpi, 0), (.openVLATwice, .vlaEval, 180),
  ])
  func whatGoesInComesBackThroughBothAdapters(client: Dialect, server: Dialect, turn: Int) throws {
    try served(client, over: server, turn: turn) { policy in
      let slots = Array(0..<min(9, policy.episodesAtOnce))
      for slot in slots {
        policy.begin(
          slot: slot,
          episode: EpisodeBriefing(
            id: "0123456789abcdef", instruction: "look", stepLimit: 9, setup: "tabletop"))
      }
      for (slot, answer) in zip(slots, try policy.chunks(for: slots.map { request($0) })) {
        let action = try answer.get().actions[0]
        let expected = [0.3, -0.1, 0.2, 0.1, 0.2, 0.3, Double(50 + slot) / 255]
        for (value, wanted) in zip(action.values, expected) {
          #expect(abs(value - wanted) < 1e-5, "\(action)")  // float32 on the way
        }
      }
    }
  }

  @Test(arguments: [Dialect.openpi, .vlaEval])
  func aFailureIsToldAndTheNextQuestionAnswered(dialect: Dialect) throws {
    try served(dialect, over: dialect) { policy in
      #expect {
        _ = try policy.chunks(for: [request(0, "fail")])[0].get()
      } throws: {
        "\($0)".contains("as asked")
      }
      #expect((try? policy.chunks(for: [request(0)])[0].get()) != nil)
    }
  }

  @Test func aTokenIsAskedFor() throws {
    for (token, isRight) in [(nil, false), ("wrong1", false), ("secret", true)] {
      let answer = try? served(.openpi, over: .openpi, token: "secret", clientToken: token) {
        try $0.chunks(for: [request(0)])[0].get()
      }
      #expect((answer != nil) == isRight)
      let act = try? served(.openVLA, over: .openpi, token: "secret", clientToken: token) {
        try $0.chunks(for: [request(0)])[0].get()
      }
      #expect((act != nil) == isRight)
    }
  }

  @Test func moreConnectionsThanAllowedAreClosed() throws {
    #expect(throws: (any Error).self) {
      try served(.openpi, over: .openpi, connections: 1) { policy in
        for answer in try policy.chunks(for: [request(0), request(1)]) { _ = try answer.get() }
      }
    }
  }

  @Test func noiseClosesItsConnectionAlone() throws {
    try served(.openpi, over: .openpi) { policy in
      let address = try RemoteAddress(policy.facts["address"] ?? "")
      let other = try WebSocketConnection(
        to: address, limits: DecodingLimits(), before: Deadline(seconds: 10))
      _ = try other.receive(before: Deadline(seconds: 10), timeout: 10)
      other.send(.binary([0xc1, 1, 2]))
      #expect(throws: RemoteError.self) {
        while true { _ = try other.receive(before: Deadline(seconds: 10), timeout: 10) }
      }
      #expect((try? policy.chunks(for: [request(0)])[0].get()) != nil)
    }
  }
}

@Suite struct RateLimitTests {
  @Test func aSecondsWorthMayComeAtOnceAndTheRestInItsTime() {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    let limit = RateLimit(perSecond: 10, now: start)
    #expect((0..<12).count { _ in limit.admits(at: start) } == 10)
    #expect((0..<12).count { _ in limit.admits(at: start + .milliseconds(250)) } == 2)
    // A clock that goes backwards gives nothing.
    #expect(!limit.admits(at: start))
    #expect((0..<99).count { _ in limit.admits(at: start + .seconds(60)) } == 10)
  }

  @Test func whoAsksTooOftenIsTold() throws {
    var settings = ServerSettings()
    settings.port = 0
    settings.rate = 2
    let server = try PolicyServer(
      Mirror(), adapter: adapter(.openpi), actAdapter: adapter(.openVLA), settings: settings)
    defer { server.stop() }
    for dialect in [Dialect.openpi, .openVLA] {
      var client = RemoteSettings()
      client.patience = 1
      let policy = try RemotePolicy(
        name: "client",
        address: RemoteAddress("\(dialect.transports[0].rawValue)://127.0.0.1:\(server.port)"),
        dialect: dialect, adapter: adapter(dialect), cameras: ["primary"], settings: client)
      let answers = try (0..<4).map { "\(try policy.chunks(for: [request($0)])[0])" }
      #expect(answers.contains { $0.contains("more than 2 questions a second") }, "\(answers)")
    }
  }
}
