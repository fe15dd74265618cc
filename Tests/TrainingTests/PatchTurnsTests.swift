import EnvironmentInterface
import Geometry
import Testing
import Torch

@testable import Training

@Suite("Turns of patches")
struct PatchTurnsTests {
  private let bins = 60  // of three degrees
  private let degree = Double.pi / 180

  private func frame(_ patches: [PatchLabel]) -> DemonstrationFrame {
    DemonstrationFrame(
      image: Image(height: 1, width: 1, pixels: [0, 0, 0]),
      proprioception: Proprioception(
        baseFromGripper: .identity, gripperWidth: 0, jointAngles: []), decisions: [],
      questions: [], patches: patches)
  }

  private func thing(lie: LieDirection?) -> PatchLabel {
    PatchLabel(kind: 2, color: 1, offset: .zero, lie: lie, gripper: nil)
  }

  private func hand(closing: Double) -> PatchLabel {
    PatchLabel(
      kind: 0, color: 0, offset: .zero,
      gripper: GripperLabel(offset: .zero, closing: closing, height: 0.1, opening: 1))
  }

  /// Logits that say one turn for each patch.
  private func logits(saying degrees: [Double]) -> Tensor {
    let rows = degrees.flatMap { turn -> [Float] in
      let said = Int((turn + 90) / 180 * Double(bins))
      return (0..<bins).map { $0 == said ? 8 : 0 }
    }
    return Tensor(rows, shape: [1, degrees.count, bins])
  }

  @Test("what is left to turn is the shortest way from the hand's to the thing's own direction")
  func turnsTheShortestWay() throws {
    // A long thing at 100 degrees is 80 back from a hand at 0, and 10 on from one at 90; a square one 10 on from either.
    let long = thing(lie: LieDirection(angle: 100 * degree, symmetry: .twofold))
    let square = thing(lie: LieDirection(angle: 100 * degree, symmetry: .fourfold))
    for (closing, right) in [(0.0, [-80.0, 10]), (90, [10, 10])] {
      let turns = PatchTurns([frame([long, square, hand(closing: closing * degree)])], bins: bins)
      let least = try turns.loss(of: logits(saying: right + [0])).item()
      for other in [[right[0] + 12, right[1]], [right[0], right[1] + 12], [0, 0]] {
        #expect(least < (try turns.loss(of: logits(saying: other + [0])).item()))
      }
      let errors = try #require(try turns.errors(of: logits(saying: right + [0])))
      #expect(errors.degrees < 1.6)
      #expect(abs(errors.zeroDegrees - (abs(right[0]) + abs(right[1])) / 2) < 1e-9)
    }
  }

  @Test(
    "a round thing needs no turn and says nothing of errors; without a hand in view nothing is learned"
  )
  func roundAndHandless() throws {
    let round = PatchTurns([frame([thing(lie: nil), hand(closing: 1)])], bins: bins)
    #expect(
      try round.loss(of: logits(saying: [0, 0])).item()
        < round.loss(of: logits(saying: [30, 0])).item())
    #expect(try round.errors(of: logits(saying: [0, 0])) == nil)
    let handless = PatchTurns([frame([thing(lie: nil)])], bins: bins)
    #expect(try handless.loss(of: logits(saying: [40])).item() == 0)
  }

  @Test("a quarter turn too far is right for a square thing")
  func quarterTurns() throws {
    let square = thing(lie: LieDirection(angle: 40 * degree, symmetry: .fourfold))
    let turns = PatchTurns([frame([square, hand(closing: 0)])], bins: bins)
    let errors = try #require(try turns.errors(of: logits(saying: [-50, 0])))
    #expect(errors.degrees < 1.6)
  }
}
