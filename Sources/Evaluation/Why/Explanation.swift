import EnvironmentInterface
import Statistics

/// Why the policies of a run failed, and what the episodes that failed have in common.
public struct Explanation: Sendable {
  /// Something that some episodes share, and how they fared beside all.
  public struct Feature: Sendable {
    public let name: String
    /// Failures among the episodes that share it.
    public let failures: Proportion
    /// How many times as often as on average they fail.
    public let lift: Double
    /// The lift at either end of the 95 % interval of its rate, the average taken as known.
    public let liftInterval: Interval
    /// Whether the 95 % interval of its failure rate lies above the average.
    public let isBeyondChance: Bool
  }

  public struct Row: Sendable {
    /// Suite and task, clean twins apart.
    public let name: String
    public let episodes: Int
    public let failures: Int
    public let reasons: [FailureReason: Int]
    /// Failures without a reason: errors, and records of an environment that tells nothing of contacts.
    public var unexplained: Int { failures - reasons.values.reduce(0, +) }
  }

  public struct Policy: Sendable {
    public let name: String
    /// By task, in the order of their first episodes.
    public let rows: [Row]
    /// What fails more than the rest, the largest lift first.
    public let suspects: [Feature]
    /// How many features were looked at.
    public let considered: Int

    public var episodes: Int { rows.reduce(0) { $0 + $1.episodes } }
    public var failures: Int { rows.reduce(0) { $0 + $1.failures } }
    public var reasons: [FailureReason: Int] {
      rows.reduce(into: [:]) { $0.merge($1.reasons, uniquingKeysWith: +) }
    }
  }

  public let policies: [Policy]

  /// Features of fewer episodes than this say nothing.
  static let fewest = 5

  /// - Parameter names: the policies to explain; nil for all.
  public init(of records: [EpisodeRecord], policies names: Set<String>? = nil) {
    let grouped = Dictionary(grouping: records, by: \.policy)
    policies = records.map(\.policy).uniqued().filter { names?.contains($0) ?? true }.map { name in
      let own = (grouped[name] ?? []).filter { $0.error?.cause != .environment }
      let byCell = Dictionary(grouping: own) { EpisodeOutcome($0).cell }
      let rows = own.map { EpisodeOutcome($0).cell }.uniqued().map { cell in
        let episodes = byCell[cell] ?? []
        return Row(
          name: cell, episodes: episodes.count, failures: episodes.count { !$0.isSuccess },
          reasons: episodes.compactMap(\.failure).reduce(into: [:]) {
            $0[$1.reason, default: 0] += 1
          })
      }
      let (suspects, considered) = Self.suspects(
        own.map { (episode: $0.episode, isHit: !$0.isSuccess) })
      return Policy(name: name, rows: rows, suspects: suspects, considered: considered)
    }
  }

  /// What the hits of a set of episodes have in common more than chance would give.
  ///
  /// - Returns: features that are over-represented, by falling lift, and how many were looked at: not those that all
  ///   episodes share, nor those of a few.
  static func suspects(_ episodes: [(episode: Episode, isHit: Bool)]) -> (
    features: [Feature], considered: Int
  ) {
    let hits = episodes.count(where: \.isHit)
    guard hits > 0, hits < episodes.count else { return ([], 0) }
    let average = Double(hits) / Double(episodes.count)
    var counts: [String: (hits: Int, all: Int)] = [:]
    for (episode, isHit) in episodes {
      for feature in episode.features {
        counts[feature, default: (0, 0)].all += 1
        if isHit { counts[feature, default: (0, 0)].hits += 1 }
      }
    }
    let considered = counts.filter { $1.all >= fewest && $1.all < episodes.count }
    let features = considered.compactMap { name, count -> Feature? in
      let failures = Proportion(successes: count.hits, of: count.all)
      guard failures.rate > average else { return nil }
      let interval = failures.wilsonInterval(confidence: RateText.confidence)
      return Feature(
        name: name, failures: failures, lift: failures.rate / average,
        liftInterval: Interval(lower: interval.lower / average, upper: interval.upper / average),
        isBeyondChance: interval.lower > average)
    }
    let sorted = features.sorted {
      ($1.isBeyondChance ? 1 : 0, $1.lift, $0.name) < ($0.isBeyondChance ? 1 : 0, $0.lift, $1.name)
    }
    return (sorted, considered.count)
  }
}

extension Episode {
  /// What this episode may share with others: its task, its factors, the words that name things.
  var features: Set<String> {
    var features: Set<String> = ["task \(suite)/\(task)"]
    if isCleanTwin { features.insert("clean twin") }
    for factor in factors { features.insert("factor \(factor.name)") }
    for word in instruction.lowercased().split(whereSeparator: { !$0.isLetter })
    where word.count > 2 {
      if !Self.commonWords.contains(String(word)) { features.insert("word \"\(word)\"") }
    }
    return features
  }

  /// Words that name no thing and no colour.
  private static let commonWords: Set<String> = [
    "the", "and", "into", "onto", "put", "move", "lift", "stack", "place", "pick", "near", "from",
    "with", "that", "this",
  ]
}
