internal import CZeroMQ
import Foundation

/// A client's ZeroMQ socket of the request kind, used by one thread that waits.
final class ZeroMQConnection {
  private let context: UnsafeMutableRawPointer
  private let socket: UnsafeMutableRawPointer
  /// Tells that the other side is gone, of which the socket itself says nothing: it connects anew and waits for ever.
  private let monitor: UnsafeMutableRawPointer
  private let name: String

  /// What ends a conversation.
  private static let losses =
    ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

  init(to address: RemoteAddress, limits: DecodingLimits) throws(RemoteError) {
    name = address.text
    guard let context = zmq_ctx_new() else {
      throw .unreachable(address.text, reason: Self.lastError)
    }
    guard let socket = zmq_socket(context, ZMQ_REQ) else {
      zmq_ctx_term(context)
      throw .unreachable(address.text, reason: Self.lastError)
    }
    let events = "inproc://losses"
    guard zmq_socket_monitor(socket, events, Self.losses) == 0,
      let monitor = zmq_socket(context, ZMQ_PAIR)
    else {
      let reason = Self.lastError
      zmq_close(socket)
      zmq_ctx_term(context)
      throw .unreachable(address.text, reason: reason)
    }
    self.context = context
    self.socket = socket
    self.monitor = monitor
    var none: Int32 = 0
    zmq_setsockopt(socket, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
    // Larger messages end the connection before they are gathered.
    var limit = Int64(limits.size)
    zmq_setsockopt(monitor, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, MemoryLayout<Int64>.size)
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    guard zmq_connect(monitor, events) == 0,
      zmq_connect(socket, "tcp://\(host):\(address.port)") == 0
    else {
      throw .unreachable(address.text, reason: Self.lastError)
    }
  }

  deinit {
    zmq_close(monitor)
    zmq_close(socket)
    zmq_ctx_term(context)
  }

  func send(_ bytes: [UInt8]) throws(RemoteError) {
    guard zmq_send(socket, bytes, bytes.count, ZMQ_DONTWAIT) >= 0 else {
      throw .lost(name, reason: Self.lastError)
    }
  }

  func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> [UInt8] {
    var items = [socket, monitor].map {
      zmq_pollitem_t(socket: $0, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    guard zmq_poll(&items, Int32(items.count), Int(deadline.milliseconds)) > 0 else {
      throw .late(name, seconds: timeout)
    }
    // An answer counts although the server has gone after it; it may have come between the looks at the two sockets.
    let hasAnswer = items[0].revents & Int16(ZMQ_POLLIN) != 0 || zmq_poll(&items, 1, 0) > 0
    guard hasAnswer else {
      throw .lost(name, reason: "the connection was closed, or what came is not ZeroMQ's protocol")
    }
    var message = zmq_msg_t()
    zmq_msg_init(&message)
    defer { zmq_msg_close(&message) }
    guard zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0 else {
      throw .lost(name, reason: Self.lastError)
    }
    let size = zmq_msg_size(&message)
    guard let data = zmq_msg_data(&message) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: data, count: size))
  }

  private static var lastError: String { String(cString: zmq_strerror(zmq_errno())) }
}
