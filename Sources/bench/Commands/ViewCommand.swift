import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import ImageFiles
import Recordings
import Torch
import Viewer

/// `bench view`: rollouts in a window.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Watch rollouts in a window.",
    discussion: """
      bench view --suite visual                     the shipped OpenVLA acts
      bench view --policy openvla --policy expert   two, in the same episodes
      bench view Runs/1                             a run, from its recordings
      bench view Runs/1 Runs/2                      two runs, and their flips

      The window says what its keys do. What is watched is what a run carries out: watching changes no result.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(
    help: ArgumentHelp(
      "Episodes to show by name, or one or two run folders; without them those of --suite.",
      valueName: "suite/task#index@seed|run"))
  var episodes: [String] = []

  @Option(help: "The suite whose episodes are shown.", completion: .custom(Completions.suites))
  var suite: String?

  @Option(
    help: "One task, as TASK or SUITE/TASK; without it all in turn.",
    completion: .custom(Completions.tasks))
  var task: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Who acts: a policy's name, a checkpoint's folder, or expert; two are shown beside each other.",
      discussion: "Without it openvla, or the first policy of a run."),
    completion: .custom(Completions.policies))
  var policy: [String] = []

  @Option(help: "The seed of the episodes.")
  var seed: UInt64 = 0

  @Option(help: "How strong the suite's perturbations are, 0 to 1.")
  var strength = 1.0

  @Option(help: "Control steps a second.")
  var rate = 5.0

  @Option(
    help: ArgumentHelp("Write the window as PNG after --after steps and quit.", valueName: "png"))
  var screenshot: String?

  @Option(help: "Control steps before the screenshot.")
  var after = 8

  @Option(
    help: ArgumentHelp(
      "Turn the camera for so many seconds, print the frames a second, and quit.",
      valueName: "seconds"))
  var measure: Double?

  @Option(help: "The window's width and height in pixels.")
  var size = WindowSize(width: 1280, height: 800)

  @OptionGroup var policyOptions: PolicyOptions

  func validate() throws {
    guard (0...1).contains(strength) else {
      throw ValidationError("--strength \(strength): give a number from 0 to 1.")
    }
    guard (0.01...1000).contains(rate) else {
      throw ValidationError("--rate \(rate): give steps a second from 0.01 to 1000.")
    }
    guard (0...100_000).contains(after) else {
      throw ValidationError("--after \(after): give a number of steps from 0 to 100000.")
    }
    if let measure, !(0.1...600).contains(measure) {
      throw ValidationError("--measure \(measure): give seconds from 0.1 to 600.")
    }
    guard policy.count <= 2 else {
      throw ValidationError("--policy: at most two are shown beside each other.")
    }
    if let suite, let named = task.flatMap(Self.suite), named != suite {
      throw ValidationError("--task \(task ?? ""): this task is not one of suite \(suite).")
    }
  }

  /// The suite in a task's name as `bench list tasks` prints it.
  private static func suite(of task: String) -> String? {
    task.lastIndex(of: "/").map { String(task[..<$0]) }
  }

  func run() throws {
    makeThreadsWaitPassively()
    keepFreedMemory()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path, contexts: 1)
      let show = try show(in: environment, root: root)
      defer { show.close() }
      DisplayErrors.handle { reason in
        note("bench: \(reason).")
        _exit(5)
      }
      let viewer = try Viewer(
        title: "Trestle", width: size.width, height: size.height, stepsPerSecond: rate,
        isVisible: screenshot == nil)
      if let screenshot {
        show.wait(forStep: after)
        let picture = try viewer.screenshot(of: show, step: after)
        try ImageFile.write(
          RGBImage(Image(picture)),
          to: URL(fileURLWithPath: screenshot))
      } else if let measure {
        let found = try viewer.framesPerSecond(of: show, seconds: measure)
        output(
          String(format: "%.1f frames/s at %d×%d", found.rate, found.width, found.height)
            + ", meanwhile \(show.tracks.map { max(0, $0.count - 1) }) steps of "
            + show.tracks.map(\.policy).joined(separator: ", "))
      } else {
        try viewer.run(show)
      }
    }
  }

  private func show(in environment: TabletopEnvironment, root: Root) throws -> EpisodeShow {
    let runs = try episodes.filter { FileContents.exists($0) }.map { try RunFiles(at: $0) }
    guard runs.isEmpty else { return try show(runs, root: root, in: environment) }

    let suite = self.suite ?? task.flatMap(Self.suite) ?? "in-distribution"
    guard let chosen = environment.suites.first(where: { $0.name == suite }) else {
      throw EvaluationError.unknownSuite(suite, known: environment.suites.map(\.name))
    }
    let names = try episodes.map { try EpisodeName($0) }
    let tasks = task.map { [String($0.split(separator: "/").last ?? "")] } ?? chosen.tasks
    let shown = names.isEmpty ? tasks.map { (suite, $0) } : names.map { ($0.suite, $0.task) }
    let entrants = try policyOptions.catalog(root, for: environment.setups(of: shown))
      .entrants(policy.isEmpty ? ["openvla"] : policy)
    let listing =
      names.isEmpty
      ? EpisodeListing(
        suite: suite, tasks: tasks, seed: seed, strength: strength, policies: entrants.count)
      : EpisodeListing(names, policies: entrants.count)
    let columns = entrants.map { entrant in
      EpisodeShow.Column(
        stage: EpisodeStage(
          entrant.contestant.name, contestant: entrant.contestant, environment: environment))
    }
    return try EpisodeShow(listing, on: columns, in: environment)
  }

  /// The episodes of a run, or of two.
  private func show(
    _ runs: [RunFiles], root: Root, in environment: TabletopEnvironment
  ) throws -> EpisodeShow {
    guard runs.count == episodes.count, runs.count <= 2 else {
      throw ValidationError("name one or two run folders, or episodes: not both.")
    }
    var shown: [(run: RunFiles, policy: String)] = []
    for run in runs {
      // Two policies of one run, or one of each of two.
      let names = policy.isEmpty ? Array(run.policies.prefix(1)) : policy
      for name in runs.count == 2 ? Array(names.prefix(1)) : names {
        guard run.policies.contains(name) else {
          throw EvaluationError.unknownPolicy(name, run: run.path, known: run.policies)
        }
        shown.append((run, name))
      }
    }
    let columns = try shown.map { run, name in
      let recordings = RecordingFolder(ofRun: run.folder)
      let own = run.records.filter { $0.policy == name }
      // What is recorded needs no weights.
      let contestant =
        own.allSatisfy(recordings.holds)
        ? Contestant(name: name, kind: .entry) {
          throw RecordingError.cannotRead(path: recordings.path, reason: "it is gone")
        } : try contestant(named: name, of: run, root: root, in: environment)
      let title =
        runs.count == 2 ? "\(name) in \(URL(fileURLWithPath: run.path).lastPathComponent)" : name
      return EpisodeShow.Column(
        stage: EpisodeStage(title, contestant: contestant, environment: environment),
        recordings: recordings)
    }
    return try EpisodeShow(EpisodeListing(shown), on: columns, in: environment)
  }

  /// A policy of a run, as the run was begun with it.
  private func contestant(
    named name: String, of run: RunFiles, root: Root, in environment: TabletopEnvironment
  ) throws -> Contestant {
    var options = policyOptions
    if let begun = run.description { options.take(from: begun) }
    let argument = run.description?.argument(of: name) ?? name
    return try options.catalog(root, for: environment.setups(of: run.records))
      .entrants([argument], called: [name])[0].contestant
  }
}

/// A window's size, written `1280x800`.
struct WindowSize: ExpressibleByArgument {
  var width: Int
  var height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy({ (200...8192).contains($0) }) else { return nil }
    self.init(width: parts[0], height: parts[1])
  }

  var defaultValueDescription: String { "\(width)x\(height)" }
}
