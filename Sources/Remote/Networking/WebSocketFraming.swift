import NIOCore
import NIOWebSocket

/// The bytes of whole, single WebSocket frames (RFC 6455, §5.2).
///
/// The package that reads frames can write them too, but a debug build has it unoptimised: it masks a picture of 150 kB in
/// 16 ms. This module is always optimised.
enum WebSocketFraming {
  /// A frame with its payload masked where a key is given, as clients must.
  static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], mask: [UInt8]?) -> [UInt8] {
    var frame: [UInt8] = [0x80 | UInt8(webSocketOpcode: opcode)]
    frame.reserveCapacity(payload.count + 14)
    let masked: UInt8 = mask == nil ? 0 : 0x80
    switch payload.count {
    case ..<126: frame.append(masked | UInt8(payload.count))
    case ..<65536: frame += [masked | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default:
      frame.append(masked | 127)
      frame += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
    }
    guard let mask else { return frame + payload }
    frame += mask
    let start = frame.count
    frame += payload
    toggleMask(&frame, from: start, mask)
    return frame
  }

  /// The payload of a frame that was read, unmasked.
  static func payload(of frame: WebSocketFrame) -> [UInt8] {
    var bytes = Array(frame.data.readableBytesView)
    if let key = frame.maskKey { toggleMask(&bytes, from: 0, Array(key)) }
    return bytes
  }

  private static func toggleMask(_ bytes: inout [UInt8], from start: Int, _ mask: [UInt8]) {
    let key = (mask[0], mask[1], mask[2], mask[3])
    bytes.withUnsafeMutableBufferPointer { bytes in
      var index = start
      while index + 4 <= bytes.count {
        bytes[index] ^= key.0
        bytes[index + 1] ^= key.1
        bytes[index + 2] ^= key.2
        bytes[index + 3] ^= key.3
        index += 4
      }
      let rest = [key.0, key.1, key.2]
      for offset in 0..<(bytes.count - index) { bytes[index + offset] ^= rest[offset] }
    }
  }
}

/// A frame of `WebSocketFraming` on its way out, past the package's own encoder.
struct WholeFrame: Sendable {
  var bytes: [UInt8]
}

/// Stands nearest to the socket and writes whole frames.
final class WholeFrameWriter: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard let frame = event as? WholeFrame else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frame.bytes)), promise: promise)
  }
}
