import ArgumentParser
import Environments
import Evaluation
import Foundation
import Remote

/// `bench serve`: a policy for the clients of others.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a policy over openpi's or vla-eval's websocket and OpenVLA's /act.",
    discussion: """
      ws://127.0.0.1:8000 speaks --speak, http://127.0.0.1:8000/act is OpenVLA's, /health says that it is there. \
      Stops when told to (SIGTERM, Ctrl-C), after the questions that wait are answered. With --policy FILE.traffic \
      it answers as the recorded server did, in its dialect.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(help: "The policy, as bench run --policy takes it.")
  var policy: String

  @Option(help: "The port to listen at; 0 takes a free one.")
  var port = 8000

  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  @Flag(
    help: ArgumentHelp(
      "Let other machines connect: whoever reaches the port can ask, and nothing is encrypted.",
      discussion:
        "Needed for a --host that is not this machine alone; give --serve-token-file with it."))
  var letOthersConnect = false

  @Option(
    help: ArgumentHelp(
      "openpi or vla-eval: what is spoken over WebSocket; openvla: /act alone.", valueName: "name"))
  var speak = Dialect.openpi.rawValue

  @Option(
    help: ArgumentHelp(
      "Which keys clients send and what the numbers mean: a name under Adapters/ or a file.",
      valueName: "name|file"))
  var speakAdapter: String?

  @Option(
    help: ArgumentHelp("A file with the token that clients must send.", valueName: "file"))
  var serveTokenFile: String?

  @Option(help: "Connections at once, 1 to 1024.")
  var mostConnections = 64

  @Option(help: "Questions in a second over all connections, 1 to 1000000.")
  var mostRate = 1000.0

  @OptionGroup var policyOptions: PolicyOptions

  @OptionGroup var traffic: TrafficOptions

  func validate() throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port \(port): give a number from 0 to 65535.")
    }
    guard (1...1024).contains(mostConnections) else {
      throw ValidationError("--most-connections \(mostConnections): give a number from 1 to 1024.")
    }
    guard (1...1e6).contains(mostRate) else {
      throw ValidationError("--most-rate \(mostRate): give a number from 1 to 1000000.")
    }
    guard ["openpi", "vla-eval", "openvla"].contains(speak) else {
      throw ValidationError("--speak \(speak): there are openpi, vla-eval and openvla.")
    }
    guard letOthersConnect || ["127.0.0.1", "::1", "localhost"].contains(host) else {
      throw ValidationError(
        "--host \(host) lets other machines connect; add --let-others-connect if that is meant.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      let settings = try settings()
      let (server, recorder) =
        PolicyCatalog.isTraffic(policy)
        ? (
          try PolicyServer(replaying: TrafficRecording(contentsOf: policy), settings: settings), nil
        )
        : try servingPolicy(root, settings)
      // To the end, so that who asks twice does not cut off what is recorded.
      try withExtendedLifetime(EndSignals()) { end in
        output("serving \(policy) at \(server.addresses)")
        end.wait()
        server.stop()
        try recorder?.finish()
      }
    }
  }

  private func settings() throws -> ServerSettings {
    var settings = ServerSettings()
    settings.host = host
    settings.port = port
    settings.dialect = Dialect(rawValue: speak) ?? .openpi
    settings.connections = mostConnections
    settings.rate = mostRate
    if let serveTokenFile {
      guard let text = try? String(contentsOfFile: serveTokenFile, encoding: .utf8),
        case let token = text.trimmingCharacters(in: .whitespacesAndNewlines), !token.isEmpty
      else { throw ValidationError("--serve-token-file \(serveTokenFile): it holds no token.") }
      settings.token = token
    }
    return settings
  }

  private func servingPolicy(_ root: Root, _ settings: ServerSettings) throws
    -> (PolicyServer, TrafficRecorder?)
  {
    // Nothing is recorded of what a policy behind another server is asked, but what clients ask.
    let catalog = try policyOptions.catalog(root, for: [])
    guard case .policy(let make) = try catalog.entrants([policy])[0].contestant.player else {
      throw ValidationError("\(policy) reads the world; it cannot be served.")
    }
    let adapter = try catalog.adapter(named: speakAdapter ?? settings.dialect.defaultAdapter)
    let player = try make()
    guard !player.needs.earlier else {
      throw ValidationError(
        "\(policy) sees the image of one control step before too, which clients do not send; serve one of "
          + "`history: 1`, such as diffusion-policy-matched.")
    }
    let recorder = try traffic.recordTraffic.map {
      try TrafficRecorder(
        to: $0,
        header: TrafficHeader(serving: player.name, dialect: settings.dialect, adapter: adapter))
    }
    let server = try PolicyServer(
      player, adapter: adapter,
      actAdapter: try catalog.adapter(named: Dialect.openVLA.defaultAdapter),
      settings: settings, recorder: recorder)
    return (server, recorder)
  }
}
