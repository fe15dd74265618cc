import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOWebSocket

/// One client of openpi's or vla-eval's websocket.
///
/// Everything here happens on the connection's event loop, except answers, which only write to the channel.
final class WebSocketDoor: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame

  private let desk: Desk
  private let slot = Desk.newSlot()
  private var begins = true
  private let isAsked = NIOLockedValueBox(false)

  init(_ desk: Desk) { self.desk = desk }

  func handlerAdded(context: ChannelHandlerContext) {
    if desk.settings.dialect == .openpi {
      Self.send(desk.greeting, .openpi, on: context.channel)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { desk.end(slot: slot) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .binary: take(WebSocketFraming.payload(of: frame), on: context.channel)
    case .text: Self.close(context.channel, 1003, "questions are binary")
    case .ping:
      Self.write(.pong, WebSocketFraming.payload(of: frame), on: context.channel)
    case .connectionClose:
      Self.write(.connectionClose, [0x03, 0xe8], on: context.channel)
      context.close(promise: nil)
    default: break
    }
  }

  private func take(_ bytes: [UInt8], on channel: any Channel) {
    let message: WireValue
    do {
      message = try MessagePackReader.value(of: bytes, limits: desk.settings.limits)
        .findingArrays()
    } catch { return Self.close(channel, 1007, error.description) }
    if desk.settings.dialect == .vlaEval {
      takeMessage(message, on: channel)
    } else if message["endpoint"]?.string == "reset" {
      begins = true
      Self.write(.text, Array("reset successful".utf8), on: channel)
    } else {
      ask(message, on: channel) { answer in
        switch answer {
        case .success(let actions): Self.send(actions, .openpi, on: channel)
        case .failure(let error):
          Self.write(.text, Array(error.description.utf8), on: channel)
          Self.close(channel, 1011, "the policy failed")
        }
      }
    }
  }

  private func takeMessage(_ message: WireValue, on channel: any Channel) {
    let number = message["seq"] ?? .integer(0)
    let payload = message["payload"] ?? .map([])
    @Sendable func reply(_ type: String, _ payload: WireValue) -> WireValue {
      .fields([
        "type": .text(type), "payload": payload, "seq": number,
        "timestamp": .number(Date().timeIntervalSince1970),
      ])
    }
    switch message["type"]?.string {
    case "hello":
      Self.send(reply("hello", desk.greeting), .vlaEval, on: channel)
    case "episode_start": begins = true
    case "episode_end": desk.end(slot: slot)
    case "observation":
      ask(payload, on: channel) { answer in
        switch answer {
        case .success(let actions):
          Self.send(reply("action", actions), .vlaEval, on: channel)
        case .failure(let error):
          Self.send(
            reply("error", .fields(["error": .text(error.description)])), .vlaEval, on: channel)
        }
      }
    default:
      Self.send(
        reply("error", .fields(["error": .text("a message of no known type")])), .vlaEval,
        on: channel)
    }
  }

  /// At most one question waits on a connection.
  private func ask(
    _ question: WireValue, on channel: any Channel,
    reply: @escaping @Sendable (Result<WireValue, Refusal>) -> Void
  ) {
    guard desk.rate.admits() else {
      return reply(.failure(Refusal(description: desk.rate.refusal)))
    }
    let flag = isAsked
    let isFree = flag.withLockedValue { isAsked in
      defer { isAsked = true }
      return !isAsked
    }
    guard isFree else {
      return Self.close(channel, 1008, "a question came before the last one was answered")
    }
    desk.ask(slot: slot, begins: begins, question) { answer in
      flag.withLockedValue { $0 = false }
      reply(answer)
    }
    begins = false
  }

  // MARK: - Writing

  private static func send(_ value: WireValue, _ form: ArrayForm, on channel: any Channel) {
    guard let bytes = try? MessagePackWriter.bytes(of: value, arrays: form) else {
      return close(channel, 1011, "the answer cannot be written")
    }
    write(.binary, bytes, on: channel)
  }

  private static func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8], on channel: any Channel) {
    let frame = WebSocketFraming.frame(opcode, bytes, mask: nil)
    channel.triggerUserOutboundEvent(WholeFrame(bytes: frame), promise: nil)
  }

  private static func close(_ channel: any Channel, _ code: UInt16, _ reason: String) {
    write(
      .connectionClose,
      [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8.prefix(100)), on: channel)
    channel.close(promise: nil)
  }
}
