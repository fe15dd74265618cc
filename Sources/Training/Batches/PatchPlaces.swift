import EnvironmentInterface
import Geometry
import Networks
import Torch

/// Tells projected patches where in the image they are, in the bins that location tokens have.
///
/// A vision encoder knows its patches' places only as far as its losses ask: offsets within a cell need none. The decoder
/// says a place by copying it from the patch that it looks at, so the place must be there to copy, fine and linear.
struct PatchPlaces {
  private let bins: Int
  private let grid: Int

  /// Empty cells say where they are too, and count this much beside those that show something.
  private static let emptyWeight: Float = 0.2

  /// - Parameter grid: Patches along each side of the image.
  init(bins: Int, grid: Int) {
    self.bins = bins
    self.grid = grid
  }

  /// The mean soft cross-entropy of both coordinates.
  ///
  /// - Parameter logits: `[B, patches, 2 · bins]`, across and down, read off patches in the language model's space.
  func loss(of logits: Tensor, frames: [DemonstrationFrame]) -> Tensor {
    let patches = frames.flatMap(\.patches)
    let points = patches.enumerated().map { index, patch in
      let (row, column) = (index % (grid * grid)).quotientAndRemainder(dividingBy: grid)
      let center = Vector2(Double(column) + 0.5, Double(row) + 0.5) / Double(grid)
      return center + (patch.kind > 0 ? patch.offset : patch.gripper?.offset ?? .zero)
    }
    let weights = patches.map {
      $0.kind > 0 || $0.gripper != nil ? Float(1) : Self.emptyWeight
    }
    let wanted = points.flatMap { point in
      [point.x, point.y].map { min(bins - 1, max(0, Int($0 * Double(bins)))) }
    }
    let spread = ScaledTargets.spread(wanted, count: bins)
    let each = (logits.reshaped([-1, bins]).logSoftmax() * spread).sum([1]).reshaped([-1, 2]).sum([
      1
    ])
    return (each * Tensor(weights)).sum() * -1 / Double(weights.reduce(0, +))
  }
}
