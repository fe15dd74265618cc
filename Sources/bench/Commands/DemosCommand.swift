import ArgumentParser
import Datasets
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import RandomNumbers
import Recordings
import Torch

/// `bench demos`: trajectories as a dataset that other people's trainers read.
struct DemosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demos", abstract: "Write demonstrations as a LeRobot, RLDS or HDF5 dataset.",
    discussion: """
      The scripted expert acts unless --policy names another. Episodes follow from --seed as in a run, from seeds of \
      their own: no demonstration is an episode that a run with a seed below \(DemonstrationSeed.first) judges. \
      With --run they are what a policy did in a run that was recorded (bench --record), judged seeds and all: do not train \
      on them what that run's seed is to judge. RLDS needs nothing; the other formats need an interpreter with pyarrow, pillow and numpy (HDF5: h5py), and \
      ffmpeg for videos.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case lerobot
    case lerobotV21 = "lerobot-v2.1"
    case rlds, hdf5
  }

  enum Keep: String, ExpressibleByArgument, CaseIterable {
    case successes, all
  }

  @OptionGroup var rootOption: RootOption

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Take the episodes of this run, from its recordings.", valueName: "run"))
  var recordedRun: String?

  @Option(
    help:
      "The suite whose tasks are demonstrated; the others' are perturbed. Without it in-distribution."
  )
  var suite: String?

  @Option(parsing: .singleValue, help: "Only this task; may be repeated.")
  var task: [String] = []

  @Option(help: "Episodes per task; without it 50.")
  var episodes: Int?

  @Option(help: "The seed that everything random follows from; without it 0.")
  var seed: UInt32?

  @Option(help: "How strong the suite's perturbations are, 0 to 1; without it 1.")
  var strength: Double?

  @Option(
    help:
      "Who acts: a policy's name or a checkpoint's folder, without it expert; with --run, a policy of the run."
  )
  var policy: String?

  @OptionGroup var policyOptions: PolicyOptions

  @Option(help: "Which episodes the dataset holds.")
  var keep = Keep.successes

  @Option(help: "The layout of the files.")
  var format: Format

  @Option(help: "What the dataset calls itself; letters, digits and underscores.")
  var name = "trestle_tabletop"

  @Flag(help: "LeRobot: keep pictures as PNG in the tables instead of H.264 videos.")
  var images = false

  @Option(help: "The dataset's folder, a new one.")
  var out: String

  @Flag(help: "Continue the export in --out.")
  var resume = false

  func validate() throws {
    if let episodes, episodes < 1 {
      throw ValidationError("--episodes \(episodes): give at least 1.")
    }
    if let strength, !(0...1).contains(strength) {
      throw ValidationError("--strength \(strength): give a number from 0 to 1.")
    }
    guard
      recordedRun == nil
        || suite == nil && task.isEmpty && episodes == nil && seed == nil && strength == nil
    else {
      throw ValidationError("--run has its own suites, tasks, episodes, seed and strength.")
    }
    let letters = name.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
    }
    guard letters, let first = name.unicodeScalars.first, ("a"..."z").contains(first) else {
      throw ValidationError(
        "--name \(name): use lower-case letters, digits and underscores, a letter first.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      var facts = environment.facts
      let source =
        try recordedRun.map { try recordedSource($0, in: environment, facts: &facts) }
        ?? liveSource(in: environment, root: root, facts: &facts)
      let folder = URL(fileURLWithPath: out, isDirectory: true).standardizedFileURL
      let order = DatasetOrder(
        format: format.rawValue, description: try source.description(name: name),
        source: facts.merging([
          "keep": keep.rawValue, "pictures": images ? "png" : "video",
        ]) { $1 },
        parts: source.partCount)
      let export = try DatasetExport(of: order, in: folder, resuming: resume)
      let line = StatusLine()
      func write(_ writer: some DatasetWriter) throws -> (episodes: Int, frames: Int) {
        try export.run(
          with: writer,
          progress: { line.show("demos  \(Bar.text($0, of: order.parts)) \($0)/\(order.parts)") }
        ) { try source.episodes(ofPart: $0) }
      }
      let count =
        format == .rlds
        ? try write(RLDSWriter(in: folder, description: order.description))
        : try write(
          PythonDatasetWriter(
            format: format.rawValue, in: folder, description: order.description,
            video: !images && format != .hdf5, python: policyOptions.remote.python,
            script: root.path("Python/datasets/write.py")))
      line.finish("\(count.episodes) episodes, \(count.frames) frames: \(folder.path)")
    }
  }

  /// Somebody who acts now.
  private func liveSource(
    in environment: TabletopEnvironment, root: Root, facts: inout [String: String]
  ) throws -> DemonstrationSource {
    let suite = suite ?? "in-distribution"
    let tasks = try chosenTasks(of: suite, in: environment)
    let catalog = try policyOptions.catalog(
      root, for: environment.setups(of: tasks.map { (suite, $0) }))
    let (episodes, strength, name) = (episodes ?? 50, strength ?? 1, policy ?? "expert")
    let entrant = try catalog.entrants([name])[0]
    facts["weights"] = entrant.weightsHash.isEmpty ? nil : entrant.weightsHash
    facts.merge([
      "suite": suite, "tasks": tasks.joined(separator: ","), "episodesPerTask": "\(episodes)",
      "seed": "\(seed ?? 0)", "strength": "\(strength)", "policy": name,
    ]) { $1 }
    return DemonstrationSource(
      environment: environment, tasks: tasks.map { (suite, $0) },
      actor: .live(
        entrant.contestant, episodesPerTask: episodes, seed: DemonstrationSeed.seed(seed ?? 0),
        strength: strength), keepsFailures: keep == .all)
  }

  /// What a policy did in a run.
  private func recordedSource(
    _ path: String, in environment: TabletopEnvironment, facts: inout [String: String]
  ) throws -> DemonstrationSource {
    let run = try RunFiles(at: path)
    guard !run.records.isEmpty else { throw EvaluationError.noEpisodes(path) }
    let name = policy ?? run.policies[0]
    guard run.policies.contains(name) else {
      throw EvaluationError.unknownPolicy(name, run: path, known: run.policies)
    }
    let records = run.records.filter { $0.policy == name }
    var blocks: [[EpisodeRecord]] = []
    var tasks: [(suite: String, task: String)] = []
    for record in records {
      if blocks.last?.first?.block != record.block { blocks.append([]) }
      blocks[blocks.count - 1].append(record)
      let task = (suite: record.episode.suite, task: record.episode.task)
      if !tasks.contains(where: { $0 == task }) { tasks.append(task) }
    }
    var hash = StableHash()
    hash.combine(bytes: try EpisodeLines.encode(records))
    facts.merge([
      "run": URL(fileURLWithPath: path).standardizedFileURL.path, "policy": name,
      "episodes": hash.hexadecimal,
    ]) { $1 }
    return DemonstrationSource(
      environment: environment, tasks: tasks,
      actor: .recorded(RecordingFolder(ofRun: run.folder), blocks: blocks),
      keepsFailures: keep == .all)
  }

  private func chosenTasks(of suite: String, in environment: TabletopEnvironment) throws
    -> [String]
  {
    guard let found = environment.suites.first(where: { $0.name == suite }) else {
      throw EvaluationError.unknownSuite(suite, known: environment.suites.map(\.name))
    }
    if let unknown = task.first(where: { !found.tasks.contains($0) }) {
      throw ValidationError(
        "--task \(unknown): \(suite) has \(found.tasks.joined(separator: ", ")).")
    }
    return task.isEmpty ? found.tasks : found.tasks.filter(task.contains)
  }
}

/// Seeds of demonstrations, apart from those that people type for runs.
enum DemonstrationSeed {
  /// The least seed of a demonstration.
  static let first: UInt64 = 1 << 32

  static func seed(_ typed: UInt32) -> UInt64 { first + UInt64(typed) }
}
