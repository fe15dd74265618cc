import Foundation
import Geometry
import RandomNumbers
import Testing

private let square = ConvexPolygon.rectangle(size: Vector2(2, 2))

@Suite struct ConvexPolygons {
  @Test func `a hull drops what lies inside and on its sides`() {
    let points = [
      Vector2(1, 1), Vector2(0, 0), Vector2(-1, 1), Vector2(-1, -1), Vector2(1, -1), Vector2(0, 1),
      Vector2(1, 1),
    ]
    #expect(Set(ConvexPolygon(hullOf: points).vertices) == Set(square.vertices))
    #expect(ConvexPolygon(hullOf: points).area == 4)
  }

  @Test(arguments: [0, 1, 2])
  func `few points make a point or a segment`(_ count: Int) {
    let points = [Vector2(0, 0), Vector2(1, 0)].prefix(count)
    let hull = ConvexPolygon(hullOf: Array(points))
    #expect(hull.vertices.count == count)
    #expect(hull.contains(Vector2(0, 0), margin: 1e-9) == (count > 0))
    #expect(!hull.contains(Vector2(5, 5), margin: 1))
  }

  @Test func `area and centroid are those of the triangle`() {
    let triangle = ConvexPolygon(hullOf: [Vector2(1, 1), Vector2(4, 1), Vector2(1, 3)])
    #expect(abs(triangle.area - 3) < 1e-12)
    #expect((triangle.centroid - Vector2(2, 5.0 / 3)).length < 1e-12)
  }

  @Test func `a regular polygon nears its circle`() {
    let circle = ConvexPolygon.regular(sides: 360, radius: 0.5, center: Vector2(1, 2))
    #expect(abs(circle.area - .pi / 4) < 1e-4)
    #expect((circle.centroid - Vector2(1, 2)).length < 1e-9)
  }

  @Test func `containment counts the border and the margin`() {
    #expect(square.contains(Vector2(1, 0)))
    #expect(!square.contains(Vector2(1.01, 0)))
    #expect(square.contains(Vector2(1.01, 0), margin: 0.02))
    #expect(!square.contains(Vector2(0.99, 0), margin: -0.02))
  }

  @Test func `the nearest point lies on the border, or is the point itself`() {
    #expect(square.nearestPoint(to: Vector2(3, 0.5)) == Vector2(1, 0.5))
    #expect(square.nearestPoint(to: Vector2(2, 3)) == Vector2(1, 1))
    #expect(square.nearestPoint(to: Vector2(0.2, 0.3)) == Vector2(0.2, 0.3))
  }

  @Test(arguments: [
    (Vector2(3, 0), 1.0), (Vector2(3, 4), 5.0.squareRoot()), (Vector2(1.5, 0), 0.0),
  ])
  func `the distance of two squares is known`(_ offset: Vector2, _ distance: Double) {
    let other = ConvexPolygon.rectangle(size: Vector2(2, 2), center: offset)
    #expect(abs(square.distance(to: other) - distance) < 1e-12)
    #expect(abs(other.distance(to: square) - distance) < 1e-12)
  }

  @Test func `the distance is that of the corners from the other region, to the bit`() {
    var numbers = RandomStream(seed: 3)
    func random(_ center: Vector2, _ corners: Int) -> ConvexPolygon {
      ConvexPolygon(
        hullOf: (0..<corners).map { _ in
          center + Vector2(numbers.uniform(in: -0.5...0.5), numbers.uniform(in: -0.5...0.5))
        })
    }
    func slow(_ a: ConvexPolygon, _ b: ConvexPolygon) -> Double {
      guard a.intersection(with: b).vertices.isEmpty else { return 0 }
      let there = a.vertices.map { (b.nearestPoint(to: $0) - $0).length }
      return (there + b.vertices.map { (a.nearestPoint(to: $0) - $0).length }).min() ?? .infinity
    }
    for round in 0..<3000 {
      let away = Vector2(numbers.uniform(in: 0...2), 0)
      let a = random(.zero, 1 + numbers.integer(below: 9))
      let b =
        round.isMultiple(of: 7)
        ? ConvexPolygon(hullOf: a.vertices.map { $0 + away }) : random(away, 6)
      #expect(a.distance(to: b) == slow(a, b), "\(a.vertices) \(b.vertices)")
    }
    let touching = ConvexPolygon.rectangle(size: Vector2(2, 2), center: Vector2(2, 0))
    #expect(square.distance(to: touching) == 0)
    #expect(
      square.distance(to: ConvexPolygon(hullOf: [])) == slow(square, ConvexPolygon(hullOf: [])))
  }

  @Test func `an intersection is the shared rectangle`() {
    let other = ConvexPolygon.rectangle(size: Vector2(2, 2), center: Vector2(1.5, 1))
    let shared = square.intersection(with: other)
    #expect(abs(shared.area - 0.5) < 1e-12)
    #expect((shared.centroid - Vector2(0.75, 0.5)).length < 1e-12)
    #expect(
      square.intersection(with: .rectangle(size: Vector2(1, 1), center: Vector2(5, 0))).vertices
        .isEmpty)
  }

  @Test func `outlines that are not convex are told apart`() {
    #expect(ConvexPolygon.defect(ofOutline: square.vertices) == nil)
    #expect(ConvexPolygon.defect(ofOutline: square.vertices.reversed()) != nil)
    #expect(ConvexPolygon.defect(ofOutline: [.zero, Vector2(1, 0)]) != nil)
    #expect(ConvexPolygon.defect(ofOutline: [.zero, Vector2(1, 0), Vector2(2, 0)]) != nil)
    #expect(ConvexPolygon.defect(ofOutline: [.zero, Vector2(1, 0), Vector2(.nan, 1)]) != nil)
    let star = (0..<5).map { corner -> Vector2 in
      let angle = 4 * Double.pi * Double(corner) / 5
      return Vector2(cos(angle), sin(angle))
    }
    #expect(ConvexPolygon.defect(ofOutline: star) != nil)
  }
}
