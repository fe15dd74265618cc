import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import TestSupport
import Testing

@testable import Remote

/// What strangers may send over HTTP, WebSocket and ZeroMQ: broken bytes are answered, refused or end their connection;
/// none may trap, hang or take memory without bounds. `TRESTLE_FUZZ=100000` is the full count, for each reader.
@Suite(.serialized) struct WireFuzzTests {
  private static let adapter = """
    dialect: openpi
    observation:
      prompt: {text: instruction}
    action: {rotation: axis-angle, gripper: {open: 1, closed: 0}}
    """

  /// A desk that answers at once, so that all happens on the test's own thread.
  private func desk(_ settings: ServerSettings) throws -> Desk {
    let adapter = try Adapter(text: Self.adapter, named: "test")
    let recording = TrafficRecording(
      name: "x", digest: "", header: TrafficHeader(dialect: .openpi, adapter: adapter),
      exchanges: [
        TrafficRecording.Exchange(
          line: 2, episode: nil, question: TrafficQuestion(.fields(["prompt": .text("pick")])),
          answer: .value(
            .fields(["actions": .array(NumericArray(float32: [1, 2, 3, 4, 5, 6, 7]))]))
        )
      ])
    return Desk(
      answering: .recording(recording, asked: NIOLockedValueBox([:])), greeting: .map([]),
      settings: settings,
      rate: RateLimit(perSecond: 1e9))
  }

  private var settings: ServerSettings {
    var settings = ServerSettings()
    settings.limits.size = 1 << 16
    return settings
  }

  /// What our server writes to a client that sends these bytes.
  private func served(_ bytes: Data) throws -> String {
    let settings = settings
    let desk = try desk(settings)
    let channel = EmbeddedChannel()
    try PolicyServer.configure(channel, desk: desk, actDesk: desk, settings: settings)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    channel.embeddedEventLoop.run()
    var written = ""
    while let part = try? channel.readOutbound(as: ByteBuffer.self) {
      written += String(decoding: part.readableBytesView, as: UTF8.self)
    }
    _ = try? channel.finish(acceptAlreadyClosed: true)
    return written
  }

  /// What is sent back to nobody: a broken message that has no answer.
  private struct Unanswered: Error {}

  private func trial(of reader: String, _ attempt: () throws -> Void) {
    let tally = Fuzz.trial(of: reader, byDefault: 300) { _ in
      try attempt()
    } judging: {
      $0 is Unanswered ? nil : "is of another kind"
    }
    #expect(tally.faults.isEmpty && tally.read > 0, "\(tally)")
  }

  private static let act =
    "POST /act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"
    + #"{"prompt":"pick"}"#

  private static let upgrade =
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

  /// Questions in frames of a client: whole, in two fragments, and a ping.
  private static func frames(masked: Bool) throws -> [Data] {
    let mask: [UInt8]? = masked ? [1, 2, 3, 4] : nil
    let question = try MessagePackWriter.bytes(
      of: .fields(["prompt": .text("pick")]), arrays: .openpi)
    // The first byte's highest bit says that no fragment follows.
    var first = WebSocketFraming.frame(.binary, Array(question.prefix(4)), mask: mask)
    first[0] = 2
    let rest = WebSocketFraming.frame(.continuation, Array(question.dropFirst(4)), mask: mask)
    let whole: [[UInt8]] = [
      WebSocketFraming.frame(.binary, question, mask: mask),
      WebSocketFraming.frame(.ping, [1, 2], mask: mask),
      WebSocketFraming.frame(.connectionClose, [3, 0xe8], mask: mask),
      first + rest,
    ]
    return whole.map { Data($0) }
  }

  @Test func whatIsWholeIsAnswered() throws {
    #expect(try served(Data(Self.act.utf8)).hasPrefix("HTTP/1.1 200"))
    for frame in try Self.frames(masked: true).enumerated() where frame.offset != 2 {
      let written = try served(Data(Self.upgrade.utf8) + frame.element)
      #expect(written.hasPrefix("HTTP/1.1 101"))
      #expect(written.contains("actions") || frame.offset == 1)
    }
  }

  @Test func noRequestTrapsTheServer() throws {
    var mutation = Mutation(
      of: [Self.act, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", Self.upgrade].map { Data($0.utf8) },
      seed: 1)
    trial(of: "requests over HTTP") {
      if try served(mutation.next()).isEmpty { throw Unanswered() }
    }
  }

  @Test func noFrameTrapsTheServer() throws {
    var mutation = Mutation(of: try Self.frames(masked: true), seed: 2)
    trial(of: "frames from clients") {
      let written = try served(Data(Self.upgrade.utf8) + mutation.next())
      #expect(written.hasPrefix("HTTP/1.1 101"))
    }
  }

  @Test func noReplyTrapsTheClient() throws {
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\": 12}"
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n\r\n"
    var mutation = Mutation(of: [reply, chunked].map { Data($0.utf8) }, seed: 3)
    var limits = DecodingLimits()
    limits.size = 1 << 16
    trial(of: "replies over HTTP") {
      let inbox = Mailbox<HTTPConnection.Reply>()
      let channel = EmbeddedChannel()
      defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
      try HTTPConnection.configure(channel, inbox, limits)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
      try channel.writeOutbound(HTTPClientRequestPart.head(head))
      try channel.writeOutbound(HTTPClientRequestPart.end(nil))
      _ = try? channel.writeInbound(ByteBuffer(bytes: mutation.next()))
      channel.embeddedEventLoop.run()
      guard case .message(let reply) = inbox.next(before: Deadline(seconds: 0)) else {
        throw Unanswered()
      }
      #expect(reply.body.count <= limits.size)
    }
  }

  @Test func noFrameTrapsTheClient() throws {
    var mutation = Mutation(of: try Self.frames(masked: false), seed: 4)
    var limits = DecodingLimits()
    limits.size = 1 << 16
    trial(of: "frames from servers") {
      let inbox = Mailbox<WebSocketMessage>()
      let channel = EmbeddedChannel()
      defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
      try channel.pipeline.syncOperations.addHandler(
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.size)))
      try WebSocketConnection.configureFrames(channel, inbox, limits)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      _ = try? channel.writeInbound(ByteBuffer(bytes: mutation.next()))
      channel.embeddedEventLoop.run()
      guard case .message(.binary(let bytes)) = inbox.next(before: Deadline(seconds: 0)) else {
        throw Unanswered()
      }
      _ = try? MessagePackReader.value(of: bytes, limits: limits)
    }
  }
}
