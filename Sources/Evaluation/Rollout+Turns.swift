import EnvironmentInterface

extension Rollout {
  /// How often an episode is begun anew after its policy was lost in the middle of it.
  static var mostRetries: Int { 2 }

  /// Runs a block as `records(of:contestant:policy:advance:)` does, as many episodes side by side as the policy takes.
  ///
  /// An episode that lost its policy in the middle is run again from its start: episodes are pure functions of their
  /// values, so a retry is the episode that would have been.
  func recordsInTurns(
    of block: EpisodeBlock, contestant: ContestantDescription, policy: (any Policy)?,
    advance: (_ finished: [EpisodeRecord], _ partial: Double) -> Void = { _, _ in }
  ) throws(EvaluationError) -> [EpisodeRecord] {
    let width = max(1, min(policy?.episodesAtOnce ?? .max, block.episodes.count))
    var records: [EpisodeRecord] = []
    for start in stride(from: 0, to: block.episodes.count, by: width) {
      let before = records
      records += try retried(
        block.part(start..<min(start + width, block.episodes.count)), contestant, policy
      ) { advance(before + $0, $1) }
    }
    return records
  }

  private func retried(
    _ block: EpisodeBlock, _ contestant: ContestantDescription, _ policy: (any Policy)?,
    advance: (_ finished: [EpisodeRecord], _ partial: Double) -> Void
  ) throws(EvaluationError) -> [EpisodeRecord] {
    var records = try self.records(
      of: block, contestant: contestant, policy: policy, advance: advance)
    for _ in 0..<Self.mostRetries {
      let lost = records.indices.filter { records[$0].error?.cause == .interrupted }
      if lost.isEmpty { break }
      let again = try self.records(
        of: EpisodeBlock(
          id: block.id, suite: block.suite, episodes: lost.map { block.episodes[$0] }),
        contestant: contestant, policy: policy)
      for (index, record) in zip(lost, again) { records[index] = record }
    }
    return records
  }
}

extension EpisodeBlock {
  /// Some of the block's episodes, under its name.
  fileprivate func part(_ range: Range<Int>) -> EpisodeBlock {
    EpisodeBlock(id: id, suite: suite, episodes: Array(episodes[range]))
  }
}
