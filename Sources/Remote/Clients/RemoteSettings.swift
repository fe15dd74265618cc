/// How a policy's server is spoken with.
public struct RemoteSettings: Sendable {
  /// How long one answer may take [s].
  public var timeout = 60.0
  /// How long a server may take to be there at all [s]: it may be loading a model.
  public var patience = 300.0
  /// Connections that are open side by side, so that the server is kept busy.
  public var connections = 8
  /// What the server asks of its clients: openpi's API key, GR00T's token, a bearer's token over HTTP.
  public var token: String?
  /// How GR00T's server reads arrays before it has shown how it writes them.
  public var arrayForm: ArrayForm?
  public var limits = DecodingLimits()
  /// Is told what takes long.
  public var report: @Sendable (String) -> Void = { _ in }

  public init() {}

  var bearer: [(String, String)] { token.map { [("Authorization", "Bearer \($0)")] } ?? [] }
}
