import EnvironmentInterface
import Statistics

/// An outcome with what is needed to find the same episode in another run.
struct PairableOutcome: Hashable, Sendable {
  let suite: String
  let isCleanTwin: Bool
  /// Nil where the episode could not be started; it has no partner then.
  let content: String?
  let outcome: Outcome
  /// Whether the environment, not the policy, is at fault.
  let isInfrastructureError: Bool
  /// How people name the episode.
  let label: String

  init(_ record: EpisodeRecord) {
    suite = record.episode.suite
    isCleanTwin = record.episode.isCleanTwin
    content = record.content
    outcome = record.outcome
    isInfrastructureError = record.error?.cause == .environment
    let twin = record.episode.isCleanTwin ? " clean" : ""
    label = "\(record.episode.suite)/\(record.episode.task) #\(record.episode.index)\(twin)"
  }

  init(suite: String, isCleanTwin: Bool, content: String, outcome: Outcome) {
    self.suite = suite
    self.isCleanTwin = isCleanTwin
    self.content = content
    self.outcome = outcome
    self.isInfrastructureError = false
    self.label = "\(suite) \(content)\(isCleanTwin ? " clean" : "")"
  }

  /// A suite's perturbed and clean episodes are counted apart.
  var group: String { isCleanTwin ? "\(suite) (clean)" : suite }
}

/// Episodes of two sides matched by what they contain, never by their place in a file.
struct Pairing {
  struct Pair: Hashable {
    let baseline: PairableOutcome
    let candidate: PairableOutcome
  }

  private(set) var pairs: [Pair] = []
  private(set) var onlyBaseline: [PairableOutcome] = []
  private(set) var onlyCandidate: [PairableOutcome] = []

  /// Matches in the candidate's order.
  ///
  /// Draws that occur several times are matched in the order in which they occur.
  init(baseline: [PairableOutcome], candidate: [PairableOutcome]) {
    struct Key: Hashable {
      let group: String
      let content: String
    }
    var partners: [Key: [Int]] = [:]
    for (index, outcome) in baseline.enumerated().reversed() {
      guard let content = outcome.content else { continue }
      partners[Key(group: outcome.group, content: content), default: []].append(index)
    }
    var isMatched = baseline.map { _ in false }
    for outcome in candidate {
      if let content = outcome.content,
        let index = partners[Key(group: outcome.group, content: content)]?.popLast()
      {
        pairs.append(Pair(baseline: baseline[index], candidate: outcome))
        isMatched[index] = true
      } else {
        onlyCandidate.append(outcome)
      }
    }
    onlyBaseline = zip(baseline, isMatched).filter { !$0.1 }.map(\.0)
  }

  /// The larger of the two sides' shares of episodes without a partner, in [0, 1].
  var unmatchedShare: Double {
    func share(_ unmatched: Int) -> Double {
      unmatched == 0 ? 0 : Double(unmatched) / Double(pairs.count + unmatched)
    }
    return max(share(onlyBaseline.count), share(onlyCandidate.count))
  }

  var counts: PairedCounts { Self.counts(pairs) }

  /// Counts by suite, clean twins apart, in the order of first occurrence.
  var groups: [(name: String, counts: PairedCounts)] {
    let byGroup = Dictionary(grouping: pairs, by: \.candidate.group)
    return pairs.map(\.candidate.group).uniqued().map { ($0, Self.counts(byGroup[$0] ?? [])) }
  }

  /// Labels of the episodes that only one side solved.
  var flips: (lost: [String], gained: [String]) {
    let lost = pairs.filter { $0.baseline.outcome == .success && $0.candidate.outcome != .success }
    let gained = pairs.filter {
      $0.baseline.outcome != .success && $0.candidate.outcome == .success
    }
    return (lost.map(\.candidate.label), gained.map(\.candidate.label))
  }

  private static func counts(_ pairs: [Pair]) -> PairedCounts {
    PairedCounts(
      pairs.map {
        (baseline: $0.baseline.outcome == .success, candidate: $0.candidate.outcome == .success)
      })
  }
}
