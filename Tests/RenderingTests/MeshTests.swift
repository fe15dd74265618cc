import Foundation
import Geometry
import Testing

@testable import Rendering

/// Triangles judged by the solids they stand for.
@Suite struct MeshTests {
  struct Solid: CustomTestStringConvertible, Sendable {
    let name: String
    // Made on demand: test arguments of a vector's 32-byte alignment crash Swift 6.3.
    let shape: @Sendable () -> Shape
    /// [m³]
    let volume: Double
    var testDescription: String { name }
  }

  static let solids = [
    Solid(name: "box", shape: { .box(size: Vector3(0.1, 0.2, 0.3)) }, volume: 0.006),
    Solid(
      name: "rounded box", shape: { .roundedBox(size: Vector3(0.1, 0.2, 0.3), radius: 0.02) },
      volume: (0.02 - (4 - .pi) * 0.0004) * 0.3),
    Solid(
      name: "ellipsoid", shape: { .ellipsoid(radii: Vector3(0.1, 0.05, 0.02)) },
      volume: 4 / 3 * .pi * 0.0001),
    Solid(
      name: "cylinder", shape: { .cylinder(radius: 0.05, height: 0.1) }, volume: .pi * 0.00025),
    Solid(
      name: "capsule", shape: { .capsule(radius: 0.05, height: 0.1) },
      volume: .pi * (0.00025 + 4 / 3 * 0.000125)),
    Solid(
      name: "lathed cone, drawn downwards",
      shape: { .lathe(profile: [Vector2(0, 0.3), Vector2(0.1, 0), Vector2(0, 0)]) },
      volume: .pi * 0.001),
    Solid(
      name: "lathed ring",
      shape: {
        .lathe(
          profile: [
            Vector2(0.1, 0), Vector2(0.12, 0), Vector2(0.12, 0.02), Vector2(0.1, 0.02),
            Vector2(0.1, 0),
          ])
      },
      volume: .pi * (0.0144 - 0.01) * 0.02),
    Solid(
      name: "straight tube",
      shape: { .tube(path: [.zero, Vector3(0.2, 0, 0)], radii: [0.03, 0.03]) },
      volume: .pi * (0.0009 * 0.2 + 4 / 3 * 0.000027)),
    Solid(
      name: "concave extrusion",
      shape: {
        .extrusion(
          outline: [
            Vector2(0, 0), Vector2(0.2, 0), Vector2(0.2, 0.1), Vector2(0.1, 0.1), Vector2(0.1, 0.2),
            Vector2(0, 0.2),
          ], height: 0.05)
      },
      volume: 0.03 * 0.05),
  ]

  @Test func aSheetIsSeenFromBothSides() throws {
    let points = (0..<4).flatMap { row in
      (0..<5).map { column in
        Vector3(0.01 * Double(column), 0.02 * Double(row), 0.005 * Double(column * row))
      }
    }
    let shape = Shape.sheet(points: points, columns: 5, thickness: 0.001)
    try shape.validate()
    let mesh = Mesh(tessellating: shape, pixelsPerMeter: 400)
    #expect(mesh.indices.count == 2 * 4 * 3 * 6)
    let half = mesh.vertices.count / 2
    for index in 0..<half {
      let (above, below) = (mesh.vertices[index], mesh.vertices[index + half])
      #expect(above.normal.z > 0 && below.normal.z < 0)
      let gap = Vector3(above.position) - Vector3(below.position)
      #expect(abs(gap.length - 0.001) < 1e-6)
    }
    // Triangles turn the way their corners' normals point.
    for (a, b, c) in corners(of: mesh) {
      let normal = (b - a).cross(c - a)
      #expect(normal.length > 0)
    }
  }

  @Test(arguments: solids)
  func trianglesEncloseTheSolidsVolume(_ solid: Solid) throws {
    try solid.shape().validate()
    let mesh = Mesh(tessellating: solid.shape(), pixelsPerMeter: 4000)
    let volume = corners(of: mesh).reduce(0.0) { $0 + $1.0.dot($1.1.cross($1.2)) / 6 }
    /// Chords lie inside their arcs.
    let chordLoss = 0.01
    #expect(abs(volume / solid.volume - 1) < chordLoss, "\(volume) of \(solid.volume)")
  }

  @Test(arguments: solids)
  func trianglesFaceTheWayOfTheirNormals(_ solid: Solid) {
    for density in [50.0, 400, 3000] {
      let mesh = Mesh(tessellating: solid.shape(), pixelsPerMeter: density)
      for vertex in mesh.vertices {
        #expect(abs((vertex.normal * vertex.normal).sum() - 1) < 1e-4)
      }
      for (i, (a, b, c)) in corners(of: mesh).enumerated() {
        let facing = (b - a).cross(c - a)
        let normal = Vector3(mesh.vertices[Int(mesh.indices[3 * i])].normal)
        #expect(facing.length < 1e-12 || facing.dot(normal) > 0, "triangle \(i) at \(density)")
      }
    }
  }

  @Test(arguments: solids)
  func everyEdgeIsSharedByTwoTriangles(_ solid: Solid) {
    let mesh = Mesh(tessellating: solid.shape(), pixelsPerMeter: 400)
    // Corners are doubled along creases and seams, so they are told apart by where they are.
    func key(_ point: Vector3) -> SIMD3<Int> { SIMD3<Int>((point * 1e7).rounded(.toNearestOrEven)) }
    var edges: [[SIMD3<Int>]: Int] = [:]
    for (a, b, c) in corners(of: mesh) {
      for (from, to) in [(a, b), (b, c), (c, a)] {
        edges[[key(from), key(to)], default: 0] += 1
        edges[[key(to), key(from)], default: 0] -= 1
      }
    }
    #expect(edges.values.allSatisfy { $0 == 0 })
  }

  @Test func finerViewsGetMoreTriangles() {
    let shape = Shape.ellipsoid(radii: Vector3(repeating: 0.04))
    let counts = [100.0, 400, 1600].map {
      Mesh(tessellating: shape, pixelsPerMeter: $0).indices.count / 3
    }
    #expect(counts == counts.sorted() && Set(counts).count == 3)
    // A thing of thirty pixels, as in a benchmark's image.
    #expect((100...400).contains(counts[1]), "\(counts)")
  }

  @Test func anOpenProfileIsSeenFromBothSides() {
    let mesh = Mesh(
      tessellating: .lathe(profile: [Vector2(0.05, 0), Vector2(0.05, 0.1)]), pixelsPerMeter: 400)
    let outward = mesh.vertices.filter {
      ($0.normal.x * $0.position.x + $0.normal.y * $0.position.y) > 0
    }
    #expect(outward.count * 2 == mesh.vertices.count)
  }

  struct BadShape: CustomTestStringConvertible, Sendable {
    let shape: @Sendable () -> Shape
    let complaint: String
    var testDescription: String { complaint }
  }

  @Test(arguments: [
    BadShape(shape: { .box(size: Vector3(1, 0, 1)) }, complaint: "every edge must be > 0"),
    BadShape(shape: { .box(size: Vector3(1, .nan, 1)) }, complaint: "every edge must be > 0"),
    BadShape(shape: { .cylinder(radius: -1, height: 1) }, complaint: "both must be > 0"),
    BadShape(shape: { .lathe(profile: [Vector2(1, 0)]) }, complaint: "two or more are needed"),
    BadShape(
      shape: { .lathe(profile: [Vector2(-1, 0), Vector2(1, 1)]) }, complaint: "radius must be ≥ 0"),
    BadShape(shape: { .tube(path: [.zero, .unitX], radii: [1]) }, complaint: "as many"),
    BadShape(shape: { .tube(path: [.zero, .zero], radii: [1, 1]) }, complaint: "repeats point 1"),
    BadShape(
      shape: { .extrusion(outline: [Vector2(0, 0), Vector2(0, 1), Vector2(1, 0)], height: 1) },
      complaint: "clockwise"),
    BadShape(
      shape: { .extrusion(outline: [Vector2(0, 0)], height: 1) }, complaint: "three or more"),
  ])
  func shapesThatBoundNothingAreRefused(_ bad: BadShape) {
    let error = #expect(throws: RenderingError.self) {
      _ = try Model(parts: [Part(shape: bad.shape(), material: Material(color: .white))])
    }
    #expect(error?.description.contains(bad.complaint) == true, "\(String(describing: error))")
  }

  private func corners(of mesh: Mesh) -> [(Vector3, Vector3, Vector3)] {
    stride(from: 0, to: mesh.indices.count, by: 3).map { i in
      (
        Vector3(mesh.vertices[Int(mesh.indices[i])].position),
        Vector3(mesh.vertices[Int(mesh.indices[i + 1])].position),
        Vector3(mesh.vertices[Int(mesh.indices[i + 2])].position)
      )
    }
  }
}
