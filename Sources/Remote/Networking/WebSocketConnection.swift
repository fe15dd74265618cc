import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// What one side of a WebSocket says.
enum WebSocketMessage: Sendable {
  case text(String)
  case binary([UInt8])
}

/// A client's WebSocket, used by one thread that waits.
///
/// It answers pings by itself and never gives up on a silent server: a policy that compiles for minutes says nothing
/// meanwhile.
final class WebSocketConnection {
  private let channel: any Channel
  private let inbox: Mailbox<WebSocketMessage>
  private let name: String

  /// Opens a connection.
  ///
  /// - Throws: `RemoteError.unreachable` where nobody listens, `.reported` where the server answers but refuses.
  init(
    to address: RemoteAddress, headers: [(String, String)] = [], limits: DecodingLimits,
    before deadline: Deadline
  ) throws(RemoteError) {
    name = address.text
    let inbox = Mailbox<WebSocketMessage>()
    self.inbox = inbox
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let upgraded = loop.makePromise(of: Bool.self)
    let head = Self.request(address, headers)
    let wait = TimeAmount.milliseconds(Int64(min(deadline.milliseconds, 10_000)))
    do {
      channel = try ClientBootstrap(group: loop)
        .connectTimeout(wait)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try Self.configure(channel, head, inbox, limits).cascade(to: upgraded)
          }
        }
        .connect(host: address.host, port: address.port).wait()
    } catch {
      upgraded.fail(error)
      throw .unreachable(address.text, reason: shortReason(error))
    }
    let channel = channel
    let timer = loop.scheduleTask(in: wait) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in upgraded.fail(ChannelError.eof) }
    do {
      let isWebSocket = try upgraded.futureResult.wait()
      timer.cancel()
      guard isWebSocket else {
        channel.close(promise: nil)
        throw RemoteError.reported(
          address.text, message: "it answers HTTP, but takes no WebSocket at \(head.uri)")
      }
    } catch let error as RemoteError {
      throw error
    } catch {
      timer.cancel()
      channel.close(promise: nil)
      throw .unreachable(address.text, reason: "no WebSocket handshake: \(shortReason(error))")
    }
  }

  deinit {
    let goodbye = WebSocketFraming.frame(.connectionClose, [0x03, 0xe8], mask: [9, 4, 7, 1])
    let channel = channel
    channel.triggerUserOutboundEvent(WholeFrame(bytes: goodbye))
      .whenComplete { _ in channel.close(promise: nil) }
  }

  func send(_ message: WebSocketMessage) {
    var random = SystemRandomNumberGenerator()
    let mask = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
    let frame =
      switch message {
      case .text(let text): WebSocketFraming.frame(.text, Array(text.utf8), mask: mask)
      case .binary(let bytes): WebSocketFraming.frame(.binary, bytes, mask: mask)
      }
    channel.triggerUserOutboundEvent(WholeFrame(bytes: frame), promise: nil)
  }

  /// The next message.
  func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WebSocketMessage {
    switch inbox.next(before: deadline) {
    case .message(let message): return message
    case .closed(let reason): throw .lost(name, reason: reason)
    case .late: throw .late(name, seconds: timeout)
    }
  }

  private static func request(_ address: RemoteAddress, _ headers: [(String, String)])
    -> HTTPRequestHead
  {
    var fields = HTTPHeaders(headers)
    fields.add(name: "Host", value: "\(address.host):\(address.port)")
    let path = address.path.isEmpty ? "/" : address.path
    return HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
  }

  /// What reads the frames of a connection that is a WebSocket into the mailbox.
  static func configureFrames(
    _ channel: any Channel, _ inbox: Mailbox<WebSocketMessage>, _ limits: DecodingLimits
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(WholeFrameWriter(), position: .first)
    try pipeline.addHandler(
      NIOWebSocketFrameAggregator(
        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1 << 12,
        maxAccumulatedFrameSize: limits.size))
    try pipeline.addHandler(WebSocketInbox(inbox))
  }

  /// What asks for a WebSocket, and reads whatever is answered.
  private static func configure(
    _ channel: any Channel, _ head: HTTPRequestHead, _ inbox: Mailbox<WebSocketMessage>,
    _ limits: DecodingLimits
  ) throws -> EventLoopFuture<Bool> {
    let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(
      maxFrameSize: limits.size, enableAutomaticErrorHandling: false
    ) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try Self.configureFrames(channel, inbox, limits)
        return true
      }
    }
    var configuration = NIOUpgradableHTTPClientPipelineConfiguration<Bool>(
      upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
        upgradeRequestHead: head, upgraders: [upgrader],
        notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(false) }))
    configuration.leftOverBytesStrategy = .forwardBytes
    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
      configuration: configuration)
  }
}

/// Puts messages into the mailbox and answers what the protocol wants answered.
private final class WebSocketInbox: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let inbox: Mailbox<WebSocketMessage>

  init(_ inbox: Mailbox<WebSocketMessage>) { self.inbox = inbox }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .binary: inbox.post(.binary(WebSocketFraming.payload(of: frame)))
    case .text:
      inbox.post(.text(String(decoding: WebSocketFraming.payload(of: frame), as: UTF8.self)))
    case .ping:
      let pong = WebSocketFraming.frame(
        .pong, WebSocketFraming.payload(of: frame), mask: [0x2a, 0x17, 0x5c, 0x91])
      context.triggerUserOutboundEvent(WholeFrame(bytes: pong), promise: nil)
    case .connectionClose:
      let payload = WebSocketFraming.payload(of: frame)
      let code = payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
      let reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
      inbox.close("it closed the connection (\(code)\(reason.isEmpty ? "" : ": \(reason)"))")
      context.close(promise: nil)
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) { inbox.close("the connection ended") }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    inbox.close("its WebSocket frames cannot be read: \(shortReason(error))")
    context.close(promise: nil)
  }
}

/// A network error in a few words.
func shortReason(_ error: any Error) -> String {
  switch error {
  case let error as NIOConnectionError:
    error.connectionErrors.first.map { shortReason($0.error) }
      ?? error.dnsAError.map { _ in "no such host" } ?? "nobody listens"
  case let error as IOError: String(cString: strerror(error.errnoCode))
  case ChannelError.eof, ChannelError.alreadyClosed, ChannelError.ioOnClosedChannel:
    "the connection ended"
  case ChannelError.connectTimeout: "no answer in time"
  default: String(describing: error)
  }
}
