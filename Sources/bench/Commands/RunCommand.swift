import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Policies
import Torch

/// `bench run`: policies act in suites, a success-rate table comes out.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run suites and print the success-rate table (the default command).")

  @OptionGroup var rootOption: RootOption

  @Option(
    help: ArgumentHelp(
      "Suites, separated by commas, or all.",
      discussion: "bench list suites says which there are.", valueName: "id[,id…]|all"))
  var suite: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A policy's name or a checkpoint's folder; may be repeated.",
      discussion:
        "Without it: openvla, diffusion-policy, scratch, random (floor), expert (ceiling).",
      valueName: "id|dir"))
  var policy: [String] = []

  @Option(help: "Episodes per task; without it each suite's own number.")
  var episodes: Int?

  @Option(help: "The seed that everything random follows from.")
  var seed: UInt64 = 0

  @Option(help: "How strong the suites' perturbations are, 0 to 1.")
  var strength = 1.0

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

  @OptionGroup var weights: WeightOptions

  @OptionGroup var images: ImageOptions

  @Option(
    help: "The dataset whose statistics un-normalise actions, where a checkpoint has several.")
  var unnormKey: String?

  @Option(help: "The format of the table on standard output.")
  var format = TableFormat.text

  enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case text, md, csv, json
  }

  func validate() throws {
    guard (0...1).contains(strength) else {
      throw ValidationError("--strength \(strength): give a number from 0 to 1.")
    }
    if let episodes, episodes < 1 {
      throw ValidationError("--episodes \(episodes): give at least 1.")
    }
    guard (1...EpisodeBlock.size).contains(batch) else {
      throw ValidationError("--batch \(batch): give a number from 1 to \(EpisodeBlock.size).")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let shard = try self.shard.map { try Shard($0) } ?? .whole
      let names =
        suite == "all"
        ? environment.suites.map(\.name)
        : suite.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let plan = try EpisodePlan(
        suites: names, episodesPerTask: episodes, seed: seed, strength: strength, in: environment)
      let catalog = PolicyCatalog(
        root: root, loading: try weights.loading(images.preparation), statisticsKey: unnormKey)
      let entrants = try catalog.entrants(policy.isEmpty ? PolicyCatalog.defaults : policy)
      let run = try EvaluationRun(
        of: entrants.map(\.contestant), on: plan, shard: shard, in: environment,
        settings: RolloutSettings(batchLimit: batch, continuesAfterSuccess: false))

      var facts = RunFacts.common.merging(weights.facts) { $1 }.merging(images.facts) { $1 }
      for entrant in entrants where !entrant.weightsHash.isEmpty {
        facts["weights.\(entrant.contestant.name)"] = entrant.weightsHash
      }
      let path = try folderPath(suites: names)
      let folder = try RunFolder(
        at: path, describing: run.description(facts: facts, notes: RunFacts.notes()),
        resuming: resume, mixingMachines: mixMachines)
      let progress = ProgressBar()
      let records = try run.records(in: folder, observer: progress)
      progress.finish()

      let summary = Summary(of: records)
      try folder.write(summary)
      output(try summary.rendered(as: format))
      note("run folder: \(path)")
    }
  }

  private func folderPath(suites: [String]) throws -> String {
    if let out { return out }
    let runs = "Runs"
    let name = suites.count > 2 ? "\(suites.count)-suites" : suites.joined(separator: "+")
    if resume {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
      guard let latest = entries.filter({ $0.hasSuffix("-" + name) }).max() else {
        throw ValidationError(
          "--resume: there is no run of \(name) under \(runs)/; name it with --out.")
      }
      return "\(runs)/\(latest)"
    }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd'T'HH-mm-ss"
    return "\(runs)/\(formatter.string(from: Date()))-\(name)"
  }
}
