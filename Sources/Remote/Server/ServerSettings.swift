import NIOHTTP1

/// How a policy is served.
public struct ServerSettings: Sendable {
  /// The address that is listened at; any but a loopback address lets other machines connect.
  public var host = "127.0.0.1"
  /// 0 for one that is free.
  public var port = 8000
  /// What is spoken over WebSocket: openpi or vla-eval; `openVLA` for `/act` alone.
  public var dialect = Dialect.openpi
  /// What clients must send as `Authorization: Bearer …` or `Api-Key …`; nil lets everyone ask.
  public var token: String?
  public var connections = 64
  /// Questions in a second, over all connections.
  public var rate = 1000.0
  /// An observation has a few dozen values, arrays counted as one; a stranger's message shall not take gigabytes.
  public var limits: DecodingLimits = {
    var limits = DecodingLimits()
    limits.size = 16 << 20
    limits.values = 1 << 16
    return limits
  }()

  public init() {}

  /// Whether a request carries the token that is asked for.
  func admits(_ head: HTTPRequestHead) -> Bool {
    guard let token = token else { return true }
    return head.headers["Authorization"].contains { field in
      ["Bearer \(token)", "Api-Key \(token)"].contains { isEqual($0, field) }
    }
  }

  /// Compares in a time that does not tell where two texts differ.
  private func isEqual(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

extension Dialect {
  /// What a server of ours says of itself.
  func greeting(ofPolicy name: String) -> WireValue {
    switch self {
    case .vlaEval:
      .fields([
        "harness_version": .text("trestle"), "protocol_version": .integer(1),
        "model_server": .text(name), "capabilities": .map([]),
      ])
    default: .fields(["policy": .text(name), "server": .text("trestle")])
    }
  }
}
