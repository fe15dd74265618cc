import EnvironmentInterface

/// States that somebody visited, as episodes and the actions that lead there: what a policy's own mistakes look like.
///
/// Demonstrations say what the expert does in them (DAgger: Ross et al., AISTATS 2011). A state is made again from its
/// episode's start, so that a frame stays a pure function of these values and its number.
public struct VisitedStates: Sendable {
  /// An episode and what was done in it.
  public struct Visit: Sendable {
    public var episode: Episode
    public var actions: [Action]

    public init(episode: Episode, actions: [Action]) {
      self.episode = episode
      self.actions = actions
    }
  }

  private let visits: [Visit]
  /// How many states there are up to and with each visit.
  private let ends: [Int]

  public init(_ visits: [Visit]) {
    self.visits = visits
    var sum = 0
    ends = visits.map { visit in
      sum += visit.actions.count
      return sum
    }
  }

  /// States in which something was done.
  public var count: Int { ends.last ?? 0 }

  /// A state by its number from 0, and the one of a control step before, made again; nil for what was before the first.
  ///
  /// - Throws: where the episode can't be started.
  func state(
    _ number: Int, in environment: TabletopEnvironment
  ) throws -> (state: TabletopState, before: TabletopState?) {
    let place = ends.partitioningIndex { $0 > number }
    let first = place > 0 ? ends[place - 1] : 0
    var state = try environment.start(visits[place].episode)
    var before: TabletopState?
    for (step, action) in visits[place].actions.prefix(number - first).enumerated() {
      if step == number - first - 1 { before = state }
      environment.step(&state, applying: action)
    }
    return (state, before)
  }
}

extension [Int] {
  /// The first index whose element satisfies what all later ones do too.
  fileprivate func partitioningIndex(where belongs: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension TabletopEnvironment {
  /// Why demonstrations must not start from an episode; nil where they may.
  ///
  /// What is out of distribution would be learned, and words are those of the training distribution's scenes.
  public func reasonAgainstLearning(from episode: Episode) -> String? {
    guard episode.factors.isEmpty else {
      return "it is perturbed (\(episode.factors.map(\.name).joined(separator: ", ")))"
    }
    guard
      let task = suiteDefinitions.first(where: { $0.name == episode.suite })?.tasks
        .first(where: { $0.name == episode.task })
    else { return "there is no such task" }
    return task.setup == training.setup
      ? nil : "it plays in \(task.setup), and demonstrations in \(training.setup)"
  }
}
