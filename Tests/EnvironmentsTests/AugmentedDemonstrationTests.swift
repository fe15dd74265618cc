import EnvironmentInterface
import Geometry
import Rendering
import Testing

@testable import Environments

/// Frames of which a part is shown say where things are in that part, and otherwise what they said.
struct AugmentedDemonstrationTests {
  private static let grid = 14

  private func frames(
    _ content: DemonstrationRequest.Content, _ augmentation: DemonstrationRequest.Augmentation,
    _ numbers: Range<Int> = 0..<12
  ) throws -> [DemonstrationFrame] {
    try TabletopDemonstrations(environment: SharedTabletop.environment()).frames(
      numbers,
      of: DemonstrationRequest(
        content: content, seed: 3, decisionsPerFrame: 3, questionsPerFrame: 0,
        patchGrid: Self.grid, chunkLength: 1, augmentation: augmentation))
  }

  private let crop = ImageCrop.center(area: 0.9)

  /// Where a point of the whole image is in the part, kept within it.
  private func shown(_ point: Vector2, of image: Image) -> Vector2 {
    let point = crop.point(point, width: image.width, height: image.height)
    return Vector2(min(1, max(0, point.x)), min(1, max(0, point.y)))
  }

  @Test(arguments: [DemonstrationRequest.Content.robot, .vision])
  func theMiddleIsThePictureCutAndItsPointsMoved(content: DemonstrationRequest.Content) throws {
    var compared = 0
    for (whole, part) in zip(try frames(content, .none), try frames(content, .centered)) {
      #expect(part.image == whole.image.cropped(crop))
      #expect(part.decisions.map(\.action) == whole.decisions.map(\.action))
      #expect(part.decisions.map(\.instruction) == whole.decisions.map(\.instruction))
      for (own, other) in zip(part.decisions, whole.decisions) {
        for path in [\Decision.goalPoint, \.gripperPoint] {
          let point = other[keyPath: path]
          // A point that is kept at the border says not where it was.
          guard (0.001...0.999).contains(point.x), (0.001...0.999).contains(point.y) else {
            continue
          }
          #expect((own[keyPath: path] - shown(point, of: whole.image)).length < 1e-9)
          compared += 1
        }
        #expect(own.hand == other.hand)
      }
      let (things, moved) = (centers(of: part), centers(of: whole))
      for (kind, points) in things {
        // What fills a cell of the part may have filled none of the whole.
        guard let own = moved[kind] else { continue }
        for point in points {
          #expect(
            own.contains {
              (shown($0, of: whole.image) - point).length < 1e-9
            }, "kind \(kind) at \(point)")
          compared += 1
        }
      }
    }
    #expect(compared > 20)
  }

  /// Where the patches of a frame say that things of each kind are.
  private func centers(of frame: DemonstrationFrame) -> [Int: [Vector2]] {
    var centers: [Int: [Vector2]] = [:]
    for (cell, patch) in frame.patches.enumerated() where patch.kind > 0 {
      let (row, column) = cell.quotientAndRemainder(dividingBy: Self.grid)
      let center = Vector2(Double(column) + 0.5, Double(row) + 0.5) / Double(Self.grid)
      centers[patch.kind, default: []].append(center + patch.offset)
    }
    return centers
  }

  /// Each pixel of the part has the label of the pixel that lies nearest to it in the whole.
  @Test func labelsAreThoseOfThePixelsThatAreShown() {
    let (height, width) = (60, 80)
    let crop = ImageCrop(left: 0.04, top: 0.01, side: 0.95)
    let columns = LabelImage(
      height: height, width: width,
      labels: (0..<height * width).map { UInt16($0 % width) })
    let rows = LabelImage(
      height: height, width: width,
      labels: (0..<height * width).map { UInt16($0 / width) })
    let (shownColumns, shownRows) = (columns.cropped(crop), rows.cropped(crop))
    for row in 0..<height {
      for column in 0..<width {
        let x = crop.left * Double(width - 1) + Double(column) * crop.side
        let y = crop.top * Double(height - 1) + Double(row) * crop.side
        #expect(abs(Double(shownColumns[row, column]) - x) <= 0.5)
        #expect(abs(Double(shownRows[row, column]) - y) <= 0.5)
      }
    }
    #expect(shownColumns[0, 0] == 3 && shownColumns[0, width - 1] == 78)
  }

  @Test(arguments: [DemonstrationRequest.Content.robot, .vision])
  func aRandomFrameDependsOnItsNumberAlone(content: DemonstrationRequest.Content) throws {
    let together = try frames(content, .random, 4..<8)
    let alone = try frames(content, .random, 6..<7)[0]
    #expect(together[2].image == alone.image)
    #expect(together[2].patches == alone.patches)
    #expect(together[2].decisions.map(\.goalPoint) == alone.decisions.map(\.goalPoint))
    let plain = try frames(content, .none, 4..<8)
    for (one, other) in zip(together, plain) {
      #expect(one.image != other.image)
      #expect(one.decisions.map(\.action) == other.decisions.map(\.action))
    }
    // No two frames are cut alike.
    if content == .robot {
      let shifts = zip(together, plain).map { one, other in
        (one.decisions.first?.gripperPoint.x ?? 0) - (other.decisions.first?.gripperPoint.x ?? 0)
      }
      #expect(Set(shifts).count == shifts.count)
    }
  }
}
