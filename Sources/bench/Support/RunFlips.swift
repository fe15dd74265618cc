import EnvironmentInterface
import Evaluation

/// The episodes that one run solved and another did not, each by one policy of a pair.
struct RunFlips {
  /// The same episodes in the same order, as each run has them.
  private(set) var earlier: [EpisodeRecord] = []
  private(set) var later: [EpisodeRecord] = []

  /// - Parameter pairs: whose episodes are compared.
  init(from first: RunFiles, to second: RunFiles, of pairs: [PolicyPair]) {
    for pair in pairs {
      let before = Dictionary(
        first.records.filter { $0.policy == pair.earlier }
          .map { (EpisodeName(of: $0.episode), $0) }, uniquingKeysWith: { $1 })
      for record in second.records where record.policy == pair.later {
        guard let old = before[EpisodeName(of: record.episode)],
          old.isSuccess != record.isSuccess, old.error == nil, record.error == nil
        else { continue }
        earlier.append(old)
        later.append(record)
      }
    }
  }
}
