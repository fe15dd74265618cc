import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import ImageFiles
import Policies
import Rendering
import Torch
import Viewer

/// `bench view`: rollouts in a window.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Watch rollouts in a window.",
    discussion: """
      space pauses, . or → steps, r restarts, n goes to the next episode, c resets the camera, q or esc quits; \
      drag to turn, scroll to come nearer.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(
    help: ArgumentHelp(
      "Episodes to show by name; without them those of --suite.", valueName: "suite/task#index@seed"
    ))
  var episodes: [String] = []

  @Option(help: "The suite whose episodes are shown.", completion: .custom(Completions.suites))
  var suite: String?

  @Option(
    help: "One task, as TASK or SUITE/TASK; without it all in turn.",
    completion: .custom(Completions.tasks))
  var task: String?

  @Option(
    help: "Who acts: a policy's name, a checkpoint's folder, or expert.",
    completion: .custom(Completions.policies))
  var policy = "openvla"

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
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path, contexts: 1)
      let suite = self.suite ?? task.flatMap(Self.suite) ?? "in-distribution"
      guard let chosen = environment.suites.first(where: { $0.name == suite }) else {
        throw EvaluationError.unknownSuite(suite, known: environment.suites.map(\.name))
      }
      let names = try episodes.map { try EpisodeName($0) }
      let tasks = task.map { [String($0.split(separator: "/").last ?? "")] } ?? chosen.tasks
      let entrant = try PolicyCatalog(
        root: root, loading: CheckpointLoading(device: .cpu), statisticsKey: nil
      )
      .entrants([policy])[0]
      let source = try RolloutSource(
        environment: environment, contestant: entrant.contestant,
        episodes: names.isEmpty
          ? EpisodeSequence(
            suite: suite, tasks: tasks, seed: seed, strength: strength, in: environment)
          : EpisodeSequence(names, in: environment))
      DisplayErrors.handle { reason in
        note("bench: \(reason).")
        _exit(5)
      }
      let viewer = try Viewer(title: "Trestle", isVisible: screenshot == nil)
      if let screenshot {
        for _ in 0..<after { try source.advance() }
        let picture = try viewer.screenshot(of: source)
        try ImageFile.write(
          RGBImage(Image(picture)),
          to: URL(fileURLWithPath: screenshot))
      } else {
        try viewer.run(source, stepsPerSecond: rate)
      }
    }
  }
}
