import ArgumentParser
import Datasets
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Policies
import Torch

/// `bench demos`: trajectories as a dataset that other people's trainers read.
struct DemosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demos", abstract: "Write demonstrations as a LeRobot, RLDS or HDF5 dataset.",
    discussion: """
      The scripted expert acts unless --policy names another. Episodes follow from --seed as in a run, from seeds of \
      their own: no demonstration is an episode that a run with a seed below \(DemonstrationSeed.first) judges. \
      RLDS needs nothing; the other formats need an interpreter with pyarrow, pillow and numpy (HDF5: h5py), and \
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

  @Option(help: "The suite whose tasks are demonstrated; the others' are perturbed.")
  var suite = "in-distribution"

  @Option(parsing: .singleValue, help: "Only this task; may be repeated.")
  var task: [String] = []

  @Option(help: "Episodes per task.")
  var episodes = 50

  @Option(help: "The seed that everything random follows from.")
  var seed: UInt32 = 0

  @Option(help: "How strong the suite's perturbations are, 0 to 1.")
  var strength = 1.0

  @Option(help: "Who acts: a policy's name or a checkpoint's folder.")
  var policy = "expert"

  @OptionGroup var weights: WeightOptions

  @OptionGroup var imageOptions: ImageOptions

  @Option(help: "Which episodes the dataset holds.")
  var keep = Keep.successes

  @Option(help: "The layout of the files.")
  var format: Format

  @Option(help: "What the dataset calls itself; letters, digits and underscores.")
  var name = "trestle_tabletop"

  @Flag(help: "LeRobot: keep pictures as PNG in the tables instead of H.264 videos.")
  var images = false

  @Option(help: "The interpreter that writes LeRobot and HDF5 files.")
  var python = "python3"

  @Option(help: "The dataset's folder, a new one.")
  var out: String

  @Flag(help: "Continue the export in --out.")
  var resume = false

  func validate() throws {
    guard episodes > 0 else { throw ValidationError("--episodes \(episodes): give at least 1.") }
    guard (0...1).contains(strength) else {
      throw ValidationError("--strength \(strength): give a number from 0 to 1.")
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
      let tasks = try chosenTasks(in: environment)
      let catalog = PolicyCatalog(
        root: root, loading: try weights.loading(imageOptions.preparation), statisticsKey: nil)
      guard let entrant = try catalog.entrants([policy]).first else { return }
      let source = DemonstrationSource(
        environment: environment, suite: suite, tasks: tasks, episodesPerTask: episodes,
        seed: DemonstrationSeed.seed(seed), strength: strength, contestant: entrant.contestant,
        keepsFailures: keep == .all)
      let folder = URL(fileURLWithPath: out, isDirectory: true).standardizedFileURL
      var facts = environment.facts
      facts["weights"] = entrant.weightsHash.isEmpty ? nil : entrant.weightsHash
      let order = DatasetOrder(
        format: format.rawValue, description: try source.description(name: name),
        source: facts.merging([
          "suite": suite, "tasks": tasks.joined(separator: ","), "episodesPerTask": "\(episodes)",
          "seed": "\(seed)", "strength": "\(strength)", "policy": policy, "keep": keep.rawValue,
          "pictures": images ? "png" : "video",
        ]) { $1 },
        parts: source.partCount)
      let export = try DatasetExport(of: order, in: folder, resuming: resume)
      let line = StatusLine()
      func write(_ writer: some DatasetWriter) throws -> (episodes: Int, frames: Int) {
        try export.run(
          with: writer,
          progress: { line.show("\(suite)  \(Bar.text($0, of: order.parts)) \($0)/\(order.parts)") }
        ) { try source.episodes(ofPart: $0) }
      }
      let count =
        format == .rlds
        ? try write(RLDSWriter(in: folder, description: order.description))
        : try write(
          PythonDatasetWriter(
            format: format.rawValue, in: folder, description: order.description,
            video: !images && format != .hdf5, python: python,
            script: root.path("Python/datasets/write.py")))
      line.finish("\(count.episodes) episodes, \(count.frames) frames: \(folder.path)")
    }
  }

  private func chosenTasks(in environment: TabletopEnvironment) throws -> [String] {
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
