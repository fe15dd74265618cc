/// What is spoken with a policy's server.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
  /// Physical Intelligence's websocket (`openpi/serving/websocket_policy_server.py`).
  case openpi
  /// openpi's websocket with RoboArena's endpoints and resets.
  case roboArena = "roboarena"
  /// OpenVLA's `/act` over HTTP, and OpenVLA-OFT's, which answers a chunk.
  case openVLA = "openvla"
  /// OpenVLA's `/act` with bodies that are encoded twice, for clients without json-numpy.
  case openVLATwice = "openvla-twice"
  /// NVIDIA GR00T's requests over ZeroMQ.
  case gr00t
  /// vla-eval's websocket, protocol 1.
  case vlaEval = "vla-eval"
  /// robo-evals/1 over HTTP or WebSocket.
  case roboEvals = "robo-evals"

  /// The transports that it is spoken over.
  var transports: [RemoteAddress.Transport] {
    switch self {
    case .openpi, .roboArena, .vlaEval: [.webSocket]
    case .openVLA, .openVLATwice: [.http]
    case .gr00t: [.zeroMQ]
    case .roboEvals: [.http, .webSocket]
    }
  }

  /// Whether the server is told of episodes, so that an episode keeps to one connection.
  var tellsEpisodes: Bool {
    switch self {
    case .openpi, .openVLA, .openVLATwice: false
    case .roboArena, .gr00t, .vlaEval, .roboEvals: true
    }
  }

  /// The server keeps one state for all who ask, so that episodes must follow one another.
  var hasOneEpisodeAtATime: Bool { self == .roboEvals || self == .gr00t }

  /// The adapter for a server of which nothing more is said.
  public var defaultAdapter: String {
    switch self {
    case .openpi: "openpi-libero"
    case .roboArena: "roboarena-droid"
    case .openVLA, .openVLATwice: "openvla-bridge"
    case .gr00t: "gr00t-libero"
    case .vlaEval: "vla-eval"
    case .roboEvals: "robo-evals"
    }
  }
}
