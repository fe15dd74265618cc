/// Which block a run carries out next, and for whom.
///
/// Contestants follow one another, so that one policy is in memory at a time. A fixed schedule runs every block
/// for each; one that may stop asks at its looks whether a contestant has answered already.
public struct EpisodeSchedule {
  /// A block to carry out.
  public struct Work {
    /// The contestant's place among all.
    public let contestant: Int
    public let block: EpisodeBlock
  }

  /// When a contestant may stop before its last block.
  public struct Stopping {
    /// The numbers of finished episodes at which it may, rising.
    public let looks: [Int]
    /// Whether a contestant's records so far answer the question.
    public let isAnswered: (_ contestant: String, _ records: [EpisodeRecord]) -> Bool

    public init(
      looks: [Int], isAnswered: @escaping (_ contestant: String, _ records: [EpisodeRecord]) -> Bool
    ) {
      self.looks = looks
      self.isAnswered = isAnswered
    }
  }

  private let contestants: [String]
  private let blocks: [EpisodeBlock]
  private let stopping: Stopping?

  /// What is finished, block by block, whatever the order in which it was.
  private var finished: Set<Place> = []
  /// By contestant, for a schedule that may stop.
  private var records: [String: [EpisodeRecord]] = [:]
  /// The contestant and the block that come next.
  private var contestant = 0
  private var block = 0
  /// Episodes of the contestant before `block`.
  private var passed = 0

  public init(of contestants: [String], on blocks: [EpisodeBlock], stopping: Stopping? = nil) {
    self.contestants = contestants
    self.blocks = blocks
    self.stopping = stopping
  }

  /// The next work after these records, which are those since the last call; nil where nothing is left to do.
  public mutating func next(after news: [EpisodeRecord]) -> Work? {
    for record in news {
      finished.insert(Place(contestant: record.policy, block: record.block))
      if stopping != nil { records[record.policy, default: []].append(record) }
    }
    while contestant < contestants.count {
      if block < blocks.count, !hasStopped {
        let next = blocks[block]
        guard finished.contains(Place(contestant: contestants[contestant], block: next.id)) else {
          return Work(contestant: contestant, block: next)
        }
        passed += next.episodes.count
        block += 1
      } else {
        (contestant, block, passed) = (contestant + 1, 0, 0)
      }
    }
    return nil
  }

  /// Whether the contestant has answered at the look that was just reached.
  private var hasStopped: Bool {
    guard let stopping, stopping.looks.contains(passed) else { return false }
    let own = records[contestants[contestant]] ?? []
    // More than `passed` are there where an earlier process went on from this look.
    return own.count == passed && stopping.isAnswered(contestants[contestant], own)
  }

  private struct Place: Hashable {
    let contestant: String
    let block: String
  }
}
