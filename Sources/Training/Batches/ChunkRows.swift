import EnvironmentInterface
import Networks
import Policies
import Torch

/// Decisions as rows for parallel decoding: each with its image's number, its prompt, the chunk that is to be said, and where its
/// tokens should look.
struct ChunkRows {
  private(set) var images: [Int] = []
  private(set) var decisions: [Decision] = []
  /// Begin token first.
  private(set) var prompts: [[Int]] = []
  /// Normalized, row after row, step after step.
  private var numbers: [Float] = []
  private let chunkLength: Int
  private var numberLooks: [SlotGaze.Token] = []
  private var nameLooks: [SlotGaze.Token] = []

  /// - Parameters:
  ///   - statistics: What scales the actions.
  ///   - grid: Patches along each side of the image.
  init(
    _ frames: [DemonstrationFrame], encoder: inout SequenceEncoder, statistics: ActionStatistics,
    chunkLength: Int, grid: Int
  ) throws {
    self.chunkLength = chunkLength
    for (image, frame) in frames.enumerated() {
      for decision in frame.decisions {
        var noise: ActionNoise?
        let segment = try encoder.segment(for: decision, of: frame.dataset, noise: &noise)
        let row = prompts.count
        images.append(image)
        decisions.append(decision)
        prompts.append([Vocabulary.beginToken] + segment.tokens.dropLast(Action.count))
        for action in decision.chunk(ofLength: chunkLength) {
          numbers += statistics.normalized(action.values).map(Float.init)
        }
        // What is being done mostly stays the same for the length of a chunk, so all its steps look where the first does.
        for step in 0..<chunkLength {
          for (index, place) in segment.places.enumerated() {
            numberLooks.append(
              SlotGaze.Token(
                row: row, kind: .number(step * Action.count + index),
                patch: place.patch(ofGrid: grid)))
          }
        }
        for place in segment.mentions {
          nameLooks.append(
            SlotGaze.Token(
              row: row, kind: .prompt(place.column + 1), patch: place.patch(ofGrid: grid)))
        }
      }
    }
  }

  /// Which patch the tokens that numbers are read from should look at, and, one layer earlier, those that end a name.
  var gazes: [SlotGaze] {
    [(numberLooks, 1), (nameLooks, 2)].filter { !$0.0.isEmpty }.map {
      SlotGaze($0.0, layersBeforeLast: $0.1)
    }
  }

  /// The mean absolute error of normalized chunks `[rows, chunkLength, 7]`, as published, but for the gripper's weight.
  func loss(of predicted: Tensor, gripperWeight: Double) -> Tensor {
    let wanted = Tensor(numbers, shape: [decisions.count, chunkLength, Action.count])
    let weights = Array(repeating: Float(1), count: Action.count - 1) + [Float(gripperWeight)]
    let total = Double(weights.reduce(0, +)) * Double(decisions.count * chunkLength)
    let off = (predicted.to(.float32) - wanted.to(predicted.device)).absolute()
    return (off * Tensor(weights).to(predicted.device)).sum() / total
  }
}

extension Decision {
  /// The actions from here on; a demonstration that ends repeats its last one.
  fileprivate func chunk(ofLength length: Int) -> [Action] {
    (0..<length).map { $0 < nextActions.count ? nextActions[$0] : nextActions.last ?? action }
  }
}
