import EnvironmentInterface
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// How a policy is served.
public struct ServerSettings: Sendable {
  /// The address that is listened at; any but a loopback address lets other machines connect.
  public var host = "127.0.0.1"
  /// 0 for one that is free.
  public var port = 8000
  /// What is spoken over WebSocket: openpi or vla-eval.
  public var dialect = Dialect.openpi
  /// What clients must send as `Authorization: Bearer …` or `Api-Key …`; nil lets everyone ask.
  public var token: String?
  public var connections = 64
  public var limits: DecodingLimits = {
    var limits = DecodingLimits()
    limits.size = 16 << 20
    return limits
  }()

  public init() {}
}

/// Serves a policy over a WebSocket dialect and OpenVLA's `/act`, on one port.
///
/// A connection has one question at a time, and there are only so many connections, so that no more questions wait than
/// those; messages are bounded before they are decoded.
public final class PolicyServer: Sendable {
  /// The port that is listened at.
  public let port: Int
  private let listener: any Channel
  private let open: OpenConnections

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - adapter: what WebSocket clients send and read; `actAdapter` what clients of `/act` do.
  /// - Throws: `RemoteError.unreachable` where the address cannot be listened at.
  public init(
    _ policy: any Policy, adapter: Adapter, actAdapter: Adapter, settings: ServerSettings
  ) throws(RemoteError) {
    let name = policy.name
    let served = ServedPolicy(policy)
    let open = OpenConnections(limit: settings.connections)
    self.open = open
    let desk = Desk(served: served, name: name, adapter: adapter, settings: settings)
    let actDesk = Desk(served: served, name: name, adapter: actAdapter, settings: settings)
    do {
      listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            guard open.add(channel) else { throw ChannelError.ioOnClosedChannel }
            let door = NIOLoopBound(HTTPDoor(actDesk), eventLoop: channel.eventLoop)
            let upgrader = NIOWebSocketServerUpgrader(
              maxFrameSize: settings.limits.size, automaticErrorHandling: false,
              shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(desk.admits(head) ? [:] : nil)
              },
              upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
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
        }
        .bind(host: settings.host, port: settings.port).wait()
    } catch {
      throw .unreachable(
        "\(settings.host):\(settings.port)",
        reason: "it cannot be listened at: \(shortReason(error))")
    }
    port = listener.localAddress?.port ?? settings.port
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
