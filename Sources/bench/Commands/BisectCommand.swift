import ArgumentParser
import Environments
import Evaluation
import Foundation
import Torch

/// `bench bisect`: the first checkpoint of a list that the gate fails.
struct BisectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the first bad checkpoint of a list, by the gate.",
    discussion: """
      bench bisect --baseline Results/baseline.json step-1000 step-2000 step-3000 step-4000

      Checkpoints are given oldest first, and are taken to be good up to some place and bad from there on. The \
      last is judged first, then halves of what is open, each with as many episodes as its answer needs. \
      Exit codes: 0 the last is good, 1 a first bad one is found, 3 nobody can say, 4 not comparable, \
      5 infrastructure.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(help: "A baseline file, or the folder of a run.")
  var baseline: String

  @Argument(help: ArgumentHelp("Checkpoints, oldest first.", valueName: "id|dir"))
  var checkpoints: [String]

  @Option(
    help: ArgumentHelp(
      "Which policy of the baseline they are compared with; without it its only entry.",
      valueName: "id"))
  var policy: String?

  @Option(help: "A folder for the runs, a folder each; what is there already is gone on with.")
  var out: String?

  @Option(help: "The drop that must be excluded to pass, as a rate.")
  var margin = 0.10

  @OptionGroup var policyOptions: PolicyOptions

  func validate() throws {
    guard margin > 0, margin < 1 else {
      throw ValidationError("--margin \(margin): give a rate between 0 and 1, such as 0.1.")
    }
    guard !checkpoints.isEmpty else { throw ValidationError("give checkpoints, oldest first.") }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let baseline = try Baseline(at: baseline)
      let environment = try TabletopEnvironment(root: root.url.path)
      let catalog = try policyOptions.catalog(
        root, for: environment.setups(of: baseline))
      // All are checked before the first acts.
      let entrants = try catalog.entrants(checkpoints)
      let name = try baseline.name(answeredBy: entrants[0].contestant.name, as: policy)

      var bisection = Bisection(of: entrants.count)
      var trouble: [GateVerdict] = []
      while let index = bisection.next {
        let report = try judge(
          entrants[index], number: index, for: name, against: baseline, in: environment)
        output("\(checkpoints[index]): \(report.line)")
        bisection.take(report.verdict, on: index)
        if report.verdict == .notComparable || report.verdict == .infrastructure {
          trouble.append(report.verdict)
        }
      }
      try conclude(bisection.answer, trouble)
    }
  }

  private func judge(
    _ entrant: Entrant, number: Int, for name: String, against baseline: Baseline,
    in environment: TabletopEnvironment
  ) throws -> GateReport {
    let run = try GateRun(
      of: [.init(entrant.contestant, for: name)], against: baseline,
      judgedBy: RegressionGate(test: .init(margin: margin)), in: environment,
      settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false))
    let description = run.description(
      facts: RunFacts.of([entrant], policyOptions),
      notes: RunFacts.notes())
    let folder = try out.map {
      try RunFolder(at: "\($0)/\(number + 1)", describing: description, resuming: true)
    }
    let progress = ProgressBar()
    defer { progress.finish() }
    return try run.report(describedBy: description, in: folder, observer: progress)
  }

  private func conclude(_ answer: Bisection.Answer, _ trouble: [GateVerdict]) throws {
    switch answer {
    case .noneIsBad:
      output("\nthe last, \(checkpoints[checkpoints.count - 1]), is good: nothing to look for")
    case .firstBad(let index):
      let before = index > 0 ? "; \(checkpoints[index - 1]) is the last good one" : ""
      output("\nfirst bad: \(checkpoints[index])\(before)")
      throw ExitCode(GateVerdict.fail.exitCode)
    case .amongst(let range):
      output(
        "\nthe first bad is one of \(checkpoints[range].joined(separator: ", ")): nobody can say of "
          + "those before the last of them")
      throw ExitCode((trouble.first ?? .inconclusive).exitCode)
    case .unknown:
      output(
        "\nnobody can say: no checkpoint was shown to have fallen, and the last not to be good")
      throw ExitCode((trouble.first ?? .inconclusive).exitCode)
    }
  }
}
