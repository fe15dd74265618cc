import EnvironmentInterface
import Torch

/// Goes backward through a batch in two halves, each on a thread of its own with single-threaded operations.
///
/// The layers are too small for two threads to share one of them: two halves side by side use two cores fully. Both
/// add to the same gradients, and since the sum of two numbers does not depend on their order, neither does
/// the result depend on which half is done first, nor on whether they run side by side.
struct HalfBatches {
  /// The parts of the mean loss over both halves.
  struct Losses: Sendable {
    var main = 0.0
    var patches = 0.0
    var gaze = 0.0
  }

  let learner: any Learner
  let precision: ProductPrecision

  /// Adds the gradients of the batch's mean loss to the parameters'.
  func goBackward(_ batch: [DemonstrationFrame], stage: Stage, step: Int) throws -> Losses {
    // Alternate frames, so that both halves have the stage's mixture. A GPU takes all at once: it waits for the processor
    // that starts its kernels, and half a batch has as many.
    let parts = Device.standard == .cpu ? 2 : 1
    let halves = (0..<parts).map { part in
      batch.indices.filter { $0 % parts == part }.map { batch[$0] }
    }.filter { !$0.isEmpty }
    let results = try sideBySide(halves.count) { half in
      try Self.goBackward(
        halves[half], learner, precision, stage: stage, number: 2 * step + half,
        share: 1 / Double(halves.count))
    }
    return results.reduce(into: Losses()) {
      $0.main += $1.main
      $0.patches += $1.patches
      $0.gaze += $1.gaze
    }
  }

  private static func goBackward(
    _ frames: [DemonstrationFrame], _ learner: any Learner, _ precision: ProductPrecision,
    stage: Stage, number: Int, share: Double
  ) throws -> Losses {
    let loss = try withProducts(in: precision) {
      try learner.loss(of: frames, stage: stage, number: number)
    }
    try (loss.total * share).backward()
    return Losses(
      main: try loss.main.item() * share, patches: (try loss.patches?.item() ?? 0) * share,
      gaze: (try loss.gaze?.item() ?? 0) * share)
  }
}
