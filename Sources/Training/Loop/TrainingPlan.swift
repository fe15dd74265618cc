import EnvironmentInterface
import Foundation

/// How long a recipe takes on this machine, before it is begun: a few steps of every stage, timed.
///
/// The steps are those of the recipe in everything but their number; what they teach is thrown away.
public struct TrainingPlan: Sendable {
  public struct StagePlan: Hashable, Sendable {
    public var name: String
    public var steps: Int
    /// Images of a step.
    public var images: Int
    /// Of one step, and of one look at frames that training never sees [s].
    public var stepSeconds: Double
    public var validationSeconds: Double

    /// Of the whole stage [s].
    public var seconds: Double {
      let validations =
        (steps + TrainingRun.validationInterval - 1) / TrainingRun.validationInterval
      return Double(steps) * stepSeconds + Double(validations) * validationSeconds
    }
  }

  public let stages: [StagePlan]
  /// Before the first step: the tokenizer, the network [s].
  public let preparationSeconds: Double

  /// Of the whole recipe [s]; rollouts and savings are not counted.
  public var seconds: Double { stages.reduce(preparationSeconds) { $0 + $1.seconds } }

  /// - Parameters:
  ///   - root: the package's folder; the recipe's paths are relative to it.
  ///   - sample: so many steps of a stage are timed, after one that is not.
  /// - Throws: whatever the training would.
  public init(
    of recipe: Recipe, source: any DemonstrationSource, root: URL, sample: Int = 3
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("training-plan-\(UInt64.random(in: 0...(.max)))")
    defer { try? FileManager.default.removeItem(at: folder) }
    var trial = recipe
    trial.output = folder.appendingPathComponent("checkpoint").path
    for index in trial.stages.indices {
      // The schedule stays the stage's own.
      trial.stages[index].scheduleSteps =
        trial.stages[index].scheduleSteps ?? trial.stages[index].steps
      trial.stages[index].steps = min(trial.stages[index].steps, sample + 1)
      trial.stages[index].gates = nil
    }

    let began = Date()
    let run = try TrainingRun(
      trial, source: source, root: root, folder: folder.appendingPathComponent("state"),
      resuming: false, savingInterval: .max)
    preparationSeconds = Date().timeIntervalSince(began)

    // Seconds in steps so far, after each step, and when each was told of.
    var told: [(seconds: Double, at: Date)] = [(0, Date())]
    try run.run(successInterval: 0, countSuccesses: nil) { report in
      switch report {
      case .step(_, _, _, _, let seconds): told.append((seconds, Date()))
      case .entry(let entry): told.append((entry.seconds, Date()))
      case .missedGate: break
      }
    }
    var stages: [StagePlan] = []
    var first = 1
    for (stage, shortened) in zip(recipe.stages, trial.stages) {
      let last = first + shortened.steps - 1
      // The first step makes memory and caches; where there is no other it must do.
      let start = shortened.steps > 1 ? first : first - 1
      let step = (told[last].seconds - told[start].seconds) / Double(max(1, last - start))
      let ownTime = told[last].seconds - told[last - 1].seconds
      let whole = told[last].at.timeIntervalSince(told[last - 1].at)
      stages.append(
        StagePlan(
          name: stage.name, steps: stage.steps, images: stage.robotImages + stage.visionImages,
          stepSeconds: step, validationSeconds: max(0, whole - ownTime)))
      first = last + 1
    }
    self.stages = stages
  }
}
