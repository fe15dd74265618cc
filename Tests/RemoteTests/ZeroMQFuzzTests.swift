import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Remote

/// A listener that sends the bytes it is given to whoever connects, whatever they ask, and hangs up.
///
/// `@unchecked`: the descriptor is written once, the bytes are under the lock.
private final class RawServer: @unchecked Sendable {
  let port: Int
  private let descriptor: Int32
  private let bytes = NIOLockedValueBox(Data())

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) + listen(descriptor, 16)
          + getsockname(descriptor, address, &length)
      }
    }
    try #require(status == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
    let thread = Thread { [self] in serve() }
    thread.start()
  }

  /// Ends the thread too.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func send(_ data: Data) { bytes.withLockedValue { $0 = data } }

  private func serve() {
    while true {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else { break }
      let data = bytes.withLockedValue { $0 }
      Self.send(data.prefix(Self.handshake), over: connection)
      // A reply that comes before its question is dropped unread; after a broken handshake there is none.
      if data.starts(with: ZeroMQFuzzTests.handshake) { Self.awaitQuestion(on: connection) }
      Self.send(data.dropFirst(Self.handshake), over: connection)
      close(connection)
    }
    close(descriptor)
  }

  private static func send(_ data: Data, over connection: Int32) {
    _ = data.withUnsafeBytes {
      Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// Waits for a client's question, 10 s for one that never comes.
  private static func awaitQuestion(on connection: Int32) {
    var received = Data()
    var item = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
    var piece = [UInt8](repeating: 0, count: 1024)
    while received.firstRange(of: Data("ping".utf8)) == nil, poll(&item, 1, 10_000) > 0 {
      let count = recv(connection, &piece, piece.count, 0)
      guard count > 0 else { return }
      received += piece[..<count]
    }
  }

  /// The bytes before the first message: a greeting of 64, and what kind of socket this is.
  static let handshake = 64 + 2 + 6 + 12 + 7
}

@Suite struct ZeroMQFuzzTests {
  /// What a ZeroMQ socket that answers says first (https://rfc.zeromq.org/spec/23/): its greeting and its type.
  static let handshake: Data = {
    var bytes: [UInt8] = [0xff] + [UInt8](repeating: 0, count: 8) + [0x7f, 3, 0]
    bytes += Array("NULL".utf8) + [UInt8](repeating: 0, count: 16 + 1 + 31)
    let ready =
      [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 3]
      + Array("REP".utf8)
    bytes += [4, UInt8(ready.count)] + ready
    return Data(bytes)
  }()

  /// The same and one message.
  private static func conversation(_ message: [UInt8]) -> Data {
    handshake + Data([1, 0, 0, UInt8(message.count)] + message)
  }

  /// What a session with a server that says this ends in.
  private func session(with server: RawServer, seconds: Double) throws -> GR00TSession {
    var settings = RemoteSettings()
    settings.limits.size = 1 << 16
    return try GR00TSession(
      to: RemoteAddress("zmq://127.0.0.1:\(server.port)"), settings: settings,
      before: Deadline(seconds: seconds))
  }

  @Test func aWholeConversationIsRead() throws {
    let server = try RawServer()
    defer { server.stop() }
    let hello = try MessagePackWriter.bytes(
      of: .fields(["status": .text("ok")]), arrays: .msgpackNumPy)
    server.send(Self.conversation(hello))
    #expect(try session(with: server, seconds: 10).greeting["status"]?.string == "ok")
  }

  /// A server that dies is noticed when its connection closes, not when the time for an answer is over.
  @Test func aServerThatHangsUpIsNoticedAtOnce() throws {
    let server = try RawServer()
    defer { server.stop() }
    server.send(Self.handshake)
    let error = #expect(throws: RemoteError.self) { try session(with: server, seconds: 600) }
    #expect(error?.isLoss == true, "\(error.map(String.init(describing:)) ?? "")")
  }

  /// Several conversations at once, since each waits for threads of the library's.
  @Test func noConversationTraps() throws {
    let hello = try MessagePackWriter.bytes(
      of: .fields(["status": .text("ok"), "list": .list([.null, .number(2)])]),
      arrays: .msgpackNumPy)
    let lanes = 4
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      guard let server = try? RawServer() else { return }
      defer { server.stop() }
      var mutation = Mutation(of: [Self.conversation(hello)], seed: UInt64(lane))
      let tally = Fuzz.trial(of: "ZeroMQ conversations, lane \(lane)", byDefault: 400, among: lanes)
      {
        _ in
        server.send(mutation.next())
        _ = try session(with: server, seconds: 1)
      } judging: {
        Refusal.fault($0, naming: "zmq://127.0.0.1:\(server.port)", isFile: false)
      }
      #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
    }
  }
}
