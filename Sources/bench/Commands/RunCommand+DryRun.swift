import EnvironmentInterface
import Environments
import Evaluation
import Foundation

extension RunCommand {
  /// What a run would do and about how long it would take, measured on the first episode of each task.
  ///
  /// - Returns: lines for standard output.
  static func forecast(
    of contestants: [Contestant], on plan: EpisodePlan, shard: Shard,
    in environment: TabletopEnvironment, settings: RolloutSettings
  ) throws -> String {
    let own = plan.blocks(of: shard)
    let episodes = own.reduce(0) { $0 + $1.episodes.count }
    let first = plan.suites.prefix(1).map(\.name)
    let sample = try EpisodePlan(
      suites: first, episodesPerTask: 1, seed: plan.seed, strength: plan.strength, in: environment)
    let sampled = sample.blocks.reduce(0) { $0 + $1.episodes.count }

    var lines = plan.suites.map { suite in
      let twins = suite.hasCleanTwins ? ", each with its clean twin" : ""
      return "\(suite.name): \(suite.tasks.count) tasks × "
        + "\(plan.episodesPerTask[suite.name] ?? 0) episodes\(twins)"
    }
    if shard != .whole {
      lines.append("shard \(shard): \(own.count) of \(plan.blocks.count) blocks")
    }
    var total = 0.0
    for contestant in contestants {
      let run = try EvaluationRun(
        of: [contestant], on: sample, shard: .whole, in: environment, settings: settings)
      let began = Date()
      _ = try run.records(in: nil)
      let seconds = Date().timeIntervalSince(began) * Double(episodes) / Double(max(1, sampled))
      total += seconds
      lines.append("\(contestant.name): \(episodes) episodes, about \(Bar.duration(seconds))")
    }
    lines.append("in all about \(Bar.duration(total))")
    return lines.joined(separator: "\n")
  }
}
