import EnvironmentInterface
import NIOCore
import NIOHTTP1

/// `GET /health` and OpenVLA's `POST /act`.
final class HTTPDoor: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private struct Request {
    var head: HTTPRequestHead
    var body: [UInt8] = []
  }

  /// Nil where no questions over HTTP are answered.
  private let desk: Desk?
  private let settings: ServerSettings
  private var request: Request?

  init(_ desk: Desk?, _ settings: ServerSettings) {
    self.desk = desk
    self.settings = settings
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = Request(head: head)
    case .body(let part):
      guard let size = request?.body.count else { return }
      guard size + part.readableBytes <= settings.limits.size else {
        request = nil
        Self.write(413, "\"larger than \(settings.limits.size) bytes\"", to: context.channel)
        context.close(promise: nil)
        return
      }
      request?.body += part.readableBytesView
    case .end:
      guard let whole = request else { return }
      request = nil
      answer(whole, on: context.channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ request: Request, on channel: any Channel) {
    let path = request.head.uri.prefix { $0 != "?" }
    switch (request.head.method, path) {
    case (.GET, "/health"), (.GET, "/healthz"): Self.write(200, "{\"status\":\"ok\"}", to: channel)
    case _ where !settings.admits(request.head):
      Self.write(401, "\"a token is asked for\"", to: channel)
    case (.POST, "/act"):
      guard let desk else {
        return Self.write(404, "\"only a websocket and /health are served\"", to: channel)
      }
      guard desk.rate.admits() else {
        return Self.write(429, Self.quoted(desk.rate.refusal), to: channel)
      }
      act(request.body, at: desk, on: channel)
    default: Self.write(404, "\"there are /act and /health\"", to: channel)
    }
  }

  private func act(_ body: [UInt8], at desk: Desk, on channel: any Channel) {
    do throws(CodecError) {
      let limits = settings.limits
      var question = try JSONText.value(of: body, limits: limits)
      let isTwice = question["encoded"]?.string
      if let isTwice { question = try JSONText.value(of: Array(isTwice.utf8), limits: limits) }
      let slot = Desk.newSlot()
      desk.ask(slot: slot, begins: true, try question.findingArrays()) { answer in
        desk.end(slot: slot)
        do {
          let once = try JSONText.bytes(of: try answer.get(), arrays: .jsonNumPy)
          let text = String(decoding: once, as: UTF8.self)
          let reply =
            isTwice == nil
            ? text
            : String(
              decoding: try JSONText.bytes(of: .text(text), arrays: .jsonNumPy), as: UTF8.self)
          Self.write(200, reply, to: channel)
        } catch {
          Self.write(500, Self.quoted("\(error)"), to: channel)
        }
      }
    } catch {
      Self.write(400, Self.quoted(error.description), to: channel)
    }
  }

  private static func quoted(_ text: String) -> String {
    let value = WireValue.fields(["error": .text(text)])
    let bytes = try? JSONText.bytes(of: value, arrays: .jsonNumPy)
    return String(decoding: bytes ?? Array("\"error\"".utf8), as: UTF8.self)
  }

  private static func write(_ status: Int, _ body: String, to channel: any Channel) {
    let bytes = ByteBuffer(string: body)
    var headers: HTTPHeaders = [
      "Content-Type": "application/json", "Content-Length": "\(bytes.readableBytes)",
    ]
    if status == 429 { headers.add(name: "Retry-After", value: "1") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(bytes)), promise: nil)
    channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
  }
}
