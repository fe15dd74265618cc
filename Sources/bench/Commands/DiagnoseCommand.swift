import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import Torch

/// `bench diagnose`: a policy's steps beside the expert's.
struct DiagnoseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Say step by step what a policy lacks, beside what the expert would do.",
    discussion: """
      bench diagnose --policy openvla                          errors by component, decisions, causes of failure
      bench diagnose --policy openvla --oracle yaw             the same, with the expert's turns in the policy's place
      bench diagnose --policy openvla --mishaps                the same, with a first closing that is made to miss
      bench diagnose --policy openvla --steps steps.jsonl      a line for every step

      What is interfered with is no result: nothing is written to Runs/.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(help: "The policy, as bench run --policy takes it.")
  var policy: String

  @Option(help: "The suite whose episodes are played.")
  var suite = "in-distribution"

  @Option(help: "Only this task.")
  var task: String?

  @Option(help: "Episodes per task, 1 to 1000.")
  var episodes = 4

  @Option(help: "The seed that everything random follows from.")
  var seed: UInt64 = 0

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A component that is the expert's; may be repeated.",
      discussion: DiagnosisProbe.Oracle.allCases
        .map { "\($0.rawValue): \($0.words)" }.joined(separator: "; ") + "."))
  var oracle: [DiagnosisProbe.Oracle] = []

  @Option(
    help: ArgumentHelp(
      "Noise on each action: standard deviations of each shift [mm] and each turn [degrees].",
      valueName: "mm,degrees"))
  var noise: DiagnosisProbe.Noise?

  @Flag(
    help: ArgumentHelp(
      "Make each episode's first closing miss: the hand is forced shut above what it is to grasp.",
      discussion: "How many of these episodes are solved all the same is then said."))
  var mishaps = false

  @Option(help: ArgumentHelp("Write a line of JSON for every step.", valueName: "file"))
  var steps: String?

  @Option(help: "How many episodes each cause of failure names at most.")
  var list = 3

  @OptionGroup var policyOptions: PolicyOptions

  func validate() throws {
    guard (1...1000).contains(episodes) else {
      throw ValidationError("--episodes \(episodes): give a number from 1 to 1000.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let plan = try EpisodePlan(
        suites: [suite], episodesPerTask: episodes, seed: seed, strength: 1, in: environment)
      let entrant = try policyOptions.catalog(
        root, for: plan.setups(in: environment),
        otherInstruction: plan.otherInstructions(in: environment)
      ).entrants([policy])[0]
      let (lines, records) = try diagnosed(
        entrant.contestant, on: try blocks(of: plan), in: environment)
      try entrant.recorder?.finish()
      if let steps { try write(lines, to: steps) }
      output(Diagnosis(of: lines, records: records).text(listing: list))
    }
  }

  /// The plan's blocks without clean twins, which are another suite's question, and of the task alone.
  private func blocks(of plan: EpisodePlan) throws -> [EpisodeBlock] {
    if let task, !plan.suites[0].tasks.contains(task) {
      throw SceneDrawError.unknownTask(task, suite: suite, known: plan.suites[0].tasks)
    }
    return plan.blocks.map { block in
      EpisodeBlock(
        id: block.id, suite: block.suite,
        episodes: block.episodes.filter { !$0.isCleanTwin && $0.task == task ?? $0.task })
    }.filter { !$0.episodes.isEmpty }
  }

  private func diagnosed(
    _ contestant: Contestant, on blocks: [EpisodeBlock], in environment: TabletopEnvironment
  ) throws -> ([StepDiagnosis], [EpisodeRecord]) {
    guard case .policy(let make) = contestant.player else {
      throw ValidationError("\(policy) is the expert; there is nothing to compare it with.")
    }
    let player = try make()
    let probe = try DiagnosisProbe(
      of: player, in: environment, oracles: Set(oracle), noise: noise, forcesMishaps: mishaps)
    var records: [EpisodeRecord] = []
    for block in blocks {
      // As many side by side as the policy takes.
      for part in block.parts(of: player.episodesAtOnce) {
        probe.begin(part)
        var rollout = Rollout(
          of: part, by: contestant.description, policy: player, in: environment,
          settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false),
          probe: probe.rolloutProbe)
        records += rollout.runToEnd()
      }
    }
    return (probe.steps, records)
  }

  private func write(_ lines: [StepDiagnosis], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(to: URL(fileURLWithPath: path)) { file in
      for line in lines { try file.append(try encoder.encode(line) + Data("\n".utf8)) }
    }
    note("\(lines.count) steps: \(path)")
  }
}

extension EpisodeBlock {
  /// The block in pieces of so many episodes.
  fileprivate func parts(of size: Int) -> [EpisodeBlock] {
    let size = max(1, min(size, episodes.count))
    return stride(from: 0, to: episodes.count, by: size).map { start in
      EpisodeBlock(
        id: id, suite: suite,
        episodes: Array(episodes[start..<min(start + size, episodes.count)]))
    }
  }
}
