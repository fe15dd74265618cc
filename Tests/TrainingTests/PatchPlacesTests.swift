import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Testing
import Torch

@testable import Training

@Suite("Places of patches")
struct PatchPlacesTests {
  private let grid = 2
  private let bins = 16

  private func frame(_ patches: [PatchLabel]) -> DemonstrationFrame {
    DemonstrationFrame(
      image: Image(height: 1, width: 1, pixels: [0, 0, 0]),
      proprioception: Proprioception(
        baseFromGripper: .identity, gripperWidth: 0, jointAngles: []), decisions: [],
      questions: [], patches: patches)
  }

  /// The loss of saying the same two bins for every patch.
  private func loss(saying bins: (Int, Int), of patches: [PatchLabel]) throws -> Double {
    let said = (0..<2 * self.bins).map {
      $0 == bins.0 || $0 == self.bins + bins.1 ? Float(8) : 0
    }
    let logits = Tensor(patches.flatMap { _ in said }, shape: [1, patches.count, said.count])
    return try PatchPlaces(bins: self.bins, grid: grid).loss(of: logits, frames: [frame(patches)])
      .item()
  }

  private let empty = PatchLabel(kind: 0, color: 0, offset: .zero, gripper: nil)

  @Test("a thing's place is its own, not its cell's")
  func thingsPlace() throws {
    var patches = Array(repeating: empty, count: 4)
    // The bottom left cell's centre is (1/4, 3/4); the thing stands an eighth to the right and above.
    patches[2] = PatchLabel(kind: 3, color: 1, offset: [0.125, -0.125], gripper: nil)
    let right = try loss(saying: (6, 10), of: patches)
    #expect(right < (try loss(saying: (4, 12), of: patches)))
    #expect(right < (try loss(saying: (10, 6), of: patches)))
  }

  @Test("where the gripper alone is, its place counts")
  func grippersPlace() throws {
    var patches = Array(repeating: empty, count: 4)
    patches[1] = PatchLabel(
      kind: 0, color: 0, offset: .zero,
      gripper: GripperLabel(offset: [0.2, 0.2], closing: 0, height: 0.1, opening: 1))
    let right = try loss(saying: (15, 7), of: patches)
    #expect(right < (try loss(saying: (12, 4), of: patches)))
  }
}
