import EnvironmentInterface
import Environments
import Foundation
import Policies
import RandomNumbers
import Torch

/// How many decisions a second a checkpoint makes on rendered observations.
///
/// `performance policies CHECKPOINT…` asks several in turn, in the same minutes, and prints a JSON object a checkpoint and
/// batch: medians of decisions a second and of the processor's milliseconds a decision, which other programs hardly change.
struct PolicyRates {
  static let batches = [1, 32]
  private static let rounds = 5

  private let policy: any Policy
  private let requests: [PolicyRequest]

  init(_ folder: URL, root: String) throws {
    policy = try PolicyCheckpoint(at: folder).makePolicy(
      name: folder.lastPathComponent, statisticsKey: nil)
    let environment = try TabletopEnvironment(root: root)
    let states = try (0..<(Self.batches.max() ?? 1)).map { index in
      try environment.start(
        environment.episode(
          suite: "in-distribution", task: "lift", index: index, seed: 3, strength: 1))
    }
    let observations = try environment.observations(of: states, needs: policy.needs)
    requests = observations.enumerated().map { slot, observation in
      PolicyRequest(
        slot: slot, observation: observation, randomness: RandomStream(seed: 9).numbered(slot))
    }
  }

  struct Rate {
    var decisionsPerSecond: Double
    /// Of all threads together.
    var processorMillisecondsPerDecision: Double
  }

  func rate(batch: Int, atLeast seconds: Double = 3) throws -> Rate {
    let part = Array(requests.prefix(batch))
    var decisions = 0
    let before = Self.processorSeconds()
    let rate = try Performance.ratePerSecond(atLeast: seconds) {
      decisions += batch
      return try policy.chunks(for: part).count
    }
    let work = Self.processorSeconds() - before
    return Rate(
      decisionsPerSecond: rate, processorMillisecondsPerDecision: 1000 * work / Double(decisions))
  }

  private static func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6
    }
  }

  // MARK: - Side by side

  private struct Line: Encodable {
    var checkpoint: String
    var batch: Int
    var decisionsPerSecond: Double
    var processorMillisecondsPerDecision: Double
  }

  static func measure(_ folders: [String]) throws {
    keepFreedMemory()
    let root = FileManager.default.currentDirectoryPath
    let rates = try folders.map { try PolicyRates(URL(fileURLWithPath: $0), root: root) }
    for batch in batches {
      var measured = Array(repeating: [Rate](), count: folders.count)
      for _ in 0..<rounds {
        for index in rates.indices {
          measured[index].append(try rates[index].rate(batch: batch, atLeast: 1))
        }
      }
      for (folder, own) in zip(folders, measured) {
        let line = Line(
          checkpoint: folder, batch: batch,
          decisionsPerSecond: median(own.map(\.decisionsPerSecond)),
          processorMillisecondsPerDecision: median(own.map(\.processorMillisecondsPerDecision)))
        try Performance.printJSON(line, [.sortedKeys])
      }
    }
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
