/// Where a policy's server listens: `ws://host:8000`, `http://host:8000`, `zmq://host:5555`.
public struct RemoteAddress: Hashable, Sendable {
  public enum Transport: String, Hashable, Sendable {
    case webSocket = "ws"
    case http
    case zeroMQ = "zmq"

    /// Where servers of this kind listen unless told otherwise.
    var defaultPort: Int { self == .zeroMQ ? 5555 : 8000 }
  }

  public let transport: Transport
  public let host: String
  public let port: Int
  /// With its leading slash; empty where none is given.
  public let path: String

  /// Whether text is an address at all, of whatever scheme.
  public static func matches(_ text: String) -> Bool { text.contains("://") }

  /// - Throws: `RemoteError.badName` where the scheme is another one, or host or port are none.
  public init(_ text: String) throws(RemoteError) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    let scheme = parts[0] == "tcp" ? "zmq" : String(parts[0])
    guard parts.count == 2, let transport = Transport(rawValue: scheme) else {
      throw .badName(
        text,
        reason: ["wss", "https"].contains(scheme)
          ? "encrypted addresses are not spoken here. Forward a port (ssh -L 8000:localhost:8000 HOST), or let a "
            + "proxy that ends TLS listen on this machine (socat TCP-LISTEN:8000,bind=127.0.0.1,fork "
            + "OPENSSL:HOST:443), and give \(parts[0] == "wss" ? "ws" : "http")://localhost:8000"
          : "an address begins with ws://, http:// or zmq://")
    }
    let rest = parts[1]
    let place = rest.prefix { $0 != "/" }
    path = String(rest.dropFirst(place.count))
    var hostText = place
    var portText: Substring?
    if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
      hostText = place[place.index(after: place.startIndex)..<end]
      let after = place[place.index(after: end)...]
      portText = after.hasPrefix(":") ? after.dropFirst() : nil
    } else if let colon = place.lastIndex(of: ":") {
      hostText = place[..<colon]
      portText = place[place.index(after: colon)...]
    }
    let port = portText.map { Int($0) } ?? transport.defaultPort
    guard let port, (1...65535).contains(port), !hostText.isEmpty,
      hostText.allSatisfy({ $0.isLetter || $0.isNumber || ".-_:%".contains($0) })
    else {
      throw .badName(text, reason: "it has no host, or a port that is not 1 to 65535")
    }
    self.transport = transport
    self.host = String(hostText)
    self.port = port
  }

  public var text: String { "\(transport.rawValue)://\(host):\(port)\(path)" }
}
