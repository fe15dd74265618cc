import EnvironmentInterface
import Foundation
import Geometry

/// Checks of the answers themselves.
extension Doctor {
  func answering(_ answers: Answers) -> Finding {
    let count = answers.count { $0 != nil }
    return count == answers.count
      ? Finding("answers", .fine, "\(count) of \(answers.count) observations are answered")
      : Finding(
        "answers", .wrong, "\(count) of \(answers.count) observations are answered",
        mend: "run one episode and read its error in episodes.jsonl")
  }

  func sameTwice(_ first: Answers, _ second: Answers) -> Finding {
    let differing = zip(first, second).count { $0 != $1 }
    return differing == 0
      ? Finding("determinism", .fine, "the same observation gets the same answer twice")
      : Finding(
        "determinism", .wrong, "\(differing) of \(first.count) answers differ when asked again",
        mend: "draw from the seed that comes with the observation, or turn sampling off")
  }

  func sameInBatch(_ alone: Answers, _ together: Answers) -> Finding {
    let largest =
      zip(alone, together).flatMap { alone, together -> [Double] in
        guard let a = alone?.actions.first, let b = together?.actions.first else { return [] }
        return zip(a.values, b.values).map { abs($0 - $1) }
      }.max() ?? 0
    return largest < Self.batchTolerance
      ? Finding(
        "batches", .fine, "together or alone, answers differ by \(text(largest)) at most")
      : Finding(
        "batches", .wrong,
        "an answer differs by \(text(largest)) from that to the same observation in a batch",
        mend: "keep what is remembered apart by slot, or have reset() and no act_batch")
  }

  /// Kernels for other batch sizes round otherwise.
  static let batchTolerance = 1e-3

  func chunkLength(_ answers: Answers) -> Finding {
    let lengths = Set(answers.compactMap { $0?.actions.count }).sorted()
    let text = lengths.map(String.init).joined(separator: ", ")
    return lengths.count < 2
      ? Finding("chunk length", .fine, "each answer holds \(text) actions")
      : Finding(
        "chunk length", .wrong, "answers hold \(text) actions",
        mend: "execute a fixed number: `execute` in the adapter")
  }

  func latency(_ times: [Double]) -> Finding {
    let sorted = times.sorted()
    guard let slowest = sorted.last else {
      return Finding("latency", .unclear, "nothing was timed")
    }
    let median = sorted[sorted.count / 2]
    return Finding(
      "latency", .fine,
      "\(text(median * 1000)) ms an answer, \(text(slowest * 1000)) ms the slowest, one at a time")
  }

  /// Whether the gripper opens where the expert opens it, and stays between its ends.
  func gripper(_ answers: Answers) -> Finding {
    let pairs = zip(samples, answers).compactMap { sample, answer in
      answer.map { (sample.action.gripper, $0.actions[0].gripper) }
    }
    let answered = pairs.map(\.1)
    if let low = answered.min(), let high = answered.max(), low < -0.25 || high > 1.25 {
      return Finding(
        "gripper", .wrong,
        "numbers from \(text(low)) to \(text(high)), where 1 is open and 0 closed",
        mend: "say in the adapter which numbers open and close: gripper: {open: …, closed: …}")
    }
    guard let correlation = correlation(pairs) else {
      return Finding("gripper", .unclear, "it or the expert's never moves in these samples")
    }
    let evidence = "correlation \(text(correlation)) with the expert's"
    if correlation < -0.3 {
      return Finding(
        "gripper", .wrong, evidence, mend: "exchange open and closed under gripper in the adapter")
    }
    return Finding("gripper", correlation > 0.3 ? .fine : .unclear, evidence)
  }

  /// Whether displacements are of the expert's size: another one is another unit, or other statistics.
  func scale(_ answers: Answers) -> Finding {
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let pairs = zip(samples, answers).compactMap { sample, answer in
      answer.map { (sample.action.translation.length, $0.actions[0].translation.length) }
    }
    let ratio = median(pairs.map(\.1)) / max(median(pairs.map(\.0)), 1e-6)
    let evidence = "its steps are \(text(ratio)) times as long as the expert's"
    return (0.1...10).contains(ratio)
      ? Finding("units", .fine, evidence)
      : Finding(
        "units", .wrong, evidence,
        mend:
          "check metres_per_unit in the adapter, or the statistics that un-normalise (unnorm_key)")
  }

  private func correlation(_ pairs: [(Double, Double)]) -> Double? {
    let count = Double(pairs.count)
    let (x, y) = (pairs.map(\.0).reduce(0, +) / count, pairs.map(\.1).reduce(0, +) / count)
    let xx = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    let yy = pairs.reduce(0) { $0 + ($1.1 - y) * ($1.1 - y) }
    guard count > 3, xx > 1e-9, yy > 1e-9 else { return nil }
    return pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / (xx * yy).squareRoot()
  }

  func text(_ value: Double) -> String { String(format: "%.3g", value) }
}
