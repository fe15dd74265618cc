extension RunFiles {
  /// What a run was asked to do and what it ran on; empty where only its episodes are at hand.
  var facts: [String: String] {
    guard let description else { return [:] }
    return description.facts.merging(description.machine) { $1 }.merging(
      ["continues_after_success": "\(description.continuesAfterSuccess)"]
    ) { $1 }
  }

  /// Why nothing can be judged by this run, in words; nil for one that is finished.
  var reasonAgainstCompleteness: String? {
    guard let description else {
      return "there is no \(RunFolder.descriptionName) beside it, so nobody knows what was asked; "
        + "name the run's folder"
    }
    guard description.shard == .whole else {
      return "it is shard \(description.shard) of a run; merge the shards with bench merge"
    }
    if records.isEmpty { return "it holds no episode" }
    guard let missing else { return nil }
    return "it is unfinished (\(missing.finished) of \(missing.promised) episodes, next "
      + "\(missing.next)); continue it with --resume"
  }

  /// The second record of an episode, and which one that is; nil where every episode is there once.
  var repetition: (line: Int, policy: String, episode: EpisodeName)? {
    struct Key: Hashable {
      let policy: String
      let name: EpisodeName
    }
    var seen: Set<Key> = []
    for (index, record) in records.enumerated() {
      let key = Key(policy: record.policy, name: EpisodeName(of: record.episode))
      if !seen.insert(key).inserted { return (index + 1, key.policy, key.name) }
    }
    return nil
  }

  /// Checks that no episode is counted twice.
  ///
  /// - Throws: `EvaluationError.brokenFile` with the line of the second record.
  public func checkUnique() throws(EvaluationError) {
    guard let repetition else { return }
    throw .brokenFile(
      path: path, line: repetition.line,
      reason: "\(repetition.episode) of \(repetition.policy) is there a second time; "
        + "an episode counts once, so run it again in another folder")
  }
}
