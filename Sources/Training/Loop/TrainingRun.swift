import EnvironmentInterface
import Files
import Foundation
import Policies
import Torch

/// Follows a recipe from its first step to the checkpoint, and picks up where an earlier process stopped.
///
/// Frames are numbered by step, so a resumed run sees the same images as one that never stopped.
public final class TrainingRun {
  private let recipe: Recipe
  private let source: any DemonstrationSource
  private let learner: any Learner
  private let optimizer: AdamW
  private let savings: TrainingSavings
  /// Held as long as the run is: nobody else trains in its folder.
  private let lock: WriterLock
  private let savingInterval: Int
  private let validationInterval: Int
  private let output: URL
  private let root: URL
  private let log: TrainingLog
  private var progress: TrainingSavings.State

  /// Counts successes of a policy in distribution.
  public typealias SuccessCount = (any Policy) throws -> (successes: Int, episodes: Int)

  /// Steps between two looks at frames that training never sees, where nothing else is said.
  public static let validationInterval = 100
  /// Steps between two savings of everything, where nothing else is said.
  public static let savingInterval = 200
  static let validationFrames = 64

  /// - Parameters:
  ///   - root: The package's folder; the recipe's paths are relative to it.
  ///   - folder: Where weights, optimizer and log are kept while training.
  ///   - resuming: Continue what the folder holds; else begin anew.
  ///   - discarding: Begin anew though the folder holds a training; without it that is an error.
  ///   - savingInterval: Steps between two savings of everything; it changes no result.
  ///   - validationInterval: Steps between two lines of the log; it changes no weights.
  public init(
    _ recipe: Recipe, source: any DemonstrationSource, root: URL, folder: URL, resuming: Bool,
    discarding: Bool = false, savingInterval: Int = TrainingRun.savingInterval,
    validationInterval: Int = TrainingRun.validationInterval
  ) throws {
    self.recipe = recipe
    self.source = source
    self.savingInterval = savingInterval
    self.validationInterval = validationInterval
    // Factors are rounded less than the recipe asks for.
    if recipe.precision == .bfloat16, Device.standard.isCUDA { allowTensorFloat32() }
    self.root = root
    savings = TrainingSavings(folder: folder)
    output = Recipe.folder(recipe.output, under: root)
    guard recipe.visited == nil || source.visitedCount > 0 else {
      throw RecipeError(
        path: recipe.output, reason: "its demonstrations have no visited states to draw")
    }
    for stage in recipe.stages where stage.misjudgements ?? 0 > 0 && !source.graspsThings {
      throw RecipeError(
        path: recipe.output,
        reason:
          "no thing of its tasks is grasped where it lies: remove 'misjudgements' from stage "
          + "'\(stage.name)'")
    }
    lock = try savings.lock()
    if resuming {
      progress = try savings.state(of: recipe)
    } else {
      try savings.begin(discarding: discarding)
      progress = TrainingSavings.State(
        step: 0, seconds: 0, images: 0, recipe: recipe,
        device: Device.standard.nameUnlessCPU)
    }
    log = TrainingLog(url: folder.appendingPathComponent(TrainingLogEntry.fileName))
    learner = try makeLearner(recipe, source: source, root: root)
    optimizer = try AdamW(
      learner.module, weightDecay: recipe.optimizer.weightDecay, beta1: recipe.optimizer.beta1,
      beta2: recipe.optimizer.beta2)
    if resuming {
      try savings.read(progress, into: learner, optimizer)
      try log.truncate(after: progress.step)
    }
  }

  /// Trains to the end and writes the checkpoint.
  ///
  /// - Parameters:
  ///   - successInterval: Steps between two rollouts; 0 makes none but after the last step.
  ///   - countSuccesses: Rolls the policy out in distribution.
  ///   - report: Is told every log entry and, in between, how far the run is; what it throws stops the run.
  /// - Throws: `TrainingGateMissed` after a stage that has not learned what its gates ask for; it is saved, and resuming
  ///   goes on with the next stage. A control without words is not stopped.
  public func run(
    successInterval: Int, countSuccesses: SuccessCount?,
    report: (TrainingReport) throws -> Void
  ) throws {
    var start = 0
    for (number, stage) in recipe.stages.enumerated() {
      let end = start + stage.steps
      if progress.step < end {
        try run(
          stage, number: number, from: start, to: end, successInterval: successInterval,
          countSuccesses: countSuccesses, report: report)
      }
      start = end
    }
    try learner.writeCheckpoint(to: output)
    let logCopy = output.appendingPathComponent(TrainingLogEntry.fileName)
    try? FileManager.default.removeItem(at: logCopy)
    try FileManager.default.copyItem(at: log.url, to: logCopy)
    try writeFacts()
  }

  /// Writes what the checkpoint was trained on beside it: tables say it of their rows.
  private func writeFacts() throws {
    let facts = try recipe.facts(images: progress.images, seconds: progress.seconds, root: root)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(
      encoder.encode(facts),
      to: output.appendingPathComponent(PolicyCheckpoint.trainingFactsName))
  }

  private func run(
    _ stage: Stage, number: Int, from start: Int, to end: Int, successInterval: Int,
    countSuccesses: SuccessCount?, report: (TrainingReport) throws -> Void
  ) throws {
    let schedule = WarmupCosine(
      peak: stage.learningRate, warmupSteps: stage.warmupSteps,
      totalSteps: stage.scheduleSteps ?? stage.steps,
      floor: stage.learningRate * stage.finalLearningRateFraction)
    let mixture = StageMixture(
      stage, number: number, recipe: recipe, source: source, patchGrid: learner.patchGrid,
      chunkLength: chunkLength)
    let held = try mixture.heldOutFrames(count: Self.validationFrames)
    // Two cores are busy with one batch; more of them would wait while it is drawn.
    let workers = ProcessInfo.processInfo.activeProcessorCount > 4 ? 3 : 1
    let frames = Prefetcher(
      numbers: progress.step - start..<stage.steps, depth: 2 + workers, workers: workers
    ) { step in
      try mixture.frames(ofStep: step)
    }
    defer { frames.cancel() }

    let halves = HalfBatches(learner: learner, precision: recipe.precision)
    var sums = (loss: 0.0, patches: 0.0, gaze: 0.0, count: 0)
    var misses: [String] = []
    while progress.step < end {
      let began = Date()
      let step = progress.step - start
      let batch = try frames.next()
      let rate = schedule.rate(at: step)
      let losses = try halves.goBackward(batch, stage: stage, step: progress.step)
      let norm = try clipGradientNorm(
        optimizer.parameters.map(\.tensor), maximum: recipe.optimizer.clipNorm)
      let value = losses.main
      guard value.isFinite, norm.isFinite else {
        throw RecipeError(
          path: recipe.output,
          reason:
            "the loss became \(value) at step \(progress.step); lower learning_rate, or resume "
            + "from the last saving with --resume")
      }
      try optimizer.step(learningRate: rate)
      optimizer.clearGradients()
      sums.loss += value
      sums.patches += losses.patches
      sums.gaze += losses.gaze
      sums.count += 1
      progress.step += 1
      progress.images += batch.count
      progress.seconds += Date().timeIntervalSince(began)

      let isLast = progress.step == end
      if isLast || progress.step % validationInterval == 0 {
        var entry = TrainingLogEntry(
          step: progress.step, stage: stage.name, loss: sums.loss / Double(sums.count),
          learningRate: rate, images: progress.images, seconds: progress.seconds)
        if stage.patchWeight > 0 { entry.patchLoss = sums.patches / Double(sums.count) }
        if stage.gazeWeight > 0 { entry.gazeLoss = sums.gaze / Double(sums.count) }
        try withoutGradient { try learner.validate(held, stage: stage, into: &entry) }
        if let countSuccesses, stage.robotImages > 0,
          progress.step == recipe.totalSteps
            || successInterval > 0 && progress.step % successInterval == 0
        {
          let counted = try countSuccesses(learner.makePolicy())
          entry.successes = counted.successes
          entry.episodes = counted.episodes
        }
        try log.append(entry)
        try report(.entry(entry))
        sums = (0, 0, 0, 0)
        if isLast { misses = (stage.gates ?? []).compactMap { $0.miss(in: entry) } }
      } else {
        try report(
          .step(
            progress.step, of: recipe.totalSteps, loss: value, images: progress.images,
            seconds: progress.seconds))
      }
      if isLast || progress.step % savingInterval == 0 {
        try savings.write(progress, of: learner, optimizer)
      }
    }
    guard !misses.isEmpty else { return }
    let missed = TrainingGateMissed(stage: stage.name, misses: misses)
    // A control without words need not learn what its recipe asks of a policy that hears them.
    guard recipe.instructionUse == .none else { throw missed }
    try report(.missedGate(missed))
  }

  private var chunkLength: Int { recipe.model?.chunkLength ?? 1 }
}

/// How far a training run is.
public enum TrainingReport: Sendable {
  case step(Int, of: Int, loss: Double, images: Int, seconds: Double)
  case entry(TrainingLogEntry)
  /// Of a control without words, which goes on.
  case missedGate(TrainingGateMissed)
}
