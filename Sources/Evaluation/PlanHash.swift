import EnvironmentInterface
import RandomNumbers

/// A hash of planned episodes: what tells that finished ones are those that were planned.
enum PlanHash {
  /// 16 hexadecimal digits over everything that an episode is made of.
  static func text(of episodes: some Sequence<Episode>) -> String {
    var hash = StableHash()
    for episode in episodes {
      hash.combine(episode.suite)
      hash.combine(episode.task)
      hash.combine(episode.index)
      hash.combine("\(episode.seed)")
      for factor in episode.factors {
        hash.combine(factor.name)
        hash.combine(factor.strength)
      }
      hash.combine(episode.isCleanTwin ? "clean" : "")
      hash.combine(episode.instruction)
      hash.combine(episode.stepLimit)
    }
    return hash.hexadecimal
  }
}
