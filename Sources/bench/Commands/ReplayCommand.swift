import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation

/// `bench replay`: one episode by its name, once more.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run one episode again and say how it ended.",
    discussion: """
      bench replay semantic/lift-white-tape#3@0                       the shipped OpenVLA
      bench replay '~semantic/lift-white-tape#3@0' --policy expert    its clean twin, by the expert

      An episode's name is suite/task#index@seed, as reports list it; +s0.5 behind it sets the strength of its \
      perturbation, ~ in front asks for the clean twin. --set skull=0.5, or +skull=0.5 behind the name, changes one \
      factor and nothing else. bench view shows the same episode in a window.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(help: ArgumentHelp("The episode.", valueName: "suite/task#index@seed"))
  var episode: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Who acts; may be repeated.", valueName: "id|dir|file.py:name|url|file.traffic"))
  var policy: [String] = ["openvla"]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A factor of the suite with another strength, 0 to 1; may be repeated.",
      valueName: "factor=strength"))
  var set: [String] = []

  @OptionGroup var policyOptions: PolicyOptions

  @OptionGroup var traffic: TrafficOptions

  @Option(help: "The format on standard output: sentences, or the lines of episodes.jsonl.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    for text in set where FactorSetting(assignment: text) == nil {
      throw ValidationError("--set \(text): write FACTOR=STRENGTH, such as skull=0.5.")
    }
    if !set.isEmpty, episode.hasPrefix("~") {
      throw ValidationError("--set: a clean twin has no factors; leave out the ~.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      var name = try EpisodeName(episode)
      name.factors += set.compactMap { FactorSetting(assignment: $0) }
      let environment = try TabletopEnvironment(root: root.url.path, contexts: 1)
      let episode = try name.episode(in: environment)
      let setup = try environment.interface(suite: episode.suite, task: episode.task)
      let entrants = try policyOptions.catalog(
        root, for: [setup], recordedTo: traffic.recordTraffic
      ).entrants(policy)
      for entrant in entrants {
        let record = try entrant.contestant.record(of: episode, block: "replay", in: environment)
        switch format {
        case .text: output(Self.sentence(on: record, named: name))
        case .json: output(String(decoding: try EpisodeLines.encode([record]), as: UTF8.self))
        }
      }
      try entrants.finishRecording()
    }
  }

  private static func sentence(on record: EpisodeRecord, named name: EpisodeName) -> String {
    let end =
      switch record.outcome {
      case .success: "success after \(record.steps) of \(record.episode.stepLimit) steps"
      case .failure: "failure at the limit of \(record.steps) steps"
      case .error: "error after \(record.steps) steps: \(record.error?.message ?? "")"
      }
    return
      "\(name) \"\(record.episode.instruction)\", \(record.policy): \(end), "
      + "partial credit \(record.progress), last state \(record.finalState ?? "none")"
  }
}

extension Contestant {
  /// One episode from start to end.
  func record(of episode: Episode, block: String, in environment: TabletopEnvironment) throws
    -> EpisodeRecord
  {
    var policy: (any Policy)?
    if case .policy(let make) = player { policy = try make() }
    var rollout = Rollout(
      of: EpisodeBlock(id: block, suite: episode.suite, episodes: [episode]), by: description,
      policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: 1, continuesAfterSuccess: false))
    return rollout.runToEnd()[0]
  }
}
