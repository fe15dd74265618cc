import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers

@testable import Training

/// A world of colored squares on a dark ground: enough to train on, small enough to judge by eye.
struct SquareSource: DemonstrationSource {
  let patchClasses = (kinds: 3, colors: 3)
  let kindPhrases = ["nothing", "red", "green"]
  var corpus = [
    "In: What action should the robot take to go to red?", "In: where is red? Out:",
    "In: What action should the robot take to go to green?", "In: where is green? Out:",
  ]
  /// Frames are of these in turn; each moves twice as far as the one before, and a metre farther.
  var datasets = [DemonstrationFrame.trainingDataset]
  /// How red lies, as a long thing, before a hand in view whose fingers close along 0 [rad]; nil for round things and no hand.
  var redLie: Double?
  var graspsThings = true

  func frames(_ numbers: Range<Int>, of request: DemonstrationRequest) throws
    -> [DemonstrationFrame]
  {
    numbers.map { frame($0, of: request) }
  }

  private func frame(_ number: Int, of request: DemonstrationRequest) -> DemonstrationFrame {
    var stream = RandomStream(seed: request.seed).numbered(number)
    let dataset = number % datasets.count
    let side = 56
    var pixels = [UInt8](repeating: 30, count: side * side * 3)
    let cells = stream.shuffled(Array(0..<16)).prefix(2)
    var decisions: [Decision] = []
    var questions: [Question] = []
    var patches = Array(
      repeating: PatchLabel(kind: 0, color: 0, offset: .zero, gripper: nil), count: 16)
    for (channel, cell) in cells.enumerated() {
      let name = channel == 0 ? "red" : "green"
      for y in 0..<14 {
        for x in 0..<14 {
          pixels[((cell / 4 * 14 + y) * side + cell % 4 * 14 + x) * 3 + channel] = 250
        }
      }
      let point = Vector2(Double(cell % 4) + 0.5, Double(cell / 4) + 0.5) / 4
      let action = Action(
        translation: Vector3(point.x - 0.5, point.y - 0.5, 0) * Double(1 << dataset)
          + Vector3(repeating: Double(dataset)),
        gripper: channel == 0 ? 1 : 0)
      decisions.append(
        Decision(
          instruction: "go to \(name)", action: action, nextActions: [action], goalPoint: point,
          gripperPoint: Vector2(0.5, 0.5),
          hand: redLie.map {
            HandState(turn: channel == 0 ? $0 : 0, height: 0.1, distance: 0, fingers: .open)
          }))
      questions.append(Question(question: "where is \(name)?", answer: "", point: point))
      patches[cell] = PatchLabel(
        kind: channel + 1, color: channel + 1, offset: .zero,
        lie: redLie.map {
          LieDirection(angle: channel == 0 ? $0 : 0, symmetry: .twofold)
        }, gripper: nil)
    }
    if redLie != nil, let empty = patches.firstIndex(where: { $0.kind == 0 }) {
      patches[empty].gripper = GripperLabel(offset: .zero, closing: 0, height: 0.1, opening: 1)
    }
    /// The hand comes down, and it was lighter before.
    func felt(height: Double) -> Proprioception {
      Proprioception(
        baseFromGripper: RigidTransform(rotation: .identity, translation: Vector3(0.3, 0, height)),
        gripperWidth: 0.07, jointAngles: [])
    }
    let height = Double(number % 8) / 10
    let before = EarlierObservation(
      images: [
        CameraName.primary: Image(height: side, width: side, pixels: pixels.map { $0 ^ 1 })
      ], proprioception: felt(height: height + 0.1))
    return DemonstrationFrame(
      dataset: datasets[dataset], image: Image(height: side, width: side, pixels: pixels),
      proprioception: felt(height: height), earlier: request.seesEarlier ? before : nil,
      decisions: Array(decisions.prefix(request.decisionsPerFrame)),
      questions: Array(questions.prefix(request.questionsPerFrame)),
      patches: request.patchGrid > 0 ? patches : [])
  }
}
