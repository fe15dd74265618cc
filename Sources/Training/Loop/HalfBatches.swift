import Dispatch
import EnvironmentInterface
import Synchronization
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
  /// Whether the halves run at once.
  let isConcurrent: Bool

  /// Adds the gradients of the batch's mean loss to the parameters'.
  func goBackward(_ batch: [DemonstrationFrame], stage: Stage, step: Int) throws -> Losses {
    // Alternate frames, so that both halves have the stage's mixture.
    let halves = (0..<2).map { half in
      batch.indices.filter { $0 % 2 == half }.map { batch[$0] }
    }.filter { !$0.isEmpty }
    let results = Mutex([Result<Losses, any Error>?](repeating: nil, count: halves.count))
    // The learner guards what its halves share; a network's parameters are only read.
    nonisolated(unsafe) let learner = learner
    let precision = precision
    @Sendable func run(_ half: Int) {
      let result = Result {
        try Self.goBackward(
          halves[half], learner, precision, stage: stage, number: 2 * step + half,
          share: 1 / Double(halves.count))
      }
      results.withLock { $0[half] = result }
    }
    if isConcurrent {
      DispatchQueue.concurrentPerform(iterations: halves.count) { half in
        let earlier = threadCount
        setThreadCount(1)
        defer { setThreadCount(earlier) }
        run(half)
      }
    } else {
      halves.indices.forEach(run)
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }.reduce(into: Losses()) {
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
