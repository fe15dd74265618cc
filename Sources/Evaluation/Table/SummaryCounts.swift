import EnvironmentInterface
import Statistics

/// What a summary needs of records, taken one after another: its size depends on how many policies, suites and tasks
/// there are, not on how many episodes, as long as twins come near each other.
public struct SummaryCounts: Sendable {
  struct Policy: Sendable {
    let name: String
    let kind: ContestantKind
    fileprivate(set) var suites: [Suite] = []
  }

  struct Suite: Sendable {
    let name: String
    /// Tasks whose episodes are counted by themselves alone: the expert does not solve them as they are specified.
    let leftOut: Set<String>
    /// All other tasks together, clean twins not counted.
    fileprivate(set) var own = Tally()
    fileprivate(set) var twins = Tally()
    fileprivate(set) var tasks: [Task] = []
    fileprivate(set) var sharedScenes = SharedScenes()
    fileprivate(set) var errorMessages: [String: Int] = [:]
    /// Outcomes whose partner has not come yet.
    fileprivate var waiting: [Draw: Bool] = [:]
    fileprivate var waitingTwins: [Draw: Bool] = [:]
  }

  struct Task: Sendable {
    let name: String
    fileprivate(set) var tally = Tally()
    /// Baseline: the twin; candidate: the perturbed episode.
    fileprivate(set) var pairs = PairedCounts()

    var sums: ClusteredMean.Sums {
      let successes = Double(tally.successes)
      return .init(count: tally.episodes, sum: successes, squares: successes)
    }
  }

  /// That of the first record.
  private(set) var seed: UInt64?
  private(set) var policies: [Policy] = []

  private let leftOut: [String: Set<String>]

  /// - Parameter description: the run that the records are of, which knows what cannot be solved.
  public init(of description: RunDescription? = nil) {
    let suites = description?.suites ?? []
    leftOut = Dictionary(suites.map { ($0.name, $0.unsolvableTasks) }) { first, _ in first }
  }

  public mutating func add(_ record: EpisodeRecord) {
    seed = seed ?? record.episode.seed
    let policy = policies.place {
      $0.name == record.policy
    } adding: {
      Policy(name: record.policy, kind: record.kind)
    }
    let suite = policies[policy].suites.place {
      $0.name == record.episode.suite
    } adding: {
      Suite(
        name: record.episode.suite, leftOut: leftOut[record.episode.suite] ?? [])
    }
    policies[policy].suites[suite].add(record)
  }
}

extension SummaryCounts.Suite {
  fileprivate mutating func add(_ record: EpisodeRecord) {
    if let error = record.error { errorMessages[error.message, default: 0] += 1 }
    let episode = record.episode
    let draw = Draw(episode)
    let isLeftOut = leftOut.contains(episode.task)
    if episode.isCleanTwin {
      if !isLeftOut { twins.add(record) }
      if let isSuccess = waiting.removeValue(forKey: draw) {
        pair(record.isSuccess, isSuccess, in: episode.task)
      } else {
        waitingTwins[draw] = record.isSuccess
      }
    } else {
      if !isLeftOut {
        own.add(record)
        sharedScenes.add(record)
      }
      tasks[place(of: episode.task)].tally.add(record)
      if let twin = waitingTwins.removeValue(forKey: draw) {
        pair(twin, record.isSuccess, in: episode.task)
      } else if !episode.factors.isEmpty {
        // What has no factors has no twin.
        waiting[draw] = record.isSuccess
      }
    }
  }

  private mutating func pair(_ twin: Bool, _ perturbed: Bool, in task: String) {
    tasks[place(of: task)].pairs += PairedCounts([(baseline: twin, candidate: perturbed)])
  }

  private mutating func place(of task: String) -> Int {
    tasks.place {
      $0.name == task
    } adding: {
      SummaryCounts.Task(name: task)
    }
  }
}

extension Array {
  /// Where the last element that matches is, added where there is none.
  ///
  /// The last, since records of one kind follow each other.
  fileprivate mutating func place(
    where matches: (Element) -> Bool, adding make: () -> Element
  ) -> Int {
    if let index = lastIndex(where: matches) { return index }
    append(make())
    return count - 1
  }
}

extension PairedCounts {
  static func += (counts: inout PairedCounts, more: PairedCounts) {
    counts.bothSucceeded += more.bothSucceeded
    counts.gained += more.gained
    counts.lost += more.lost
    counts.bothFailed += more.bothFailed
  }

  /// Of the changes of single pairs: −1, 0 or 1.
  var sums: ClusteredMean.Sums {
    .init(count: count, sum: Double(gained - lost), squares: Double(discordant))
  }
}
