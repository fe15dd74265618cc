import EnvironmentInterface
import Geometry
import Policies

/// How often the most likely tokens are right, and how far their places are off, given the right tokens before them.
struct TeacherForcedReport {
  let encoded: EncodedFrames
  /// The most likely token at every target, in order.
  let chosen: [Int]
  let vocabulary: Vocabulary
  let imageSize: Int

  func write(into entry: inout TrainingLogEntry) {
    var goals = Mean()
    var answers = Mean()
    var right = 0
    var total = 0
    var start = 0
    for (content, targets) in encoded.contents {
      let tokens = Array(chosen[start..<start + targets.count])
      start += targets.count
      right += zip(tokens, targets).count { $0 == $1 }
      total += targets.count
      switch content {
      case .decision(let decision):
        if vocabulary.grounding.tokenCount > 0 {
          goals.add(distance(tokens[0..<2], decision.goalPoint))
        }
      case .question(let question):
        // Without location tokens a place is answered in words, which say no distance.
        if let point = question.point, vocabulary.locations != nil {
          answers.add(distance(tokens[0..<2], point))
        }
      }
    }
    entry.tokenAccuracy = Double(right) / Double(max(1, total))
    entry.goalPixels = goals.value
    entry.answerPixels = answers.value
  }

  /// Pixels between a predicted place and the true one; a token that is no place counts as the image's side.
  private func distance(_ tokens: ArraySlice<Int>, _ point: Vector2) -> Double {
    guard let predicted = vocabulary.locations?.point(of: Array(tokens)) else {
      return Double(imageSize)
    }
    return (predicted - point).length * Double(imageSize)
  }

  private struct Mean {
    private var sum = 0.0
    private var count = 0
    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }
    var value: Double? { count > 0 ? sum / Double(count) : nil }
  }
}
