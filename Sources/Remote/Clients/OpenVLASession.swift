import EnvironmentInterface

/// OpenVLA's `/act` (`openvla/vla-scripts/deploy.py`), and OpenVLA-OFT's: JSON in json-numpy's form.
///
/// A failure is the text "error" with status 200. A reply that is text with JSON in it was encoded twice.
final class OpenVLASession: RemoteSession {
  private let name: String
  private let connection: HTTPConnection
  private let path: String
  private let encodesTwice: Bool
  private let limits: DecodingLimits

  init(
    to address: RemoteAddress, encodesTwice: Bool, settings: RemoteSettings,
    before deadline: Deadline
  ) throws(RemoteError) {
    name = address.text
    connection = HTTPConnection(
      to: address, headers: settings.bearer, limits: settings.limits)
    path = address.path.isEmpty || address.path == "/" ? "/act" : address.path
    self.encodesTwice = encodesTwice
    limits = settings.limits
    try connection.connect(before: deadline)
  }

  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError) {
    let encodesTwice = encodesTwice
    let body = try reading(name) { () throws(CodecError) in
      let once = try JSONText.bytes(of: observation, arrays: .jsonNumPy)
      return encodesTwice
        ? try JSONText.bytes(
          of: .fields(["encoded": .text(String(decoding: once, as: UTF8.self))]),
          arrays: .jsonNumPy) : once
    }
    try connection.send(.POST, path, json: body, before: deadline)
  }

  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue {
    let reply = try connection.receive(before: deadline, timeout: timeout)
    guard reply.status == 200 else {
      throw .reported(name, message: "HTTP \(reply.status): \(reply.text)")
    }
    let limits = limits
    var value = try reading(name) { () throws(CodecError) in
      try JSONText.value(of: reply.body, limits: limits)
    }
    if case .text(let inner) = value {
      if inner == "error" {
        throw .reported(name, message: "\"error\" and no more; its own log says what it was")
      }
      value = try reading(name) { () throws(CodecError) in
        try JSONText.value(of: Array(inner.utf8), limits: limits)
      }
    }
    return try reading(name) { () throws(CodecError) in try value.findingArrays() }
  }
}

extension HTTPConnection.Reply {
  /// The beginning of the body, for messages.
  var text: String { String(decoding: body.prefix(2000), as: UTF8.self) }
}
