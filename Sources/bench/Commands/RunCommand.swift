import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Policies
import Torch
import Videos

/// `bench run`: policies act in suites, a success-rate table comes out.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run suites and print the success-rate table (the default command).")

  @OptionGroup var rootOption: RootOption

  @Option(
    help: ArgumentHelp(
      "Suites, separated by commas, or all.",
      discussion: "bench list suites says which there are. With --resume the run itself knows.",
      valueName: "id[,id…]|all"),
    completion: .custom(Completions.suites))
  var suite: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A policy's name, a checkpoint's folder, a Python policy, a server or its recorded traffic; may be repeated.",
      discussion:
        "Without it: openvla-grounded, openvla, openvla-oft, diffusion-policy, scratch, random (floor), expert "
        + "(ceiling). More that ship: bench list policies.",
      valueName: "id|dir|file.py:name|url|file.traffic"), completion: .custom(Completions.policies))
  var policy: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "What a policy is called in the table: one for each --policy, in their order."))
  var name: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Add controls: each policy blinded in one way at a time, and one that does not move.",
      discussion: "--policy NAME+WAY adds a single one. "
        + Blindness.allCases.map { "\($0.rawValue): \($0.note)" }.joined(separator: "; ") + "."))
  var controls = false

  @Option(parsing: .singleValue, help: "Only this task of the suites; may be repeated.")
  var task: [String] = []

  @Option(help: "Episodes per task; without it each suite's own number.")
  var episodes: Int?

  @Option(help: "The seed that everything random follows from; without it 0.")
  var seed: UInt64?

  @Option(help: "How strong the suites' perturbations are, 0 to 1; without it 1.")
  var strength: Double?

  @Option(help: ArgumentHelp("Run only part I of N.", valueName: "i/n"))
  var shard: String?

  @Option(help: "The run's folder; without it one under Runs/ named by the time.")
  var out: String?

  @Flag(help: "Continue the run in --out, or the latest one under Runs/.")
  var resume = false

  @Flag(help: "With --resume: go on though another machine computed what is there.")
  var mixMachines = false

  @Option(help: "Observations per call of a policy, 1 to 32: changes speed, never a result.")
  var batch = EpisodeBlock.size

  @OptionGroup var policyOptions: PolicyOptions

  @OptionGroup var traffic: TrafficOptions

  @Flag(help: "Keep the actions and states of every episode, from which pictures are drawn again.")
  var record = false

  @Option(
    help: ArgumentHelp(
      "Write these episodes as videos after the table; keeps recordings.",
      discussion: "flips are episodes that end otherwise than their clean twins."))
  var video = FilmChoice.none

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Flag(help: "Say what would be run and about how long it would take, and write nothing.")
  var dryRun = false

  @Option(help: "The format of the table on standard output.")
  var format = TableFormat.text

  enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case text, md, csv, json, junit
  }

  func validate() throws {
    try validateNames()
    if let strength, !(0...1).contains(strength) {
      throw ValidationError("--strength \(strength): give a number from 0 to 1.")
    }
    if let episodes, episodes < 1 {
      throw ValidationError("--episodes \(episodes): give at least 1.")
    }
    guard name.isEmpty || name.count == max(policy.count, 1) else {
      throw ValidationError("--name: give one for each of the \(policy.count) --policy options.")
    }
    guard (1...EpisodeBlock.size).contains(batch) else {
      throw ValidationError("--batch \(batch): give a number from 1 to \(EpisodeBlock.size).")
    }
  }

  private func validateNames() throws {
    guard resume || suite != nil else {
      throw ValidationError(
        "name what is to be run with --suite ID (bench list suites says which there are), or continue a run with "
          + "--resume.")
    }
    if let suite, Self.names(suite).contains("") {
      throw ValidationError("--suite '\(suite)': a name is empty; give suites with commas between.")
    }
    if policyNames.contains("") {
      throw ValidationError("--policy: a name is empty; give a policy's name or a folder.")
    }
    if let out, out.isEmpty { throw ValidationError("--out: the name is empty; give a folder.") }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      var command = self
      try command.takeUpRun()
      try command.evaluate(root)
    }
  }

  private func evaluate(_ root: Root) throws {
    // Told before hours of rollouts.
    let ffmpeg = video == .none || dryRun ? nil : try FFmpeg()
    let environment = try TabletopEnvironment(root: root.url.path)
    let shard = try self.shard.map { try Shard($0) } ?? .whole
    let suites = Self.names(suite ?? "")
    let names =
      suites == ["all"]
      ? environment.suiteDefinitions.filter(\.isInAll).map(\.name) : suites
    let plan = try EpisodePlan(
      suites: names, episodesPerTask: episodes, seed: seed ?? 0, strength: strength ?? 1,
      tasks: task, in: environment)
    let catalog = try policyOptions.catalog(
      root, for: plan.setups(in: environment), recordedTo: traffic.recordTraffic,
      otherInstruction: plan.otherInstructions(in: environment))
    let named = policy.isEmpty ? PolicyCatalog.defaults : policyNames
    let (policies, titles) =
      controls ? PolicyCatalog.withControls(named, called: name) : (named, name)
    let entrants = try catalog.entrants(policies, called: titles)
    // Told before there is a folder that only this machine, as it is now, could go on with.
    if entrants.contains(where: { $0.contestant.kind == .entry }) {
      try environment.startRenderer()
    }
    let settings = RolloutSettings(batchLimit: batch, continuesAfterSuccess: false)
    let run = try EvaluationRun(
      of: entrants.map(\.contestant), on: plan, shard: shard, in: environment,
      settings: settings)
    if dryRun {
      return output(
        try Self.forecast(
          of: entrants.map(\.contestant), on: plan, shard: shard, in: environment,
          settings: settings))
    }

    let facts = RunFacts.of(entrants, policyOptions)
    let rows = zip(entrants, policies).map { (row: $0.contestant.name, argument: $1) }
    let notes = RunFacts.notes().merging(Self.notes(on: rows)) { $1 }
      .merging(["seed_use": SeedUse(of: plan.seed).rawValue]) { $1 }
    let path = try out ?? RunPlace.make(suites: names, shard: shard)
    var description = run.description(facts: facts, notes: notes)
    description.policyFacts = RunFacts.policies(entrants)
    noteKeepsakes(in: &description)
    let folder = try RunFolder(
      at: path, describing: description, resuming: resume, mixingMachines: mixMachines)
    let progress = quiet ? nil : ProgressBar()
    let records = try run.records(in: folder, observer: progress)
    progress?.finish()

    let summary = Summary(of: records, in: folder.description)
    try folder.write(summary)
    output(try summary.table.rendered(as: format))
    note("run folder: \(path)")
    if let ffmpeg {
      let film = Film(in: environment, with: ffmpeg)
      _ = try RunFilms(ofRun: path, with: film).write(video.records(among: records))
    }
    try entrants.finishRecording()
    try checkSomeoneActed(in: records)
  }

  /// Ends with exit code 2 where every episode of a policy is an error: its row says nothing about the policy.
  private func checkSomeoneActed(in records: [EpisodeRecord]) throws {
    let silent = Dictionary(grouping: records, by: \.policy).filter {
      $0.value.allSatisfy { $0.error != nil }
    }
    for (policy, records) in silent.sorted(by: { $0.key < $1.key }) {
      note(
        "bench: \(policy): every episode ended in an error, the first of \(records.count) with: "
          + (records.first?.error?.message ?? "no reason given"))
    }
    if !silent.isEmpty { throw ExitCode(2) }
  }
}
