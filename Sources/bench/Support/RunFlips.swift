import EnvironmentInterface
import Evaluation

/// The episodes that one run solved and another did not, by the same policy.
struct RunFlips {
  /// The same episodes in the same order, as each run has them.
  private(set) var earlier: [EpisodeRecord] = []
  private(set) var later: [EpisodeRecord] = []

  init(from first: RunFiles, to second: RunFiles) {
    struct Key: Hashable {
      let policy: String
      let name: EpisodeName
    }
    let before = Dictionary(
      first.records.map { (Key(policy: $0.policy, name: EpisodeName(of: $0.episode)), $0) },
      uniquingKeysWith: { $1 })
    for record in second.records {
      let key = Key(policy: record.policy, name: EpisodeName(of: record.episode))
      guard let old = before[key], old.isSuccess != record.isSuccess, old.error == nil,
        record.error == nil
      else { continue }
      earlier.append(old)
      later.append(record)
    }
  }
}
