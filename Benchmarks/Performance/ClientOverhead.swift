import EnvironmentInterface
import Environments
import Foundation
import RandomNumbers
import Remote

/// What asking a policy over a socket costs, beside a server that answers at once: `performance client [ROOT]`.
///
/// Client and server share the machine's cores and this process, so that a figure holds both ends: encoding, the loopback
/// interface, decoding, and the way back. A client alone costs less.
enum ClientOverhead {
  /// Answers at once.
  private final class Ready: Policy {
    let name = "ready"
    let needs: ObservationNeeds = [.image, .instruction, .proprioception]

    func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
      requests.map { _ in
        Result { () throws(PolicyError) in try ActionChunk([Action([0, 0, 0, 0, 0, 0, 1])]) }
      }
    }
  }

  /// Prints milliseconds a question, by dialect and connections: by the clock, and of all processors' time, which a busy
  /// machine does not stretch.
  static func measure(root: String) throws {
    let environment = try TabletopEnvironment(root: root, contexts: 1)
    let states = try (0..<32).map { index in
      try environment.start(
        environment.episode(
          suite: "in-distribution", task: "lift", index: index, seed: 3, strength: 1))
    }
    let observations = try environment.observations(
      of: states, needs: [.image, .instruction, .proprioception])
    let requests = observations.enumerated().map { slot, observation in
      PolicyRequest(
        slot: slot, observation: observation, randomness: RandomStream(seed: UInt64(slot)))
    }
    var figures: [String: Double] = [:]
    for dialect in [Dialect.openpi, .vlaEval, .openVLA] {
      let server = try server(speaking: dialect, root: root)
      defer { server.stop() }
      let scheme = dialect == .openVLA ? "http" : "ws"
      for connections in [1, 8] {
        var settings = RemoteSettings()
        settings.connections = connections
        let policy = try RemotePolicy(
          name: "remote", address: RemoteAddress("\(scheme)://127.0.0.1:\(server.port)"),
          dialect: dialect, adapter: adapter(of: dialect, root: root), cameras: ["primary"],
          settings: settings)
        let used = processorTime()
        var questions = 0.0
        let rate = try Performance.ratePerSecond(atLeast: 2) {
          let answers = try policy.chunks(for: requests)
          for answer in answers { _ = try answer.get() }
          questions += Double(answers.count)
          return answers.count
        }
        let name = "\(dialect.rawValue)_over_\(connections)"
        figures["\(name)_ms"] = 1000 / rate
        figures["\(name)_processor_ms"] = 1000 * (processorTime() - used) / questions
      }
    }
    try Performance.printJSON(
      figures.mapValues { ($0 * 1000).rounded() / 1000 }, [.prettyPrinted, .sortedKeys])
  }

  /// Seconds that this process has computed, on all threads.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func server(speaking dialect: Dialect, root: String) throws -> PolicyServer {
    var settings = ServerSettings()
    settings.port = 0
    settings.rate = 1e9
    settings.dialect = dialect
    return try PolicyServer(
      Ready(), adapter: adapter(of: dialect, root: root),
      actAdapter: adapter(of: .openVLA, root: root), settings: settings)
  }

  private static func adapter(of dialect: Dialect, root: String) throws -> Adapter {
    let name = dialect.defaultAdapter
    return try Adapter(atPath: "\(root)/Adapters/\(name).yaml", named: name)
  }
}
