import Files
import Foundation

/// One line of `training.jsonl`.
public struct TrainingLogEntry: Hashable, Sendable, Codable {
  public var step: Int
  public var stage: String
  /// Weighted cross-entropy per token, or the diffusion loss.
  public var loss: Double
  public var patchLoss: Double?
  /// Mean error of the way that things lie, read off the patches that show them, and that of the best one answer to all [degree]; on the
  /// robot's frames that training never sees.
  public var lieDegrees: Double?
  public var constantLieDegrees: Double?
  /// Mean error of how far the hand has to turn before it fits what a patch shows, and of answers of zero [degree]; on the same
  /// frames.
  public var patchTurnDegrees: Double?
  public var zeroPatchTurnDegrees: Double?
  /// Sum of the cross-entropies of where the decoder looks.
  public var gazeLoss: Double?
  public var learningRate: Double
  /// On frames that training never sees.
  public var tokenAccuracy: Double?
  /// Mean absolute error along x, y, z of what the policy does on its own [mm], on frames that training never sees.
  public var errorMillimetres: [Double]?
  public var yawDegrees: Double?
  public var gripperAccuracy: Double?
  public var closingRecall: Double?
  /// What an action of zeros errs by, and how often fingers that are always open agree.
  public var zeroMillimetres: [Double]?
  public var zeroYawDegrees: Double?
  public var openGripperAccuracy: Double?
  /// How often, right above what is to be grasped and too high, the fingers close; and how often shut empty fingers open.
  public var earlyClosing: Double?
  public var emptyOpening: Double?
  /// Of decisions at which the expert turns by 10 degrees or more, the share that turns the same way by over 5.
  public var turnsFound: Double?
  /// The share of them that the policy's scales let it say: what they clip no policy learns.
  public var turnsSayable: Double?
  /// Where 10 degrees or more are left to turn: mean error of the turn that the policy says is left before it acts, and of saying
  /// zero [degree].
  public var saidTurnDegrees: Double?
  public var zeroSaidTurnDegrees: Double?
  /// Distance of the predicted subgoal from the true one [pixels of the image].
  public var goalPixels: Double?
  /// Distance of the predicted answer to 'where is …?' from the true one [pixels of the image].
  public var answerPixels: Double?
  /// Successes and episodes of a rollout in distribution.
  public var successes: Int?
  public var episodes: Int?
  /// Training images so far.
  public var images: Int
  public var seconds: Double

  public init(
    step: Int, stage: String, loss: Double, learningRate: Double, images: Int, seconds: Double
  ) {
    self.step = step
    self.stage = stage
    self.loss = loss
    self.learningRate = learningRate
    self.images = images
    self.seconds = seconds
  }

  /// The entry as one line for people.
  public var line: String {
    var parts = [
      String(format: "step %d  %@  loss %.3f", step, stage, loss)
    ]
    if let patchLoss { parts.append(String(format: "patches %.3f", patchLoss)) }
    if let lieDegrees, let constantLieDegrees {
      parts.append(String(format: "lie %.1f° (constant %.1f°)", lieDegrees, constantLieDegrees))
    }
    if let patchTurnDegrees, let zeroPatchTurnDegrees {
      parts.append(
        String(format: "turn %.1f° (zero %.1f°)", patchTurnDegrees, zeroPatchTurnDegrees))
    }
    if let gazeLoss { parts.append(String(format: "gaze %.3f", gazeLoss)) }
    if let tokenAccuracy { parts.append(String(format: "tokens %.3f", tokenAccuracy)) }
    if let errorMillimetres {
      func text(_ values: [Double]) -> String {
        values.map { String(format: "%.1f", $0) }.joined(separator: "/")
      }
      parts.append("mm \(text(errorMillimetres))")
      if let zeroMillimetres { parts.append("(zeros \(text(zeroMillimetres)))") }
    }
    if let yawDegrees { parts.append(String(format: "yaw %.1f°", yawDegrees)) }
    if let zeroYawDegrees { parts.append(String(format: "(zeros %.1f°)", zeroYawDegrees)) }
    if let gripperAccuracy, let closingRecall {
      parts.append(String(format: "gripper %.3f (closing %.3f)", gripperAccuracy, closingRecall))
    }
    if let openGripperAccuracy {
      parts.append(String(format: "(always open %.3f)", openGripperAccuracy))
    }
    if let saidTurnDegrees, let zeroSaidTurnDegrees {
      parts.append(
        String(format: "says turn %.1f° (zero %.1f°)", saidTurnDegrees, zeroSaidTurnDegrees))
    }
    if let turnsFound { parts.append(String(format: "turns found %.2f", turnsFound)) }
    if let turnsSayable, turnsSayable < 1 {
      parts.append(String(format: "(%.2f within its scales)", turnsSayable))
    }
    if let earlyClosing { parts.append(String(format: "early closing %.2f", earlyClosing)) }
    if let emptyOpening { parts.append(String(format: "empty opening %.2f", emptyOpening)) }
    if let goalPixels { parts.append(String(format: "goal %.1f px", goalPixels)) }
    if let answerPixels { parts.append(String(format: "where %.1f px", answerPixels)) }
    if let successes, let episodes { parts.append("success \(successes)/\(episodes)") }
    parts.append(String(format: "%d images  %.0f s", images, seconds))
    return parts.joined(separator: "  ")
  }
}

/// The file that keeps what a training run saw of itself.
struct TrainingLog {
  let url: URL
  private let encoder: JSONEncoder

  init(url: URL) {
    self.url = url
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
  }

  /// Appends an entry.
  func append(_ entry: TrainingLogEntry) throws {
    var data = try encoder.encode(entry)
    data.append(0x0a)
    if let handle = try? FileHandle(forWritingTo: url) {
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: data)
    } else {
      try data.write(to: url)
    }
  }

  /// Drops entries after a step, so that a resumed run's log has no line twice.
  func truncate(after step: Int) throws {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return }
    let decoder = JSONDecoder()
    let kept = text.split(separator: "\n").filter { line in
      (try? decoder.decode(TrainingLogEntry.self, from: Data(line.utf8)))
        .map { $0.step <= step } ?? false
    }
    try AtomicFile.write(Data(kept.map { $0 + "\n" }.joined().utf8), to: url)
  }
}
