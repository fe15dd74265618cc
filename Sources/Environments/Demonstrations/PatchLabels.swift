import EnvironmentInterface
import Foundation
import Geometry
import Rendering

extension View {
  /// A thing that covers this share of a cell is what the cell shows.
  private static let leastShare = 0.25

  /// The labels of a grid of cells over the image, row-major from the top left.
  func patchLabels(grid: Int, labels: LabelImage) -> [PatchLabel] {
    let gripper = imagePoint(of: fingertips)
    return (0..<grid * grid).map { cell in
      let (row, column) = (cell / grid, cell % grid)
      let center = Vector2(Double(column) + 0.5, Double(row) + 0.5) / Double(grid)
      let holdsGripper =
        Int(gripper.x * Double(grid)) == column && Int(gripper.y * Double(grid)) == row
      let hand = holdsGripper ? gripperLabel(offset: gripper - center) : nil
      guard let index = thing(row: row, column: column, grid: grid, labels: labels),
        let kind = objects[index].kind
      else {
        return PatchLabel(kind: 0, color: 0, offset: .zero, gripper: hand)
      }
      let color = ObjectWords.colorNames.firstIndex(of: objects[index].model.words.color) ?? -1
      let closings = objects[index].model.closing(at: worldFromObject[index]).angles
      return PatchLabel(
        kind: kind + 1, color: color + 1, offset: imagePoint(ofObject: index) - center,
        lie: LieDirection(closingAngles: closings), gripper: hand)
    }
  }

  private func gripperLabel(offset: Vector2) -> GripperLabel {
    let axis = worldFromGripper.rotation.columns.y
    return GripperLabel(
      offset: offset, closing: atan2(axis.y, axis.x), height: fingertips.z, opening: opening)
  }

  /// The object that covers most of a cell.
  private func thing(row: Int, column: Int, grid: Int, labels: LabelImage) -> Int? {
    let rows = row * labels.height / grid..<(row + 1) * labels.height / grid
    let columns = column * labels.width / grid..<(column + 1) * labels.width / grid
    var counts = [Int](repeating: 0, count: objects.count + 1)
    for y in rows {
      for x in columns { counts[min(objects.count, Int(labels[y, x]))] += 1 }
    }
    guard let most = counts.indices.dropFirst().max(by: { counts[$0] < counts[$1] }),
      Double(counts[most]) >= Self.leastShare * Double(rows.count * columns.count)
    else { return nil }
    return most - 1
  }
}
