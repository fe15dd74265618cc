import EnvironmentInterface
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
  private let grippers: Tensor
  private let gripperOffsets: Tensor

  /// - Parameter grid: Cells along each side; offsets are learned in cells.
  init(_ frames: [DemonstrationFrame], grid: Int) {
    let patches = frames.flatMap(\.patches)
    kinds = Tensor(patches.map(\.kind))
    colors = Tensor(patches.map(\.color))
    offsets = Self.cells(patches.map(\.offset), grid)
    grippers = Tensor(patches.map { Float($0.gripperOffset == nil ? 0 : 1) })
    gripperOffsets = Self.cells(patches.map { $0.gripperOffset ?? .zero }, grid)
  }

  private static func cells(_ offsets: [Vector2], _ grid: Int) -> Tensor {
    Tensor(
      offsets.flatMap { [Float($0.x * Double(grid)), Float($0.y * Double(grid))] },
      shape: [offsets.count, 2])
  }

  /// How many numbers the head gives for a patch: classes of kind, classes of colour, offset, gripper, its offset.
  static func channels(_ classes: (kinds: Int, colors: Int)) -> Int {
    classes.kinds + classes.colors + 5
  }

  /// The loss of the head's output `[B, patches, channels]`.
  func loss(of output: Tensor, classes: (kinds: Int, colors: Int)) -> Tensor {
    let rows = output.reshaped([-1, Self.channels(classes)])
    let colorStart = classes.kinds
    let offsetStart = colorStart + classes.colors
    let kindLoss = rows.narrowed(1, 0..<colorStart).crossEntropy(kinds)
    let colorLoss = rows.narrowed(1, colorStart..<offsetStart).crossEntropy(colors)
    // Offsets count only where there is a thing.
    let offsetLoss = Self.distance(
      rows.narrowed(1, offsetStart..<offsetStart + 2), offsets,
      where: kinds.greater(0).to(.float32))
    let gripper = rows.selected(1, offsetStart + 2)
    // Binary cross-entropy on logits, in the form that can't overflow.
    let gripperLoss =
      (gripper.relu() - gripper * grippers + ((gripper.absolute() * -1).exp() + 1).log()).mean()
    let gripperOffsetLoss = Self.distance(
      rows.narrowed(1, offsetStart + 3..<offsetStart + 5), gripperOffsets, where: grippers)
    return kindLoss + colorLoss + offsetLoss + gripperLoss + gripperOffsetLoss
  }

  /// The mean L1 distance over the rows that count.
  private static func distance(
    _ offsets: Tensor, _ wanted: Tensor, where counts: Tensor
  ) -> Tensor {
    ((offsets - wanted).absolute().sum([1]) * counts).sum() / (counts.sum() + 1)
  }
}
