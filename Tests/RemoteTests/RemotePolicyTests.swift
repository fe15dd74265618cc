import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Remote

/// A server of `Fixtures/fake_server.py` in a process of its own; it ends with this value.
private final class FakeServer {
  let port: Int
  private let process = Process()
  private let input = Pipe()

  init(_ kind: String) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/fake_server.py")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, kind]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  deinit { try? input.fileHandleForWriting.close() }
}

private let openpiText = """
  dialect: openpi
  observation:
    observation/image: {camera: primary, size: [8, 8], fit: pad}
    observation/wrist_image: {camera: wrist, size: [8, 8], otherwise: black}
    observation/state: {state: [position, axis-angle, finger-positions]}
    prompt: {text: instruction}
  action:
    key: actions
    rotation: axis-angle
    gripper: {open: -1, closed: 1}
  """

private func actText(_ image: String) -> String {
  """
  dialect: openvla
  observation:
    \(image): {camera: primary, size: [8, 8]}
    instruction: {text: instruction, lowercase: true}
  action:
    rotation: roll-pitch-yaw
    gripper: {open: 1, closed: 0}
  """
}

private func request(slot: Int = 0, step: Int = 0) -> PolicyRequest {
  let image = Image(height: 4, width: 6, pixels: (0..<72).map { UInt8($0) })
  let robot = Proprioception(
    baseFromGripper: RigidTransform(translation: Vector3(0.1, 0.2, 0.3)), gripperWidth: 0.04,
    jointAngles: [1, 2, 3, 4, 5, 6])
  return PolicyRequest(
    slot: slot,
    observation: Observation(
      images: [CameraName.primary: image], instruction: "Lift the can", proprioception: robot,
      step: step),
    randomness: RandomStream(seed: 7).numbered(slot))
}

private func message(_ answer: Result<ActionChunk, PolicyError>) -> String {
  if case .failure(let error) = answer { error.description } else { "\(answer)" }
}

@Suite(.serialized) struct RemotePolicyTests {
  private func policy(
    _ server: FakeServer, _ dialect: Dialect, _ text: String,
    _ change: (inout RemoteSettings) -> Void = { _ in }
  ) throws -> RemotePolicy {
    let transport = dialect.transports[0].rawValue
    var settings = RemoteSettings()
    settings.timeout = 20
    settings.patience = 5
    settings.connections = 4
    change(&settings)
    return try RemotePolicy(
      name: "remote", address: RemoteAddress("\(transport)://127.0.0.1:\(server.port)"),
      dialect: dialect, adapter: Adapter(text: text, named: "test"), cameras: ["primary"],
      settings: settings)
  }

  @Test func openpiAnswersAChunkInOurUnits() throws {
    let server = try FakeServer("well")
    let policy = try policy(server, .openpi, openpiText)
    let answers = try policy.chunks(for: (0..<9).map { request(slot: $0) })
    let expected = Action(translation: Vector3(0.5, 0, 0), gripper: 1)
    #expect(answers == Array(repeating: .success(try ActionChunk([expected, expected])), count: 9))
    #expect(policy.needs == [.image, .instruction, .proprioception])
    #expect(policy.facts["adaptations"]?.contains("camera wrist: black") == true)
  }

  struct Misconduct: CustomTestStringConvertible, Sendable {
    var kind: String
    var said: String
    var testDescription: String { kind }
  }

  @Test(arguments: [
    Misconduct(kind: "traceback", said: "Traceback: out of memory"),
    Misconduct(kind: "huge", said: "cannot be read"),
    Misconduct(kind: "noise", said: "cannot be read"),
    Misconduct(kind: "not-finite", said: "must be finite"),
  ])
  func misconductIsTheEpisodesError(misconduct: Misconduct) throws {
    let server = try FakeServer(misconduct.kind)
    let policy = try policy(server, .openpi, openpiText)
    let answer = try policy.chunks(for: [request()])[0]
    #expect((try? answer.get()) == nil)
    #expect(message(answer).contains(misconduct.said), "\(message(answer))")
  }

  @Test func aLostConnectionCostsARetryOnly() throws {
    let server = try FakeServer("dies-once")
    let policy = try policy(server, .openpi, openpiText) { $0.connections = 1 }
    for step in 0..<4 {
      #expect((try? policy.chunks(for: [request(step: step)])[0].get()) != nil, "step \(step)")
    }
  }

  @Test func aLateAnswerIsAnErrorAndIsNotTakenForTheNext() throws {
    let server = try FakeServer("late")
    let policy = try policy(server, .openpi, openpiText) {
      $0.timeout = 0.5
      $0.connections = 1
    }
    #expect(message(try policy.chunks(for: [request()])[0]).contains("--policy-timeout"))
    #expect((try? policy.chunks(for: [request(step: 1)])[0].get()) != nil)
  }

  @Test(arguments: [Dialect.openVLA, .openVLATwice])
  func openVLAAnswersAnAction(dialect: Dialect) throws {
    let server = try FakeServer("act")
    let policy = try policy(server, dialect, actText("image"))
    let expected = Action(translation: Vector3(0.5, 0, 0), gripper: 1)
    for _ in 0..<2 {
      let answers = try policy.chunks(for: (0..<5).map { request(slot: $0) })
      #expect(answers == Array(repeating: .success(try ActionChunk([expected])), count: 5))
    }
  }

  @Test func theTextErrorIsAnErrorThoughItsStatusIsFine() throws {
    let server = try FakeServer("act-error")
    let policy = try policy(server, .openVLA, actText("image"))
    #expect(message(try policy.chunks(for: [request()])[0]).contains("reports: \"error\""))
  }

  @Test func aListOfArraysIsAChunk() throws {
    let server = try FakeServer("act-chunk")
    let policy = try policy(server, .openVLA, actText("full_image"))
    #expect(try policy.chunks(for: [request()])[0].get().actions.count == 8)
  }

  @Test func roboEvalsIsToldOfEpisodesOneAtATime() throws {
    let server = try FakeServer("robo-evals")
    let policy = try policy(
      server, .roboEvals,
      actText("image").replacingOccurrences(of: "openvla", with: "robo-evals"))
    #expect(policy.episodesAtOnce == 1)
    policy.begin(
      slot: 0,
      episode: EpisodeBriefing(
        id: "0123456789abcdef", instruction: "Lift the can", stepLimit: 9, setup: "tabletop"))
    #expect((try? policy.chunks(for: [request()])[0].get()) != nil)
  }

  @Test(arguments: [
    ("well", "ws", Dialect.openpi), ("act", "http", .openVLA),
    ("robo-evals", "http", .roboEvals),
  ])
  func theDialectIsFoundByListening(kind: String, scheme: String, dialect: Dialect) throws {
    let server = try FakeServer(kind)
    var settings = RemoteSettings()
    settings.patience = 5
    let address = try RemoteAddress("\(scheme)://127.0.0.1:\(server.port)")
    #expect(try Dialect.probed(at: address, settings: settings) == dialect)
  }

  @Test func nobodyThereIsSaidAfterPatienceEnds() throws {
    var settings = RemoteSettings()
    settings.patience = 0.3
    #expect {
      _ = try RemotePolicy(
        name: "remote", address: RemoteAddress("ws://127.0.0.1:1"), dialect: .openpi,
        adapter: Adapter(text: openpiText, named: "test"), cameras: [], settings: settings)
    } throws: {
      "\($0)".contains("cannot be reached")
    }
  }
}

@Suite struct AdapterTests {
  @Test func everyShippedAdapterIsReadAndItsDialectHasADefault() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Adapters")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    for name in names {
      let path = folder.appendingPathComponent("\(name).yaml").path
      #expect(throws: Never.self) { try Adapter(atPath: path, named: name) }
    }
    for dialect in Dialect.allCases { #expect(names.contains(dialect.defaultAdapter)) }
  }

  @Test func inputsAreWhatThePolicyReads() throws {
    let adapter = try Adapter(text: openpiText, named: "test")
    let value = try adapter.inputs.value(in: request().observation)
    #expect(value["observation/image"]?.numbers?.shape == [8, 8, 3])
    #expect(value["observation/wrist_image"]?.numbers?.values.allSatisfy { $0 == 0 } == true)
    let state = try #require(value["observation/state"]?.numbers)
    #expect(state.shape == [8])
    for (number, expected) in zip(state.values, [0.1, 0.2, 0.3, 0, 0, 0, 0.02, -0.02]) {
      #expect(abs(number - expected) < 1e-7)
    }
    #expect(value["prompt"]?.string == "Lift the can")
  }

  @Test func picturesAreTurnedAndRecolored() throws {
    var input = PictureInput(camera: "primary")
    let image = Image(height: 1, width: 2, pixels: [1, 2, 3, 4, 5, 6])
    #expect(try input.array(of: image).bytes == [1, 2, 3, 4, 5, 6])
    input.isTurned = true
    #expect(try input.array(of: image).bytes == [4, 5, 6, 1, 2, 3])
    input.isBGR = true
    #expect(try input.array(of: image).bytes == [6, 5, 4, 3, 2, 1])
  }

  @Test func partsOfAnAnswerArePutSideBySide() throws {
    let output = ActionOutput(
      keys: ["xyz", "turn", "grip"],
      layout: ActionLayout(gripper: GripperLayout(open: -1, closed: 1)), executes: 2)
    let adaptation = try #require(ActionAdaptation(from: output.layout))
    let answer = WireValue.fields([
      "grip": .array(try NumericArray(float64: [1, -1, 0], shape: [3])),
      "xyz": .array(try NumericArray(float64: [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3])),
      "turn": .array(
        try NumericArray(float64: [Double](repeating: 0, count: 9), shape: [1, 3, 3])),
    ])
    let chunk = try output.chunk(of: answer, by: adaptation)
    #expect(chunk.actions.map(\.translation) == [Vector3(1, 2, 3), Vector3(4, 5, 6)])
    #expect(chunk.actions.map(\.gripper) == [0, 1])
  }

  @Test(arguments: [
    ("observation:\n  a: {camera: primary, turn: 90}", "turn"),
    ("observation:\n  a: {state: [elbow]}", "no quantity"),
    ("observation:\n  a: {}", "where the value comes from"),
    ("observation:\n  a: {text: instruction}\nspeed: 3", "unknown key"),
    ("observation:\n  a: {state: [gripper-fraction]}", "widest_gripper"),
  ])
  func mistakesInAFileAreNamed(text: String, problem: String) {
    #expect {
      _ = try Adapter(
        text:
          "dialect: openpi\n\(text)\naction: {rotation: axis-angle, gripper: {open: 1, closed: 0}}",
        named: "test")
    } throws: {
      "\($0)".contains(problem)
    }
  }

  @Test func anActionThatSaysTooLittleIsRefused() {
    #expect(throws: (any Error).self) {
      try Adapter(
        text: "dialect: openpi\nobservation:\n  p: {text: instruction}\naction: {key: a}",
        named: "t")
    }
  }

  @Test(arguments: [
    "ws://host:8000", "http://10.0.0.1", "zmq://host:5555", "tcp://host:1", "ws://[::1]:8000/x",
  ])
  func addressesAreRead(text: String) {
    #expect(throws: Never.self) { try RemoteAddress(text) }
  }

  @Test(arguments: [
    "wss://host", "ftp://host", "ws://", "ws://host:0", "ws://host:x", "http://a b",
  ])
  func otherAddressesAreRefused(text: String) {
    #expect(throws: RemoteError.self) { try RemoteAddress(text) }
  }

  @Test(arguments: [("wss://host/x", "ws://localhost"), ("https://host", "http://localhost")])
  func theWayToAnEncryptedServerIsTold(text: String, mend: String) {
    let error = #expect(throws: RemoteError.self) { try RemoteAddress(text) }
    for part in ["ssh -L", "OPENSSL:HOST:443", mend] {
      #expect(error?.description.contains(part) == true)
    }
  }
}
