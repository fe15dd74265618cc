import EnvironmentInterface
import Foundation
import Geometry
import InputFiles
import RandomNumbers
import TestSupport
import Testing

@testable import Remote

private let adapterText = """
  dialect: openpi
  observation:
    image: {camera: primary, size: [4, 4]}
    prompt: {text: instruction}
  action:
    key: actions
    rotation: axis-angle
    gripper: {open: -1, closed: 1}
  """

/// Answers how often it was asked; "fail" it cannot answer.
private final class Counter: Policy {
  let name = "counter"
  let needs: ObservationNeeds = [.image, .instruction]
  private var count = 0

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    requests.map { request in
      Result { () throws(PolicyError) in
        count += 1
        if request.observation.instruction == "fail" { throw .failed("as asked") }
        return try ActionChunk([Action(translation: Vector3(Double(count), 0, 0), gripper: 1)])
      }
    }
  }
}

private func request(_ slot: Int, _ instruction: String, pixel: UInt8 = 0) -> PolicyRequest {
  let image = Image(height: 4, width: 4, pixels: [pixel] + [UInt8](repeating: 9, count: 47))
  return PolicyRequest(
    slot: slot,
    observation: Observation(
      images: [CameraName.primary: image], instruction: instruction, step: 0),
    randomness: RandomStream(seed: 1))
}

private func briefing(_ id: String) -> EpisodeBriefing {
  EpisodeBriefing(id: id, instruction: "look", stepLimit: 9, setup: "tabletop")
}

/// A file that is removed with its last reference.
private final class TemporaryFile {
  let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("trestle-\(UInt64.random(in: 0...(.max))).traffic").path

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite(.serialized) struct TrafficTests {
  /// What a client of a server gets, by what `serve` makes of a port.
  private func asking<Value>(
    _ server: PolicyServer, _ body: (RemotePolicy) throws -> Value
  ) throws -> Value {
    defer { server.stop() }
    var settings = RemoteSettings()
    settings.patience = 1
    settings.timeout = 20
    return try body(
      RemotePolicy(
        name: "client", address: RemoteAddress("ws://127.0.0.1:\(server.port)"), dialect: .openpi,
        adapter: Adapter(text: adapterText, named: "test"), cameras: ["primary"],
        settings: settings))
  }

  private func server(recordingTo path: String? = nil) throws -> PolicyServer {
    let adapter = try Adapter(text: adapterText, named: "test")
    var settings = ServerSettings()
    settings.port = 0
    let recorder = try path.map {
      try TrafficRecorder(to: $0, header: TrafficHeader(dialect: .openpi, adapter: adapter))
    }
    return try PolicyServer(
      Counter(), adapter: adapter, actAdapter: adapter, settings: settings, recorder: recorder)
  }

  private func replayed(_ path: String) throws -> RecordedPolicy {
    try RecordedPolicy(
      name: "client", TrafficRecording(contentsOf: path), cameras: ["primary"])
  }

  /// Two episodes side by side, one of which asks the same thrice.
  private func play(_ policy: any Policy) throws -> [Result<ActionChunk, PolicyError>] {
    try policy.begin(slot: 0, episode: briefing("aaaaaaaaaaaaaaaa"))
    try policy.begin(slot: 1, episode: briefing("bbbbbbbbbbbbbbbb"))
    var answers: [Result<ActionChunk, PolicyError>] = []
    for pixel in [1, 2, 3] as [UInt8] {
      answers += try policy.chunks(for: [
        request(0, "look", pixel: pixel), request(1, "again"),
      ])
    }
    answers += try policy.chunks(for: [request(0, "fail"), request(1, "look", pixel: 1)])
    for slot in 0...1 { policy.end(slot: slot, outcome: .failure) }
    return answers
  }

  @Test func aReplayAnswersAsTheServerDid() throws {
    let file = TemporaryFile()
    let answers = try asking(server()) { policy in
      let recorder = try policy.record(to: file.path)
      defer { #expect(throws: Never.self) { try recorder.finish() } }
      return try play(policy)
    }
    // The server counts, so no two answers are the same.
    #expect(Set(answers.compactMap { try? $0.get().actions[0].translation.x }).count == 7)
    let policy = try replayed(file.path)
    #expect(try play(policy) == answers)
    #expect(try play(policy) == answers, "an episode that begins anew is answered from its start")
    #expect(policy.needs == [.image, .instruction])
    #expect(policy.facts["server"]?.contains("counter") == true)
  }

  @Test func episodesOfAnotherOrderAreAnsweredTheSame() throws {
    let file = TemporaryFile()
    let answers = try asking(server()) { policy in
      _ = try policy.record(to: file.path)
      return try play(policy)
    }
    let policy = try replayed(file.path)
    policy.begin(slot: 5, episode: briefing("bbbbbbbbbbbbbbbb"))
    for step in 0..<3 {
      #expect(policy.chunks(for: [request(5, "again")]) == [answers[2 * step + 1]])
    }
    // Asked more often than the server was: its last answer stays.
    #expect(policy.chunks(for: [request(5, "again")]) == [answers[5]])
    // Another episode's question, and the answer of the episode that asked it first.
    policy.begin(slot: 6, episode: briefing("cccccccccccccccc"))
    #expect(policy.chunks(for: [request(6, "look", pixel: 2)]) == [answers[2]])
  }

  @Test func whatWasNotRecordedIsTheEpisodesErrorAndNamesThePlace() throws {
    let file = TemporaryFile()
    _ = try asking(server()) { policy in
      _ = try policy.record(to: file.path)
      return try play(policy)
    }
    let policy = try replayed(file.path)
    policy.begin(slot: 0, episode: briefing("aaaaaaaaaaaaaaaa"))
    #expect {
      _ = try policy.chunks(for: [request(0, "look", pixel: 77)])[0].get()
    } throws: {
      let text = "\($0)"
      return text.contains("does not hold this question") && text.contains("differs in image;")
        && text.contains("line 4 ")
    }
    policy.begin(slot: 0, episode: briefing("dddddddddddddddd"))
    #expect {
      _ = try policy.chunks(for: [request(0, "other")])[0].get()
    } throws: {
      "\($0)".contains("nothing of this episode was recorded")
    }
  }

  @Test func aServerThatRecordsAndOneThatReplaysAnswerTheSame() throws {
    let file = TemporaryFile()
    let asked = [request(0, "look", pixel: 1), request(1, "fail"), request(2, "look", pixel: 2)]
    func answers(_ server: PolicyServer) throws -> [String] {
      try asking(server) { policy in
        // A failure is told with the server's address.
        try asked.map { request in
          "\(try policy.chunks(for: [request])[0])"
            .replacingOccurrences(of: "\(server.port)", with: "PORT")
        }
      }
    }
    let first = try answers(server(recordingTo: file.path))
    let recording = try TrafficRecording(contentsOf: file.path)
    #expect(recording.count == 3)
    var settings = ServerSettings()
    settings.port = 0
    #expect(try answers(PolicyServer(replaying: recording, settings: settings)) == first)
    #expect(first[1].contains("as asked"))
    // The other door of the same file: a policy without a server.
    let direct = try RecordedPolicy(name: "x", recording, cameras: ["primary"])
    #expect("\(direct.chunks(for: [asked[0]])[0])" == first[0])
  }

  @Test func anEpisodeThatBeganAnewTakesThePlaceOfItsFirstAttempt() throws {
    let file = TemporaryFile()
    let header = TrafficHeader(
      dialect: .openpi, adapter: try Adapter(text: adapterText, named: "test"))
    let question = TrafficQuestion(.text("q"))
    let recorder = try TrafficRecorder(to: file.path, header: header)
    for value in [1, 2] as [Int64] {
      recorder.begin("a")
      recorder.record(question, in: "a", .value(.integer(value)))
      recorder.record(question, in: "b", .value(.integer(value + 10)))
    }
    let recording = try TrafficRecording(contentsOf: file.path)
    #expect(recording.answer(to: question, in: "a", earlier: 0) == .value(.integer(2)))
    #expect(recording.answer(to: question, in: "b", earlier: 0) == .value(.integer(11)))
    #expect(recording.answer(to: question, in: "b", earlier: 1) == .value(.integer(12)))
    #expect(recording.count == 3)
  }

  @Test func aFileThatWasCutOffIsReadAndGoneOnWith() throws {
    let file = TemporaryFile()
    let adapter = try Adapter(text: adapterText, named: "test")
    let header = TrafficHeader(dialect: .openpi, adapter: adapter)
    func add(_ name: String) throws {
      let recorder = try TrafficRecorder(to: file.path, header: header)
      recorder.record(TrafficQuestion(.text(name)), in: nil, .failure(name))
      try recorder.finish()
    }
    try add("first")
    let handle = try #require(FileHandle(forWritingAtPath: file.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"failure":"cut o"#.utf8))
    #expect(try TrafficRecording(contentsOf: file.path).count == 1)
    try add("second")
    let recording = try TrafficRecording(contentsOf: file.path)
    #expect(
      recording.answer(to: TrafficQuestion(.text("second")), in: nil, earlier: 0)
        == .failure("second"))
    #expect(recording.count == 2)
    let other = TrafficHeader(dialect: .openVLA, adapter: adapter)
    #expect(throws: RemoteError.self) { try TrafficRecorder(to: file.path, header: other) }
  }

  @Test func whatAQuestionMeansDoesNotDependOnHowItWasCarried() throws {
    let array = WireValue.array(NumericArray(float32: [1, 2]))
    let one = WireValue.fields(["a": .integer(3), "b": array])
    #expect(
      one.digest
        == WireValue.map([
          .init(key: .bytes(Array("b".utf8)), value: array),
          .init(key: .text("a"), value: .number(3)),
        ]).digest)
    let others: [WireValue] = [
      .fields(["a": .integer(4), "b": array]), .fields(["a": .integer(3)]),
      .fields(["a": .integer(3), "b": .list([.integer(1), .integer(2)])]),
      .fields(["a": .text("3"), "b": array]), .fields(["a": .bool(true), "b": array]),
      .fields(["a": .integer(3), "b": .array(NumericArray(float32: [2, 1]))]),
    ]
    #expect(Set(others.map(\.digest) + [one.digest]).count == others.count + 1)
  }
}

@Suite struct TrafficFileTests {
  private static let header =
    #"{"adapter":"a","adapter_file":"x","dialect":"openpi","greeting":"gA==","trestle_traffic":1}"#

  private static let exchange =
    #"{"answer":"Aw==","episode":"e","question":{"image":"0123456789abcdef"}}"#

  @Test(arguments: [
    ("", "it is empty"), (#"{"trestle_traffic":2}"#, "line 1: it is no recording"),
    ("[1]", "line 1: it is no recording"), ("{", "line 1: not valid JSON"),
    (
      header.replacingOccurrences(of: "openpi", with: "esperanto"),
      "line 1: dialect 'esperanto' is none of openpi"
    ),
    (header.replacingOccurrences(of: "gA==", with: "gA"), "greeting is not Base64"),
    (header.replacingOccurrences(of: "gA==", with: "gQ=="), "greeting: MessagePack"),
    (
      header.replacingOccurrences(of: #""adapter":"#, with: #""adaptor":"#),
      "line 1: at 'adaptor': this key is not known"
    ),
    ("\(header)\n{}", "line 2: it has no question"),
    ("\(header)\n\(exchange)\n{\"begin\":3}", "line 3: begin is not text"),
    (
      "\(header)\n" + exchange.replacingOccurrences(of: "0123456789abcdef", with: "0123"),
      "line 2: question 'image' is not 16"
    ),
    (
      "\(header)\n" + exchange.replacingOccurrences(of: "\"answer\"", with: "\"reply\""),
      "line 2: at 'reply': this key is not known"
    ),
    (
      "\(header)\n"
        + exchange.replacingOccurrences(of: "\"answer\":", with: "\"failure\":\"x\",\"answer\":"),
      "line 2: it has both"
    ),
    ("\(header)\n" + exchange.replacingOccurrences(of: "Aw==", with: "3w=="), "line 2: answer: "),
  ])
  func mistakesAreNamedByLine(text: String, reason: String) {
    #expect {
      _ = try TrafficRecording(Data((text.isEmpty ? "" : text + "\n").utf8), named: "x.traffic")
    } throws: {
      "\($0)".contains(reason) && "\($0)".hasPrefix("x.traffic")
    }
  }

  /// Recordings with a few things broken are read, or refused with file and line.
  @Test func aBrokenFileIsReadOrRefused() throws {
    let whole = ([Self.header] + [String](repeating: Self.exchange, count: 3) + [""])
      .joined(separator: "\n")
    var mutation = Mutation(of: [Data(whole.utf8)], seed: 3)
    let tally = Fuzz.trial(of: "recorded traffic", byDefault: 3000) { _ in
      _ = try TrafficRecording(mutation.next(), named: "x.traffic")
    } judging: {
      Refusal.fault($0, naming: "x.traffic")
    }
    #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
  }
}
