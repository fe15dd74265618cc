import Statistics

/// What the episodes have in common whose outcomes differ between two runs.
public struct FlipExplanation: Sendable {
  public let name: String
  public let pairs: PairedCounts
  /// What is lost more than the rest of what the first run solved.
  public let lost: [Explanation.Feature]
  /// What is gained more than the rest of what the first run did not solve.
  public let gained: [Explanation.Feature]
  /// How many features were looked at for either.
  public let considered: (lost: Int, gained: Int)
  /// How often each reason stands beside a lost episode.
  public let reasons: [FailureReason: Int]

  /// - Throws: `EvaluationError.unknownPolicy` where a run has no such policy.
  public init(of pair: PolicyPair, from baseline: RunFiles, to run: RunFiles)
    throws(EvaluationError)
  {
    let comparison = try Comparison(of: pair.earlier, in: baseline, with: pair.later, in: run)
    name = pair.title
    pairs = comparison.rows.last?.pairs ?? PairedCounts()
    let before = baseline.records.filter { $0.policy == pair.earlier }
    let solved = Set(before.filter(\.isSuccess).map { EpisodeName(of: $0.episode) })
    let compared = Set(before.map { EpisodeName(of: $0.episode) })
    let own = run.records.filter {
      $0.policy == pair.later && compared.contains(EpisodeName(of: $0.episode))
    }
    func shared(by flips: [EpisodeName], among candidates: [EpisodeRecord])
      -> (features: [Explanation.Feature], considered: Int)
    {
      let isFlip = Set(flips)
      return Explanation.suspects(
        candidates.map {
          (episode: $0.episode, isHit: isFlip.contains(EpisodeName(of: $0.episode)))
        })
    }
    let ofLost = shared(
      by: comparison.lost, among: own.filter { solved.contains(EpisodeName(of: $0.episode)) })
    let ofGained = shared(
      by: comparison.gained, among: own.filter { !solved.contains(EpisodeName(of: $0.episode)) })
    (lost, gained) = (ofLost.features, ofGained.features)
    considered = (ofLost.considered, ofGained.considered)
    let isLost = Set(comparison.lost)
    reasons = own.filter { isLost.contains(EpisodeName(of: $0.episode)) }
      .compactMap(\.failure).reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }
  }

  /// The explanation as a terminal shows it.
  public func text(listing limit: Int) -> String {
    let why = FailureReason.allCases.compactMap { reason in
      reasons[reason].map { "\($0)× \(reason.words)" }
    }
    return "\(name): \(pairs.lost) lost and \(pairs.gained) gained of \(pairs.count)"
      + (why.isEmpty ? "\n" : "; of the lost: \(why.joined(separator: "; "))\n")
      + Explanation.Policy.suspectText(
        lost, of: considered.lost, title: "lost more than the rest", counted: "lost of the solved",
        limit: limit)
      + Explanation.Policy.suspectText(
        gained, of: considered.gained, title: "gained more than the rest",
        counted: "gained of the rest", limit: limit)
  }
}
