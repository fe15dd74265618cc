import EnvironmentInterface

/// openpi's websocket, and RoboArena's form of it, in which every request names an endpoint.
///
/// The server speaks first: a map of metadata. After that each binary map is answered by one. Text is an error's
/// traceback, except for RoboArena's `reset successful`.
final class OpenPISession: RemoteSession {
  let greeting: WireValue
  private let name: String
  private let connection: WebSocketConnection
  private let hasEndpoints: Bool
  private let limits: DecodingLimits
  private var session: String?

  init(
    to address: RemoteAddress, hasEndpoints: Bool, settings: RemoteSettings,
    before deadline: Deadline
  ) throws(RemoteError) {
    name = address.text
    limits = settings.limits
    let headers = settings.token.map { [("Authorization", "Api-Key \($0)")] } ?? []
    connection = try WebSocketConnection(
      to: address, headers: headers, limits: limits, before: deadline)
    guard
      case .binary(let bytes) = try connection.receive(
        before: deadline, timeout: settings.timeout)
    else { throw .malformed(address.text, reason: "its first message is text, not metadata") }
    greeting = try reading(name) { () throws(CodecError) in
      try MessagePackReader.value(of: bytes, limits: settings.limits).findingArrays()
    }
    // RoboArena's servers say what they need; plain ones don't know the word.
    self.hasEndpoints = hasEndpoints || greeting["needs_session_id"] != nil
  }

  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError) {
    guard hasEndpoints else { return }
    session = episode.id
    try send(.fields(["endpoint": .text("reset")]))
    // What is said in reply differs between servers: text, or a map.
    _ = try connection.receive(before: deadline, timeout: 60)
  }

  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError) {
    guard hasEndpoints, case .map(var entries) = observation else { return try send(observation) }
    if let session, greeting["needs_session_id"]?.bool == true {
      entries.append(WireValue.Entry(key: .text("session_id"), value: .text(session)))
    }
    entries.append(WireValue.Entry(key: .text("endpoint"), value: .text("infer")))
    try send(.map(entries))
  }

  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue {
    switch try connection.receive(before: deadline, timeout: timeout) {
    case .text(let trace): throw .reported(name, message: trace)
    case .binary(let bytes):
      return try reading(name) { () throws(CodecError) in
        try MessagePackReader.value(of: bytes, limits: limits).findingArrays()
      }
    }
  }

  private func send(_ value: WireValue) throws(RemoteError) {
    connection.send(
      .binary(
        try reading(name) { () throws(CodecError) in
          try MessagePackWriter.bytes(of: value, arrays: .openpi)
        }))
  }
}
