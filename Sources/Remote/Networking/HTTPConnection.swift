import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A client's HTTP connection that is kept open from request to request, used by one thread that waits.
final class HTTPConnection {
  struct Reply: Sendable {
    var status: Int
    var body: [UInt8]
    /// Whether the server keeps the connection for another request.
    var keepsAlive = true
  }

  private let address: RemoteAddress
  private let limits: DecodingLimits
  private let headers: [(String, String)]
  private var channel: (any Channel)?
  private var inbox = Mailbox<Reply>()

  init(to address: RemoteAddress, headers: [(String, String)] = [], limits: DecodingLimits) {
    self.address = address
    self.headers = headers
    self.limits = limits
  }

  deinit { channel?.close(promise: nil) }

  /// Opens the connection, so that a server that is not there is known before a question.
  func connect(before deadline: Deadline) throws(RemoteError) { _ = try open(before: deadline) }

  /// Sends a request; the reply is what `receive` waits for.
  func send(
    _ method: HTTPMethod, _ path: String, json body: [UInt8]? = nil, before deadline: Deadline
  ) throws(RemoteError) {
    let channel = try open(before: deadline)
    var fields = HTTPHeaders(headers)
    fields.add(name: "Host", value: "\(address.host):\(address.port)")
    if let body {
      fields.add(name: "Content-Type", value: "application/json")
      fields.add(name: "Content-Length", value: String(body.count))
    }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    if let body {
      channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    }
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
  }

  func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> Reply {
    switch inbox.next(before: deadline) {
    case .message(let reply):
      if !reply.keepsAlive { close() }
      return reply
    case .closed(let reason):
      close()
      throw .lost(address.text, reason: reason)
    case .late:
      close()
      throw .late(address.text, seconds: timeout)
    }
  }

  /// What reads a connection's bytes into the mailbox.
  static func configure(
    _ channel: any Channel, _ inbox: Mailbox<Reply>, _ limits: DecodingLimits
  ) throws {
    try channel.pipeline.syncOperations.addHTTPClientHandlers()
    try channel.pipeline.syncOperations.addHandler(HTTPInbox(inbox, limits))
  }

  private func close() {
    channel?.close(promise: nil)
    channel = nil
  }

  private func open(before deadline: Deadline) throws(RemoteError) -> any Channel {
    if let channel, channel.isActive { return channel }
    let inbox = Mailbox<Reply>()
    self.inbox = inbox
    let limits = limits
    do {
      let channel = try ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.milliseconds(Int64(min(deadline.milliseconds, 10_000))))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try Self.configure(channel, inbox, limits) }
        }
        .connect(host: address.host, port: address.port).wait()
      self.channel = channel
      return channel
    } catch { throw .unreachable(address.text, reason: shortReason(error)) }
  }
}

/// Gathers a reply's parts, within limits.
private final class HTTPInbox: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let inbox: Mailbox<HTTPConnection.Reply>
  private let limits: DecodingLimits
  private var reply = HTTPConnection.Reply(status: 0, body: [])

  init(_ inbox: Mailbox<HTTPConnection.Reply>, _ limits: DecodingLimits) {
    self.inbox = inbox
    self.limits = limits
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      reply = HTTPConnection.Reply(
        status: Int(head.status.code), body: [], keepsAlive: head.isKeepAlive)
    case .body(let part):
      guard reply.body.count + part.readableBytes <= limits.size else {
        inbox.close("its reply is larger than \(limits.size) bytes")
        context.close(promise: nil)
        return
      }
      reply.body += part.readableBytesView
    case .end:
      if reply.status >= 200 { inbox.post(reply) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { inbox.close("the connection ended") }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    inbox.close("its HTTP cannot be read: \(shortReason(error))")
    context.close(promise: nil)
  }
}
