import EnvironmentInterface
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Serves a policy over a WebSocket dialect and OpenVLA's `/act`, on one port.
///
/// A connection has one question at a time, and there are only so many connections, so that no more questions wait than
/// those; messages are bounded before they are decoded.
public final class PolicyServer: Sendable {
  /// The port that is listened at.
  public let port: Int
  /// Where it answers, and in which dialects, for people.
  public let addresses: String
  private let listener: any Channel
  private let open: OpenConnections

  /// Starts to serve a policy.
  ///
  /// - Parameters:
  ///   - adapter: what clients of the settings' dialect send and read.
  ///   - actAdapter: what clients of `/act` do, where the dialect is another one.
  ///   - recorder: is told what clients of the settings' dialect ask and what they are answered.
  /// - Throws: `RemoteError.unreachable` where the address cannot be listened at.
  public convenience init(
    _ policy: any Policy, adapter: Adapter, actAdapter: Adapter, settings: ServerSettings,
    recorder: TrafficRecorder? = nil
  ) throws(RemoteError) {
    let served = ServedPolicy(policy)
    let rate = RateLimit(perSecond: settings.rate)
    func desk(_ adapter: Adapter, _ recorder: TrafficRecorder?) -> Desk {
      Desk(
        answering: .policy(served, adapter),
        greeting: settings.dialect.greeting(ofPolicy: policy.name), settings: settings,
        rate: rate, recorder: recorder)
    }
    let speaksActAlone = settings.dialect == .openVLA
    try self.init(
      desk: speaksActAlone ? nil : desk(adapter, recorder),
      actDesk: speaksActAlone ? desk(adapter, recorder) : desk(actAdapter, nil),
      settings: settings)
  }

  /// Starts to answer as the server of a recording did, in its dialect.
  ///
  /// - Throws: `RemoteError.unfit` for a dialect that is not served, `.unreachable` where the address cannot be listened
  ///   at.
  public convenience init(replaying recording: TrafficRecording, settings: ServerSettings)
    throws(RemoteError)
  {
    var settings = settings
    settings.dialect = recording.header.dialect
    let desk = Desk(
      answering: .recording(recording, asked: NIOLockedValueBox([:])),
      greeting: recording.header.greeting, settings: settings,
      rate: RateLimit(perSecond: settings.rate))
    switch settings.dialect {
    case .openpi, .vlaEval: try self.init(desk: desk, actDesk: nil, settings: settings)
    case .openVLA, .openVLATwice: try self.init(desk: nil, actDesk: desk, settings: settings)
    case .roboArena, .gr00t, .roboEvals:
      throw .unfit(
        recording.name,
        reason: "\(settings.dialect.rawValue) is not served; give the file to bench run --policy")
    }
  }

  private init(desk: Desk?, actDesk: Desk?, settings: ServerSettings) throws(RemoteError) {
    let open = OpenConnections(limit: settings.connections)
    self.open = open
    do {
      listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            guard open.add(channel) else { throw ChannelError.ioOnClosedChannel }
            try Self.configure(channel, desk: desk, actDesk: actDesk, settings: settings)
          }
        }
        .bind(host: settings.host, port: settings.port).wait()
    } catch {
      throw .unreachable(
        "\(settings.host):\(settings.port)",
        reason: "it cannot be listened at: \(shortReason(error))")
    }
    port = listener.localAddress?.port ?? settings.port
    let place = (settings.host.contains(":") ? "[\(settings.host)]" : settings.host) + ":\(port)"
    addresses = [
      desk.map { _ in "ws://\(place) (\(settings.dialect.rawValue))" },
      actDesk.map { _ in "http://\(place)/act" },
    ].compactMap(\.self).joined(separator: " and ")
  }

  /// What reads a connection's bytes: HTTP, and after its upgrade a WebSocket.
  static func configure(
    _ channel: any Channel, desk: Desk?, actDesk: Desk?, settings: ServerSettings
  ) throws {
    let door = NIOLoopBound(HTTPDoor(actDesk, settings), eventLoop: channel.eventLoop)
    let upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: settings.limits.size, automaticErrorHandling: false,
      shouldUpgrade: { channel, head in
        channel.eventLoop.makeSucceededFuture(
          desk != nil && settings.admits(head) ? [:] : nil)
      },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          guard let desk else { return }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(WholeFrameWriter(), position: .first)
          try pipeline.addHandler(
            NIOWebSocketFrameAggregator(
              minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1 << 12,
              maxAccumulatedFrameSize: settings.limits.size))
          try pipeline.addHandler(WebSocketDoor(desk))
        }
      })
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withServerUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(door.value, promise: nil)
        }
      ), withErrorHandling: true)
    try channel.pipeline.syncOperations.addHandler(door.value)
  }

  /// Takes no more connections, lets the questions that were asked be answered for a while, and closes.
  public func stop(within seconds: Double = 5) {
    try? listener.close().wait()
    let deadline = Deadline(seconds: seconds)
    while open.isAnswering, !deadline.hasPassed { Thread.sleep(forTimeInterval: 0.02) }
    open.closeAll()
  }
}

/// The connections that are open, at most so many.
///
/// `@unchecked`: the state is under the lock.
private final class OpenConnections: @unchecked Sendable {
  private let lock = NSLock()
  private var channels: [ObjectIdentifier: any Channel] = [:]
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  func add(_ channel: any Channel) -> Bool {
    lock.withLock {
      guard channels.count < limit else { return false }
      channels[ObjectIdentifier(channel)] = channel
      channel.closeFuture.whenComplete { [weak self] _ in
        guard let self else { return }
        lock.withLock { channels[ObjectIdentifier(channel)] = nil }
      }
      return true
    }
  }

  /// Whether a client may still be waiting for an answer.
  var isAnswering: Bool { Desk.questionsUnderWay > 0 }

  func closeAll() {
    for channel in lock.withLock({ Array(channels.values) }) { channel.close(promise: nil) }
  }
}
