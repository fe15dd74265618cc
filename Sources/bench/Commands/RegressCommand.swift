import ArgumentParser
import Evaluation
import Statistics

/// `bench regress`: the gate that asks whether a success rate has fallen.
struct RegressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regress", abstract: "Gate: has a success rate fallen against a baseline?",
    discussion: """
      bench regress --baseline Results/baseline.json Runs/1            judge a run
      bench regress --baseline Results/baseline.json --update Runs/1   make it the baseline

      Every episode of the baseline must be answered, by one of the same content. A policy whose episodes \
      all end in the baseline's states passes. Otherwise it fails if it has fallen beyond chance (one-sided \
      mid-p McNemar test), passes if it has not fallen by the margin (98 % Tango bound), and nobody can \
      say between the two. Exit codes: 0 pass, 1 fail, 3 inconclusive, 4 not comparable, \
      5 infrastructure.
      """)

  @Option(help: "A baseline file, or the folder of a run.")
  var baseline: String

  @Argument(help: ArgumentHelp("The folder of the run to judge.", valueName: "run"))
  var candidate: String

  @Option(help: "The drop that must be excluded to pass, as a rate.")
  var margin = 0.10

  @Option(
    help: ArgumentHelp("Judge only these policies of the baseline.", valueName: "id[,id…]"))
  var only: String?

  @Option(help: "Judge only the first so many episodes of each task.")
  var episodes: Int?

  @OptionGroup var report: GateReportOptions

  @Flag(help: "Make the run the baseline; refused for a worse one.")
  var update = false

  @Flag(help: "With --update: accept a worse run, and write into the file why it is one.")
  var force = false

  @Option(help: "With --force: why it is accepted, for the file.")
  var reason: String?

  func validate() throws {
    guard margin > 0, margin < 1 else {
      throw ValidationError("--margin \(margin): give a rate between 0 and 1, such as 0.1.")
    }
    if let episodes, episodes < 1 {
      throw ValidationError("--episodes \(episodes): give at least 1.")
    }
    guard update || !force else { throw ValidationError("--force goes with --update.") }
    guard force || reason == nil else { throw ValidationError("--reason goes with --force.") }
  }

  func run() throws {
    try reportingFailures {
      try RegressionGate.checkDistinct(baseline, candidate)
      let run = try RunFiles(at: candidate)
      let gate = RegressionGate(test: GroupSequentialTest(margin: margin))
      if update { return try makeBaseline(of: run, gate) }
      let scope = RegressionGate.Scope(
        policies: only.map { Set($0.split(separator: ",").map(String.init)) },
        episodesPerTask: episodes)
      try report.show(gate.report(on: run, against: try Baseline(at: baseline), scope: scope))
    }
  }

  private func makeBaseline(of run: RunFiles, _ gate: RegressionGate) throws {
    let (new, objection) = try Baseline.replace(
      at: baseline, with: run, judgedBy: gate, isForced: force, reason: reason)
    if let objection { note("accepted by force: \(objection)") }
    note("\(baseline) is now the baseline of \(new.episodeCount) episodes of \(run.path)")
  }
}
