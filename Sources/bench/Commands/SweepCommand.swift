import ArgumentParser
import Environments
import Evaluation
import Foundation
import Torch

/// `bench sweep`: a success rate over the strength of one factor.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Measure how a success rate changes with the strength of one factor.",
    discussion: """
      bench sweep --factor semantic/tape --policy openvla --out Runs/tape
      bench report Runs/tape                                           the curve as a page

      The tasks that have the factor are run at each strength with that factor alone, always on the same draws. \
      The folder holds a run for each strength; bench report and bench explain draw the curve. \
      bench list factors says which there are.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(help: ArgumentHelp("The factor, with its suite.", valueName: "suite/factor"))
  var factor: String

  @Option(help: ArgumentHelp("Strengths from 0 to 1.", valueName: "s[,s…]"))
  var strengths = "0,0.25,0.5,0.75,1"

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Who acts; may be repeated.", valueName: "id|dir"))
  var policy: [String] = ["openvla"]

  @Option(help: "Episodes per task and strength; without it the suite's own number.")
  var episodes: Int?

  @Option(help: "The seed that everything random follows from.")
  var seed: UInt64 = 0

  @Option(help: "The sweep's folder; without it one under Runs/ named by the time.")
  var out: String?

  @Flag(help: "Continue the sweep in --out.")
  var resume = false

  @OptionGroup var policyOptions: PolicyOptions

  @OptionGroup var traffic: TrafficOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Option(help: "The format of the curve on standard output.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, csv, json
  }

  private var levels: [Double] {
    strengths.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
  }

  private var names: [String] { factor.split(separator: "/").map(String.init) }

  func validate() throws {
    let parts = strengths.split(separator: ",", omittingEmptySubsequences: false)
    guard levels.count == parts.count, levels.allSatisfy({ (0...1).contains($0) }),
      Set(levels).count == levels.count, levels.count > 1
    else {
      throw ValidationError(
        "--strengths \(strengths): give two or more different numbers from 0 to 1, such as 0,0.5,1."
      )
    }
    guard names.count == 2 else {
      throw ValidationError(
        "--factor \(factor): write SUITE/FACTOR; bench list factors says which there are.")
    }
    if let episodes, episodes < 1 {
      throw ValidationError("--episodes \(episodes): give at least 1.")
    }
    guard !resume || out != nil else { throw ValidationError("--resume goes with --out.") }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let plans = try levels.sorted().map { strength in
        let plan = try EpisodePlan(
          sweeping: names[1], of: names[0], episodesPerTask: episodes, seed: seed,
          strength: strength, in: environment)
        return (strength, plan)
      }
      let entrants = try policyOptions.catalog(
        root, for: plans[0].1.setups(in: environment), recordedTo: traffic.recordTraffic
      )
      .entrants(policy)
      let facts = RunFacts.of(entrants, policyOptions)
      let runs = try plans.map { strength, plan in
        (
          strength,
          try EvaluationRun(
            of: entrants.map(\.contestant), on: plan, shard: .whole, in: environment,
            settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false))
        )
      }
      if entrants.contains(where: { $0.contestant.kind == .entry }) {
        try environment.startRenderer()
      }
      let path = try out ?? RunPlace.make(suites: ["sweep-\(names[0])-\(names[1])"], shard: .whole)
      for (strength, run) in runs {
        var description = run.description(facts: facts, notes: RunFacts.notes())
        description.policyFacts = RunFacts.policies(entrants)
        let folder = try RunFolder(
          at: SweepFolder.place(of: strength, in: path), describing: description,
          resuming: resume)
        if !quiet { note("strength \(strength)") }
        let progress = quiet ? nil : ProgressBar()
        let records = try run.records(in: folder, observer: progress)
        progress?.finish()
        try folder.write(Summary(of: records, in: folder.description))
      }
      try entrants.finishRecording()
      let curve = try RobustnessCurve(of: SweepFolder.runs(in: path), in: path)
      switch format {
      case .text: output(curve.text(width: Terminal.width))
      case .csv: output(curve.csv())
      case .json: output(try curve.json())
      }
      note("sweep folder: \(path)")
    }
  }
}
