internal import CZeroMQ
import Foundation

/// A client's ZeroMQ socket of the request kind, used by one thread that waits.
final class ZeroMQConnection {
  private let context: UnsafeMutableRawPointer
  private let socket: UnsafeMutableRawPointer
  private let name: String

  init(to address: RemoteAddress, limits: DecodingLimits) throws(RemoteError) {
    name = address.text
    guard let context = zmq_ctx_new() else {
      throw .unreachable(address.text, reason: Self.lastError)
    }
    guard let socket = zmq_socket(context, ZMQ_REQ) else {
      zmq_ctx_term(context)
      throw .unreachable(address.text, reason: Self.lastError)
    }
    self.context = context
    self.socket = socket
    var none: Int32 = 0
    zmq_setsockopt(socket, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
    // Larger messages end the connection before they are gathered.
    var limit = Int64(limits.size)
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, MemoryLayout<Int64>.size)
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    guard zmq_connect(socket, "tcp://\(host):\(address.port)") == 0 else {
      throw .unreachable(address.text, reason: Self.lastError)
    }
  }

  deinit {
    zmq_close(socket)
    zmq_ctx_term(context)
  }

  func send(_ bytes: [UInt8]) throws(RemoteError) {
    guard zmq_send(socket, bytes, bytes.count, ZMQ_DONTWAIT) >= 0 else {
      throw .lost(name, reason: Self.lastError)
    }
  }

  func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> [UInt8] {
    var item = zmq_pollitem_t(socket: socket, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    guard zmq_poll(&item, 1, Int(deadline.milliseconds)) > 0 else {
      throw .late(name, seconds: timeout)
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
