import Statistics

/// Episodes of two sides matched by what they contain, never by their place in a file.
struct Pairing {
  struct Pair: Hashable {
    let baseline: EpisodeOutcome
    let candidate: EpisodeOutcome

    var isLost: Bool { baseline.isSuccess && !candidate.isSuccess }
    var isGained: Bool { !baseline.isSuccess && candidate.isSuccess }
    /// Whether the machine failed on either side, so that the pair says nothing of the policy.
    var isVoid: Bool { baseline.isInfrastructureError || candidate.isInfrastructureError }
    /// Whether the same was done: the same last state and the same outcome.
    var isUnchanged: Bool {
      baseline.finalState != nil && baseline.finalState == candidate.finalState
        && baseline.outcome == candidate.outcome
    }
  }

  /// In the candidate's order; pairs that say nothing of the policy are not among them.
  private(set) var pairs: [Pair] = []
  /// Pairs in which the machine failed.
  private(set) var void: [Pair] = []
  /// Episodes without a partner of the same content.
  private(set) var onlyBaseline: [EpisodeOutcome] = []
  private(set) var onlyCandidate: [EpisodeOutcome] = []

  /// Matches episodes of the same content, those of the same name first.
  ///
  /// An episode that could not be started has no content; it is matched by its name.
  init(baseline: [EpisodeOutcome], candidate: [EpisodeOutcome]) {
    var partners = [Int?](repeating: nil, count: candidate.count)
    var isMatched = [Bool](repeating: false, count: baseline.count)

    let byName = Dictionary(
      baseline.indices.map { (baseline[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    for (index, outcome) in candidate.enumerated() {
      guard let partner = byName[outcome.name], !isMatched[partner] else { continue }
      let content = baseline[partner].content
      guard outcome.content == content || outcome.content == nil || content == nil else { continue }
      partners[index] = partner
      isMatched[partner] = true
    }

    struct Key: Hashable {
      let group: String
      let content: String
    }
    var rest: [Key: [Int]] = [:]
    for index in baseline.indices.reversed() where !isMatched[index] {
      guard let content = baseline[index].content else { continue }
      rest[Key(group: baseline[index].group, content: content), default: []].append(index)
    }
    for (index, outcome) in candidate.enumerated() where partners[index] == nil {
      guard let content = outcome.content,
        let partner = rest[Key(group: outcome.group, content: content)]?.popLast()
      else { continue }
      partners[index] = partner
      isMatched[partner] = true
    }

    for (outcome, partner) in zip(candidate, partners) {
      guard let partner else {
        onlyCandidate.append(outcome)
        continue
      }
      let pair = Pair(baseline: baseline[partner], candidate: outcome)
      if pair.isVoid { void.append(pair) } else { pairs.append(pair) }
    }
    onlyBaseline = zip(baseline, isMatched).filter { !$0.1 }.map(\.0)
  }

  var counts: PairedCounts { Self.counts(pairs) }

  /// Counts by suite, clean twins apart, in the order of first occurrence.
  var groups: [(name: String, counts: PairedCounts)] { counts(by: \.candidate.group) }

  /// Counts by task of each suite, clean twins apart.
  var cells: [(name: String, counts: PairedCounts)] { counts(by: \.candidate.cell) }

  /// What the pairs of a group, or all of them, say of tasks like theirs.
  func acrossTasks(of group: String? = nil) -> ResultTable.AcrossTasks? {
    let own = group.map { name in pairs.filter { $0.candidate.group == name } } ?? pairs
    return .init(
      changesBy: Dictionary(grouping: own, by: \.candidate.task).sorted { $0.key < $1.key }
        .map { Self.counts($0.value) })
  }

  /// Of suites whose tasks share scenes: how often both episodes of a scene were solved, on either side.
  ///
  /// A scene is one pair, since its two episodes are not independent of each other. Clean twins are left out.
  var sharedScenes: [(suite: String, counts: PairedCounts, draws: [PairedCounts])] {
    let scenes = Dictionary(grouping: pairs.filter { !$0.candidate.name.isCleanTwin }) {
      SharedScene($0.candidate)
    }
    var found: [String: [String: PairedCounts]] = [:]
    for case (let scene?, let members) in scenes
    where Set(members.map(\.candidate.name.task)).count > 1 {
      found[members[0].candidate.name.suite, default: [:]][scene.draw, default: PairedCounts()] +=
        PairedCounts([
          (
            baseline: members.allSatisfy(\.baseline.isSuccess),
            candidate: members.allSatisfy(\.candidate.isSuccess)
          )
        ])
    }
    return found.sorted { $0.key < $1.key }.map { suite, draws in
      (
        suite, draws.values.reduce(into: PairedCounts(), +=),
        draws.sorted { $0.key < $1.key }.map(\.value)
      )
    }
  }

  private func counts(by key: KeyPath<Pair, String>) -> [(name: String, counts: PairedCounts)] {
    let grouped = Dictionary(grouping: pairs) { $0[keyPath: key] }
    return pairs.map { $0[keyPath: key] }.uniqued().map { ($0, Self.counts(grouped[$0] ?? [])) }
  }

  /// Names of the episodes that only one side solved.
  var flips: (lost: [EpisodeName], gained: [EpisodeName]) {
    (
      pairs.filter(\.isLost).map(\.candidate.name), pairs.filter(\.isGained).map(\.candidate.name)
    )
  }

  private static func counts(_ pairs: [Pair]) -> PairedCounts {
    PairedCounts(
      pairs.map { (baseline: $0.baseline.isSuccess, candidate: $0.candidate.isSuccess) })
  }
}
