import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Torch
import Training

/// `bench train`: a policy's weights from a recipe.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a policy from a recipe.",
    discussion: """
      Weights, optimizer and log are kept under .training/ every few minutes; --resume goes on from there. The \
      finished checkpoint goes where the recipe says.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(help: "The recipe's file, such as Recipes/openvla.yaml.")
  var recipe: String

  @Flag(help: "Say how long the recipe takes here, by a few steps of each stage; train nothing.")
  var plan = false

  @Flag(help: "Continue the recipe's last training.")
  var resume = false

  @Flag(help: "Begin anew though an earlier training of the recipe is there, and discard it.")
  var restart = false

  @Option(
    help: ArgumentHelp(
      "Train under another seed than the recipe's; the checkpoint gets its name with -seedN behind it.",
      discussion: "Tables show how far trainings of one recipe are apart.", valueName: "n"))
  var seed: UInt64?

  @Flag(
    help: ArgumentHelp(
      "Train a policy that never hears its instructions, as a control; its checkpoint gets -blind behind its name."
    ))
  var blind = false

  @Option(
    help: ArgumentHelp(
      "Where it learns: cpu, cuda or cuda:N.",
      discussion: "A GPU takes whole batches and rounds otherwise: its weights are not the CPU's."))
  var device = "cpu"

  @Option(help: "With 1 the halves of a batch follow each other; without it they run side by side.")
  var threads: Int?

  @Option(
    help: "Steps between two rollouts in distribution for the log; 0 makes one at the end only.")
  var successInterval = 0

  @Option(help: "Steps between two savings, from which --resume goes on: changes no result.")
  var savingInterval = TrainingRun.savingInterval

  @Option(help: "Steps between two lines of the log: changes no weights.")
  var validationInterval = TrainingRun.validationInterval

  @Option(help: "Episodes of such a rollout per task.")
  var successEpisodes = 10

  func validate() throws {
    guard [resume, restart, plan].count(where: \.self) <= 1 else {
      throw ValidationError("give one of --resume, --restart and --plan.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): give a number from 1 to 1024.")
    }
    guard successInterval >= 0 else {
      throw ValidationError("--success-interval \(successInterval): give 0 or more steps.")
    }
    guard savingInterval >= 1 else {
      throw ValidationError("--saving-interval \(savingInterval): give at least 1 step.")
    }
    guard validationInterval >= 1 else {
      throw ValidationError("--validation-interval \(validationInterval): give at least 1 step.")
    }
    guard Device(device) != nil else {
      throw ValidationError("--device \(device): give cpu, cuda or cuda:N.")
    }
    guard successEpisodes >= 1 else {
      throw ValidationError("--success-episodes \(successEpisodes): give at least 1.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      if let threads { setThreadCount(threads) }
      if let chosen = Device(device), chosen != .cpu {
        guard isCUDAAvailable else { throw UnavailableDevice(name: device) }
        try setStandardDevice(chosen)
      }
      let environment = try TabletopEnvironment(root: root.url.path)
      let (recipe, name) = try chosenRecipe(knowing: environment.tasks)
      let visited = try recipe.visited.map {
        try VisitedFile.read(Recipe.folder($0, under: root.url).path, in: environment)
      }
      let source =
        try recipe.tasks.map { try TabletopDemonstrations(environment: environment, tasks: $0) }
        ?? TabletopDemonstrations(
          environment: environment, visited: visited ?? VisitedStates([]))
      if plan {
        return output(
          Self.text(of: try TrainingPlan(of: recipe, source: source, root: root.url)))
      }
      let training = try TrainingRun(
        recipe, source: source, root: root.url, folder: root.path(".training/\(name)"),
        resuming: resume,
        discarding: restart, savingInterval: savingInterval,
        validationInterval: validationInterval)
      let line = StatusLine()
      var pace = TrainingPace(recipe)
      try training.run(
        successInterval: successInterval,
        countSuccesses: { policy in try count(policy, at: recipe.tasks, in: environment) }
      ) { report in
        switch report {
        case .step(let step, let total, let loss, let images, let seconds):
          let (rate, left) = pace.measured(step: step, images: images, seconds: seconds)
          line.show(
            String(
              format: "%@ %d/%d  loss %.3f  %.1f images/s  %@ left", Bar.text(step, of: total),
              step,
              total, loss, rate, Bar.duration(left)))
        case .entry(let entry):
          line.finish(entry.line)
        case .missedGate(let missed):
          line.finish("\(missed.finding). It is a control without words, and goes on.")
        }
      }
      note("checkpoint: \(recipe.output); `bench report \(recipe.output)` draws how it learned")
    }
  }

  /// The recipe as it is asked for, and the name under which its training is kept.
  private func chosenRecipe(knowing tasks: [SuiteTask]) throws -> (Recipe, name: String) {
    let url = URL(fileURLWithPath: recipe)
    var chosen = try Recipe(contentsOf: url, knowing: tasks)
    var name = url.deletingPathExtension().lastPathComponent
    if blind, chosen != chosen.withoutWords {
      guard chosen.adaptation == nil else {
        throw ValidationError(
          "--blind: a recipe with 'adaptation' keeps the prompts of its checkpoint.")
      }
      chosen = chosen.withoutWords
      name += Recipe.blindSuffix
    }
    if let seed, seed != chosen.seed {
      chosen = chosen.withSeed(seed)
      name += Recipe.suffix(ofSeed: seed)
    }
    return (chosen, name)
  }

  private static func text(of plan: TrainingPlan) -> String {
    let width = plan.stages.map(\.name.count).max() ?? 0
    let lines = plan.stages.map { stage in
      stage.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
        + String(
          format: "%d steps of %d images, %.2f s each: %@", stage.steps, stage.images,
          stage.stepSeconds, Bar.duration(stage.seconds))
    }
    return (lines + ["in all about \(Bar.duration(plan.seconds)) on this machine as busy as it is"])
      .joined(separator: "\n")
  }

  /// Successes in what is demonstrated, on a seed of validation, which no table uses.
  ///
  /// - Parameter tasks: unperturbed; nil is the in-distribution suite.
  private func count(
    _ policy: any Policy, at tasks: [SuiteTask]?, in environment: TabletopEnvironment
  ) throws -> (successes: Int, episodes: Int) {
    let bySuite = tasks.map { Dictionary(grouping: $0, by: \.suite) } ?? ["in-distribution": []]
    let records = try bySuite.sorted { $0.key < $1.key }.flatMap { suite, tasks in
      let plan = try EpisodePlan(
        suites: [suite], episodesPerTask: successEpisodes,
        seed: SeedUse.validation.seeds.lowerBound, strength: 0, tasks: tasks.map(\.task),
        in: environment)
      let run = try EvaluationRun(
        of: [Contestant(name: policy.name, kind: .entry) { policy }], on: plan, shard: .whole,
        in: environment,
        settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false))
      // A clean twin of what is unperturbed is the same once more.
      return try run.records(in: nil).filter { !$0.episode.isCleanTwin }
    }
    return (records.count(where: \.isSuccess), records.count)
  }
}
