import EnvironmentInterface

/// robo-evals/1 (`robo_evals/remote.py`): JSON over HTTP, or over a WebSocket.
final class RoboEvalsSession: RemoteSession {
  private(set) var greeting: WireValue = .map([])
  private let name: String
  private let http: HTTPConnection?
  private let webSocket: WebSocketConnection?
  private let limits: DecodingLimits

  init(to address: RemoteAddress, settings: RemoteSettings, before deadline: Deadline)
    throws(RemoteError)
  {
    name = address.text
    limits = settings.limits
    if address.transport == .http {
      let connection = HTTPConnection(
        to: address, headers: settings.bearer, limits: settings.limits)
      http = connection
      webSocket = nil
      try connection.send(.GET, "/info", before: deadline)
      greeting = try receive(before: deadline, timeout: settings.timeout)
    } else {
      http = nil
      webSocket = try WebSocketConnection(
        to: address, headers: settings.bearer, limits: settings.limits, before: deadline)
      try send("info", [])
      greeting = try receive(before: deadline, timeout: settings.timeout)
    }
    guard greeting["protocol"]?.string == "robo-evals/1" else {
      throw .malformed(name, reason: "it does not say that it speaks robo-evals/1")
    }
  }

  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError) {
    let seed = Int64(UInt64(episode.id, radix: 16) ?? 0) & 0x7fff_ffff
    try send(
      "reset",
      [
        .init(key: .text("task"), value: .text(episode.setup)),
        .init(key: .text("seed"), value: .integer(seed)),
        .init(key: .text("instruction"), value: .text(episode.instruction)),
      ])
    _ = try receive(before: deadline, timeout: 60)
  }

  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError) {
    try send("act", [.init(key: .text("observation"), value: observation)])
  }

  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue {
    try receive(before: deadline, timeout: timeout)
  }

  private func send(_ type: String, _ fields: [WireValue.Entry]) throws(RemoteError) {
    let entries =
      http == nil ? [WireValue.Entry(key: .text("type"), value: .text(type))] + fields : fields
    let body = try reading(name) { () throws(CodecError) in
      try JSONText.bytes(of: .map(entries), arrays: .roboEvals)
    }
    if let http {
      try http.send(.POST, "/\(type)", json: body, before: Deadline(seconds: 60))
    } else {
      webSocket?.send(.text(String(decoding: body, as: UTF8.self)))
    }
  }

  private func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue
  {
    let body: [UInt8]
    if let http {
      let reply = try http.receive(before: deadline, timeout: timeout)
      guard reply.status == 200 else {
        throw .reported(name, message: "HTTP \(reply.status): \(reply.text)")
      }
      body = reply.body
    } else {
      switch try webSocket?.receive(before: deadline, timeout: timeout) {
      case .text(let text): body = Array(text.utf8)
      case .binary, nil: throw .malformed(name, reason: "bytes where text belongs")
      }
    }
    let limits = limits
    let reply = try reading(name) { () throws(CodecError) in
      try JSONText.value(of: body, limits: limits).findingArrays()
    }
    if reply["type"]?.string == "error" {
      throw .reported(name, message: reply["message"]?.string ?? "an error without a text")
    }
    return reply
  }
}
