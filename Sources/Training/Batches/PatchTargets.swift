import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

/// Dense labels of a batch as tensors, and the loss of a linear head over fused patch features against them.
///
/// Free labels from the renderer teach the vision encoders in minutes what captions do not teach in an hour.
struct PatchTargets {
  private let kinds: Tensor
  private let colors: Tensor
  private let offsets: Tensor
  /// Which way each thing lies, for each symmetry: its direction, and whether the thing has one.
  private let lies: [(directions: Tensor, counts: Tensor)]
  private let grippers: Tensor
  /// Of the hand, where it is in the cell: offset, cosine and sine of twice its angle, height, opening.
  private let hands: Tensor

  /// The hand's numbers: see `hands`.
  private static let handChannels = 6
  /// Heights are learned in this [m].
  private static let heightUnit = 0.1

  /// - Parameter grid: Cells along each side; offsets are learned in cells.
  init(_ frames: [DemonstrationFrame], grid: Int) {
    let patches = frames.flatMap(\.patches)
    kinds = Tensor(patches.map(\.kind))
    colors = Tensor(patches.map(\.color))
    offsets = Self.rows(patches.map { Self.cells($0.offset, grid) })
    lies = LieDirection.Symmetry.allCases.map { symmetry in
      let own = patches.map { $0.lie?.symmetry == symmetry ? $0.lie : nil }
      return (
        Self.rows(own.map { ($0?.direction ?? [0, 0]).map(Float.init) }),
        Tensor(own.map { Float($0 == nil ? 0 : 1) })
      )
    }
    grippers = Tensor(patches.map { Float($0.gripper == nil ? 0 : 1) })
    hands = Self.rows(
      patches.map { patch in
        guard let hand = patch.gripper else {
          return Array(repeating: 0, count: Self.handChannels)
        }
        let line = LieDirection(angle: hand.closing, symmetry: .twofold)
        return Self.cells(hand.offset, grid) + line.direction.map(Float.init)
          + [Float(hand.height / Self.heightUnit), Float(hand.opening)]
      })
  }

  private static func cells(_ offset: Vector2, _ grid: Int) -> [Float] {
    [Float(offset.x * Double(grid)), Float(offset.y * Double(grid))]
  }

  private static func rows(_ rows: [[Float]]) -> Tensor {
    Tensor(rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0])
  }

  /// Two numbers for each symmetry.
  private static let lieChannels = 2 * LieDirection.Symmetry.allCases.count

  /// How many numbers the head gives for a patch: classes of kind, classes of colour, offset, ways to lie, gripper, the hand's
  /// numbers.
  static func channels(_ classes: (kinds: Int, colors: Int)) -> Int {
    classes.kinds + classes.colors + 2 + lieChannels + 1 + handChannels
  }

  /// The loss of the head's output `[B, patches, channels]`.
  func loss(of output: Tensor, classes: (kinds: Int, colors: Int)) -> Tensor {
    let rows = output.reshaped([-1, Self.channels(classes)])
    let colorStart = classes.kinds
    let offsetStart = colorStart + classes.colors
    let kindLoss = rows.narrowed(1, 0..<colorStart).crossEntropy(kinds)
    let colorLoss = rows.narrowed(1, colorStart..<offsetStart).crossEntropy(colors)
    // Offsets count only where there is a thing, directions where it has one.
    let offsetLoss = Self.distance(
      rows.narrowed(1, offsetStart..<offsetStart + 2), offsets,
      where: kinds.greater(0).to(.float32))
    let lieStart = offsetStart + 2
    let lieLosses = lies.enumerated().map { number, lie in
      Self.distance(
        rows.narrowed(1, lieStart + 2 * number..<lieStart + 2 * number + 2), lie.directions,
        where: lie.counts)
    }
    let gripperStart = lieStart + Self.lieChannels
    let gripper = rows.selected(1, gripperStart)
    // Binary cross-entropy on logits, in the form that can't overflow.
    let gripperLoss =
      (gripper.relu() - gripper * grippers + ((gripper.absolute() * -1).exp() + 1).log()).mean()
    let handLoss = Self.distance(
      rows.narrowed(1, gripperStart + 1..<gripperStart + 1 + Self.handChannels), hands,
      where: grippers)
    return lieLosses.reduce(kindLoss + colorLoss + offsetLoss + gripperLoss + handLoss, +)
  }

  /// The mean L1 distance over the rows that count.
  private static func distance(
    _ offsets: Tensor, _ wanted: Tensor, where counts: Tensor
  ) -> Tensor {
    ((offsets - wanted).absolute().sum([1]) * counts).sum() / (counts.sum() + 1)
  }
}

extension PatchTargets {
  /// How far the head's output for `frames` is off the ways that things lie.
  static func lieErrors(
    of output: Tensor, frames: [DemonstrationFrame], classes: (kinds: Int, colors: Int)
  ) throws -> LieErrors {
    let start = classes.kinds + classes.colors + 2
    let numbers = try output.reshaped([-1, channels(classes)])
      .narrowed(1, start..<start + lieChannels).doubles()
    var errors = LieErrors()
    for (row, patch) in frames.flatMap(\.patches).enumerated() {
      guard let lie = patch.lie,
        let symmetry = LieDirection.Symmetry.allCases.firstIndex(of: lie.symmetry)
      else { continue }
      let at = row * lieChannels + 2 * symmetry
      errors.add(
        predicted: atan2(numbers[at + 1], numbers[at]) / Double(lie.symmetry.rawValue), wanted: lie)
    }
    return errors
  }
}
