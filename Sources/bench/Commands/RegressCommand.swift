import ArgumentParser
import Environments
import Evaluation
import Files
import Foundation
import Remote
import Statistics
import Torch

/// `bench regress`: the gate that asks whether a success rate has fallen.
struct RegressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regress", abstract: "Gate: has a success rate fallen against a baseline?",
    discussion: """
      bench regress --baseline Results/baseline.json --policy DIR      run just as much as the answer needs
      bench regress --baseline Results/baseline.json Runs/1            judge a run
      bench regress --baseline Results/baseline.json --update Runs/1   make it the baseline

      Every episode of the baseline must be answered, by one of the same content. A policy whose episodes \
      all end in the baseline's states passes. Otherwise it fails if it has fallen beyond chance (one-sided \
      mid-p McNemar test), passes if it has not fallen by the margin (98 % Tango bound), and nobody can \
      say between the two. With --policy it looks at 60, 120, … 360 pairs and stops when it can answer. \
      Exit codes: 0 pass, 1 fail, 3 inconclusive, 4 not comparable, 5 infrastructure.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(help: "A baseline file, or the folder of a run.")
  var baseline: String

  @Argument(help: ArgumentHelp("The folder of the run to judge.", valueName: "run"))
  var candidate: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A policy to run and judge, instead of a run; may be repeated.",
      discussion:
        "DIR=NAME says which policy of the baseline it is compared with; without it that of its own name, or "
        + "the baseline's only entry.",
      valueName: "id|dir[=name]"))
  var policy: [String] = []

  @Option(help: "With --policy: the run's folder; without it none is kept.")
  var out: String?

  @Flag(help: "With --out: continue what was begun there.")
  var resume = false

  @Flag(help: "With --out: keep the actions and states of every episode too.")
  var record = false

  @Flag(help: "With --policy: run the first look twice; a deterministic policy changes no outcome.")
  var calibrate = false

  @Option(help: "The drop that must be excluded to pass, as a rate.")
  var margin = 0.10

  @Option(
    help: ArgumentHelp("Judge only these policies of the baseline.", valueName: "id[,id…]"))
  var only: String?

  @Option(help: "Judge only the first so many episodes of each task.")
  var episodes: Int?

  @OptionGroup var report: GateReportOptions

  @OptionGroup var policyOptions: PolicyOptions

  @OptionGroup var traffic: TrafficOptions

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
    guard (candidate == nil) != policy.isEmpty else {
      throw ValidationError("give the folder of a run to judge, or --policy to run one.")
    }
    guard policy.isEmpty || (only == nil && episodes == nil) else {
      throw ValidationError("--only and --episodes go with a run, not with --policy.")
    }
    guard !policy.isEmpty || (out == nil && !resume && !calibrate) else {
      throw ValidationError("--out, --resume and --calibrate go with --policy.")
    }
    guard out != nil || !(resume || record) else {
      throw ValidationError("--resume and --record go with --out.")
    }
    guard candidate != nil || !update else {
      throw ValidationError("--update needs the folder of a whole run; make it with bench run.")
    }
    var isFolder: ObjCBool = false
    if update, FileManager.default.fileExists(atPath: baseline, isDirectory: &isFolder),
      isFolder.boolValue
    {
      throw ValidationError(
        "--update writes a file, and \(baseline) is a folder; name a file, such as \(baseline)/baseline.json."
      )
    }
    guard update || !force else { throw ValidationError("--force goes with --update.") }
    guard force || reason == nil else { throw ValidationError("--reason goes with --force.") }
  }

  private var gate: RegressionGate {
    RegressionGate(test: GroupSequentialTest(margin: margin))
  }

  func run() throws {
    guard let candidate else { return try runPolicies() }
    try reportingFailures {
      try RegressionGate.checkDistinct(baseline, candidate)
      let run = try RunFiles(at: candidate)
      if update { return try makeBaseline(of: run) }
      let scope = RegressionGate.Scope(
        policies: only.map { Set($0.split(separator: ",").map(String.init)) },
        episodesPerTask: episodes)
      try report.show(gate.report(on: run, against: try Baseline(at: baseline), scope: scope))
    }
  }

  private func makeBaseline(of run: RunFiles) throws {
    let (new, objection) = try Baseline.replace(
      at: baseline, with: run, judgedBy: gate, isForced: force, reason: reason)
    if let objection { note("accepted by force: \(objection)") }
    note("\(baseline) is now the baseline of \(new.episodeCount) episodes of \(run.path)")
  }

  // MARK: - Running

  /// A policy and the name in the baseline that stands behind its last `=`.
  ///
  /// A folder's name or an address may hold one of its own.
  static func parts(of text: String, in baseline: Baseline) -> (policy: String, name: String?) {
    guard let equals = text.lastIndex(of: "=") else { return (text, nil) }
    let name = String(text[text.index(after: equals)...])
    let isNamed = baseline.policies.contains { $0.name == name }
    if !isNamed, FileContents.exists(text) || RemoteAddress.matches(text) { return (text, nil) }
    return (String(text[..<equals]), name)
  }

  private func runPolicies() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let baseline = try Baseline(at: baseline)
      let environment = try TabletopEnvironment(root: root.url.path)
      let catalog = try policyOptions.catalog(
        root, for: environment.setups(of: baseline), recordedTo: traffic.recordTraffic)
      var entrants: [Entrant] = []
      var candidates: [GateRun<TabletopEnvironment>.Candidate] = []
      for text in policy {
        let (place, asked) = Self.parts(of: text, in: baseline)
        let entrant = try catalog.entrants([place])[0]
        let name = try baseline.name(answeredBy: entrant.contestant.name, as: asked)
        candidates.append(.init(entrant.contestant, for: name))
        entrants.append(entrant)
      }
      let run = try GateRun(
        of: candidates, against: baseline, judgedBy: gate, in: environment,
        settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false))
      let progress = ProgressBar()
      if calibrate {
        let calibration = try run.calibration(observer: progress)
        progress.finish()
        output(calibration.text(listing: report.list))
        if calibration.exitCode != 0 { throw ExitCode(calibration.exitCode) }
        return
      }
      var description = run.description(
        facts: RunFacts.of(entrants, policyOptions),
        notes: RunFacts.notes())
      description.policyFacts = RunFacts.policies(entrants)
      description.keepsRecordings = record
      let folder = try out.map {
        try RunFolder(at: $0, describing: description, resuming: resume)
      }
      let report = try run.report(describedBy: description, in: folder, observer: progress)
      try entrants.finishRecording()
      progress.finish()
      try self.report.show(report)
    }
  }
}
