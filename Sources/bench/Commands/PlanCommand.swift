import ArgumentParser
import Environments
import Evaluation
import Foundation
import Statistics

/// `bench plan`: how many episodes a question needs, and how long they take here.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say how many episodes a question needs and how long they take here.",
    discussion: """
      bench plan --detect 0.1 --rate 0.75                          whatever the policy
      bench plan --detect 0.1 Runs/1                               with the rate of a run
      bench plan --detect 0.1 Runs/1 Runs/2                        and with how many outcomes differ between two
      bench plan --detect 0.1 --suite semantic --policy openvla    measured now: rate and time

      Numbers follow from the exact chances of the tests that bench compare and bench regress make.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(
    help: ArgumentHelp(
      "A run that the rate is taken from, or two runs of one policy.", valueName: "run"))
  var runs: [String] = []

  @Option(help: "The drop that shall be told, as a rate.")
  var detect: Double

  @Option(help: "How often it shall be told, as a rate.")
  var power = 0.9

  @Option(help: "How often an unchanged policy may be called worse, as a rate.")
  var level = 0.01

  @Option(help: "What the policy solves, as a rate; without it a run's or a measured one.")
  var rate: Double?

  @Option(help: "To how much a rate alone shall be known, either way.")
  var halfWidth = 0.07

  @Option(help: ArgumentHelp("The suite to time and measure.", valueName: "id"))
  var suite: String?

  @Option(help: ArgumentHelp("The policy to time and measure.", valueName: "id|dir"))
  var policy: String?

  @Option(help: "Episodes per task to time.")
  var pilot = 4

  @OptionGroup var policyOptions: PolicyOptions

  @Option(help: "The format on standard output.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    for (name, value) in [
      ("detect", detect), ("power", power), ("level", level), ("half-width", halfWidth),
    ] where !(value > 0 && value < 1) {
      throw ValidationError("--\(name) \(value): give a rate between 0 and 1, such as 0.1.")
    }
    if let rate, !(0...1).contains(rate) {
      throw ValidationError("--rate \(rate): give a rate from 0 to 1.")
    }
    guard runs.count <= 2 else {
      throw ValidationError("give one run or two; \(runs.count) were given.")
    }
    guard pilot >= 1 else { throw ValidationError("--pilot \(pilot): give at least 1.") }
    guard rate != nil || !runs.isEmpty || suite != nil else {
      throw ValidationError(
        "say what the policy solves: --rate, a run, or --suite with --policy to measure it.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try suite == nil ? nil : rootOption.resolved()
    try reportingFailures {
      let stored = try runs.isEmpty ? nil : storedRuns()
      let measured = try root.map(measure)
      let found = stored ?? measured
      guard let value = rate ?? found?.rate.rate else { return }
      let plan = try DetectionPlan(
        drop: detect, rate: value, churn: stored?.churn, power: power, level: level,
        halfWidth: halfWidth)
      let source = rate == nil ? found?.source ?? "" : "as given"
      switch format {
      case .text:
        output(
          plan.text(
            pace: measured?.pace, source: source, tasks: found?.tasks, standard: measured?.standard,
            width: Terminal.width))
      case .json: output(try plan.json(pace: measured?.pace, source: source))
      }
    }
  }

  /// What is known of a policy.
  private struct Knowledge {
    var rate: Proportion
    var source: String
    var tasks: Int?
    var churn: Double?
    var pace: EpisodePace?
    /// The suite's own number of episodes, clean twins apart.
    var standard: Int?
  }

  private func storedRuns() throws -> Knowledge {
    let files = try runs.map { try RunFiles(at: $0) }
    let last = files[files.count - 1]
    if last.records.isEmpty { throw EvaluationError.noEpisodes(last.path) }
    let entries = last.policies.filter { name in
      last.records.first { $0.policy == name }?.kind == .entry
    }
    guard let name = policy ?? (entries.count == 1 ? entries[0] : nil),
      last.policies.contains(name)
    else {
      throw EvaluationError.unknownPolicy(
        policy ?? "that is the only entry", run: last.path, known: last.policies)
    }
    let own = last.records.filter { $0.policy == name && !$0.episode.isCleanTwin }
    let rate = Proportion(successes: own.count(where: \.isSuccess), of: own.count)
    var knowledge = Knowledge(
      rate: rate, source: "\(rate.successes)/\(rate.count) of \(name) in \(last.path)",
      tasks: Set(own.map { [$0.episode.suite, $0.episode.task] }).count)
    if files.count == 2 {
      let pairs = try Comparison(of: name, in: files[0], with: name, in: last).pairs
      if pairs.count > 0 {
        knowledge.churn = 2 * Double(min(pairs.lost, pairs.gained)) / Double(pairs.count)
      }
    }
    return knowledge
  }

  private func measure(_ root: Root) throws -> Knowledge {
    let environment = try TabletopEnvironment(root: root.url.path)
    let plan = try EpisodePlan(
      suites: [suite ?? ""], episodesPerTask: pilot, seed: 0, strength: 1, in: environment)
    let entrant = try policyOptions.catalog(root, for: plan.setups(in: environment))
      .entrants([policy ?? "openvla"])[0]
    let run = try EvaluationRun(
      of: [entrant.contestant], on: plan, shard: .whole, in: environment,
      settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false))
    let stopwatch = Stopwatch()
    let records = try run.records(in: nil, observer: stopwatch)
    let own = records.filter { !$0.episode.isCleanTwin }
    let rate = Proportion(successes: own.count(where: \.isSuccess), of: own.count)
    let interval = rate.wilsonInterval(confidence: 0.95)
    return Knowledge(
      rate: rate,
      source: "measured: \(rate.successes)/\(rate.count), which may be anything from "
        + "\(Int((100 * interval.lower).rounded())) to \(Int((100 * interval.upper).rounded())) %",
      tasks: plan.suites[0].tasks.count,
      pace: EpisodePace(
        policy: entrant.contestant.name, suite: plan.suites[0].name, episodes: records.count,
        seconds: stopwatch.seconds),
      standard: plan.suites[0].tasks.count * plan.suites[0].defaultEpisodesPerTask)
  }
}

/// Times a run from its first episode's start, when the policy is loaded and pictures can be drawn.
private final class Stopwatch: ProgressObserver {
  private var began: Date?

  func evaluationDidAdvance(_ progress: EvaluationProgress) { began = began ?? Date() }

  var seconds: Double { began.map { Date().timeIntervalSince($0) } ?? 0 }
}
