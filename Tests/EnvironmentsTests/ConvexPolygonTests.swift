import Foundation
import Geometry
import Testing

@testable import Environments

/// What scenes ask of outlines, on shapes whose answers are known.
struct ConvexPolygonTests {
  private let square = ConvexPolygon(hullOf: [[-1, -1], [1, -1], [1, 1], [-1, 1]])

  @Test func aPolygonIsClearByItsGapAndNoMore() {
    let other = square.moved(by: [5, 6])
    #expect(square.isClear(of: other, by: 5 - 1e-9))
    #expect(!square.isClear(of: other, by: 5 + 1e-9))
    #expect(!square.isClear(of: square.moved(by: [1.9, 1.9]), by: 1e-6))
  }

  @Test func aTurnKeepsTheWidths() {
    let turned = square.turned(by: .pi / 4, movedBy: [3, 0])
    #expect(abs(turned.width(along: [1, 0]) - 2 * 2.0.squareRoot()) < 1e-12)
    #expect(abs(turned.support(along: [1, 0]) - 3 - 2.0.squareRoot()) < 1e-12)
  }

  @Test func aRayLeavesThroughTheBoundary() {
    #expect((square.boundary(along: [1, 0]) - [1, 0]).length < 1e-12)
    let diagonal = Vector2(1, 1).normalized
    #expect((square.boundary(along: diagonal) - [1, 1]).length < 1e-9)
  }

  @Test func simplifyingKeepsTheExtent() {
    let round = ConvexPolygon.regular(sides: 48, radius: 0.03).simplified(toCorners: 16)
    #expect(round.vertices.count <= 16)
    #expect(abs(round.width(along: [1, 0]) - 0.06) < 1e-9)
  }

  @Test func widthsTellRoundFromLong() {
    let round = ConvexPolygon.regular(sides: 24, radius: 0.03)
    #expect(ObjectModel.closing(of: round).angles.isEmpty)
    let long = ConvexPolygon(hullOf: [
      [-0.05, -0.02], [0.05, -0.02], [0.05, 0.02], [-0.05, 0.02],
    ])
    let closing = ObjectModel.closing(of: long)
    #expect(closing.angles.count == 1)
    #expect(abs(closing.angles[0] - .pi / 2) < 0.02)
    #expect(abs(closing.width - 0.04) < 1e-3)
    let square = ObjectModel.closing(of: square)
    #expect(square.angles.count == 2)
  }
}
