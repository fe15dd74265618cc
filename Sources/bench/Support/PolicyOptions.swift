import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation

/// What every command takes in which a policy acts: how weights are kept, pictures prepared, policies outside of the
/// program reached and actions un-normalised.
struct PolicyOptions: ParsableArguments {
  @OptionGroup var weights: WeightOptions

  @OptionGroup var images: ImageOptions

  @OptionGroup var remote: RemoteOptions

  @Option(
    help: "The dataset whose statistics un-normalise actions, where a checkpoint has several.")
  var unnormKey: String?

  /// The policies that can be named.
  ///
  /// - Parameters:
  ///   - setups: those that the policies shall act in, with which their interfaces are compared.
  ///   - recordedTo: the file that gets what a server is asked and answers; nil for none.
  ///   - otherInstruction: what could have been asked instead in an episode; nil where no run is planned.
  func catalog(
    _ root: Root, for setups: [Interface], recordedTo traffic: String? = nil,
    otherInstruction: ((EpisodeBriefing) -> String?)? = nil
  ) throws -> PolicyCatalog {
    PolicyCatalog(
      root: root, loading: try weights.loading(images.preparation), statisticsKey: unnormKey,
      remote: remote, traffic: traffic, setups: setups, otherInstruction: otherInstruction)
  }

  /// Takes what a run was begun with where nothing else was asked for.
  mutating func take(from run: RunDescription) {
    let facts = run.facts.merging(run.machine) { $1 }
    weights.take(from: facts)
    images.take(from: facts)
    unnormKey = unnormKey ?? facts["unnorm_key"]
  }

  /// What `run.json` says of it: results depend on it.
  var facts: [String: String] {
    var facts = weights.facts.merging(images.facts) { $1 }
    facts["unnorm_key"] = unnormKey
    return facts
  }
}

extension TabletopEnvironment {
  /// The set-ups of tasks, each once.
  func setups(of tasks: some Sequence<(suite: String, task: String)>) throws -> [Interface] {
    distinct(try tasks.map { try interface(suite: $0.suite, task: $0.task) })
  }

  /// The set-ups of a run's episodes, each once.
  func setups(of records: [EpisodeRecord]) throws -> [Interface] {
    try setups(of: records.map { (suite: $0.episode.suite, task: $0.episode.task) })
  }
}

extension TabletopEnvironment {
  /// The set-ups of a baseline's episodes, each once; the gate itself tells of tasks that are gone.
  func setups(of baseline: Baseline) -> [Interface] {
    let names = baseline.policies.flatMap(\.episodes).map(\.name)
    return distinct(names.compactMap { try? interface(suite: $0.suite, task: $0.task) })
  }
}

extension EpisodePlan {
  /// The set-ups of the plan's tasks, each once.
  func setups(in environment: TabletopEnvironment) throws -> [Interface] {
    try environment.setups(
      of: suites.flatMap { suite in suite.tasks.map { (suite: suite.name, task: $0) } })
  }
}

private func distinct(_ setups: [Interface]) -> [Interface] {
  var seen: Set<Interface> = []
  return setups.filter { seen.insert($0).inserted }
}
