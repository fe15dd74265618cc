import EnvironmentInterface

/// NVIDIA GR00T's inference service: MessagePack over ZeroMQ, `{"endpoint", "data"}`.
///
/// Two ways of writing arrays are in the field; the server's own reply tells which one it reads.
final class GR00TSession: RemoteSession {
  private(set) var greeting: WireValue = .map([])
  private let name: String
  private let connection: ZeroMQConnection
  private let limits: DecodingLimits
  private let token: String?
  private var form: ArrayForm

  init(to address: RemoteAddress, settings: RemoteSettings, before deadline: Deadline)
    throws(RemoteError)
  {
    name = address.text
    limits = settings.limits
    token = settings.token
    form = settings.arrayForm ?? .msgpackNumPy
    connection = try ZeroMQConnection(to: address, limits: limits)
    try send("ping", nil)
    do {
      greeting = try receive(before: deadline, timeout: settings.timeout)
    } catch .late {
      // A ZeroMQ socket can't tell a server that is not there from one that is busy.
      throw .unreachable(name, reason: "no answer to a ping")
    }
  }

  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError) {
    try send("reset", .fields(["options": .null]))
    do {
      _ = try receive(before: deadline, timeout: 60)
    } catch .reported {
      // Servers before N1.7 have no such endpoint and keep nothing.
    }
  }

  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError) {
    // Older servers take the observation itself, newer ones an observation and options.
    try send(
      "get_action",
      form == .npyFile
        ? observation : .fields(["observation": observation, "options": .null]))
  }

  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue {
    let reply = try receive(before: deadline, timeout: timeout)
    // Newer servers answer the action and what they have to say of it.
    if case .list(let parts) = reply, let first = parts.first { return first }
    return reply
  }

  private func send(_ endpoint: String, _ data: WireValue?) throws(RemoteError) {
    var entries = [WireValue.Entry(key: .text("endpoint"), value: .text(endpoint))]
    if let data { entries.append(WireValue.Entry(key: .text("data"), value: data)) }
    if let token {
      entries.append(WireValue.Entry(key: .text("api_token"), value: .text(token)))
    }
    let form = form
    try connection.send(
      try reading(name) { () throws(CodecError) in
        try MessagePackWriter.bytes(of: .map(entries), arrays: form)
      })
  }

  private func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue
  {
    let bytes = try connection.receive(before: deadline, timeout: timeout)
    let limits = limits
    var found: ArrayForm?
    let reply = try reading(name) { () throws(CodecError) in
      try MessagePackReader.value(of: bytes, limits: limits).findingArrays(form: &found)
    }
    if let found { form = found }
    if let message = reply["error"] {
      throw .reported(name, message: message.string ?? "an error of \(message.kind)")
    }
    return reply
  }
}
