import Foundation
import Geometry

/// Triangles of one shape in the shape's own frame, with outward normals and two surface coordinates.
///
/// Triangles are counter-clockwise seen from outside. Vertices are shared where the surface is
/// smooth and doubled along creases.
struct Mesh {
  struct Vertex {
    /// [m]
    var position: SIMD3<Float>
    /// Unit length, outward.
    var normal: SIMD3<Float>
    /// Lengths along the surface [m], for patterns of a given size.
    var surface: SIMD2<Float>
    /// 0…1 across the face and from its bottom to its top, for pictures that fill it.
    var face: SIMD2<Float>
  }

  var vertices: [Vertex] = []
  /// Three a triangle.
  var indices: [UInt32] = []

  /// Triangles fine enough that no silhouette is off by much of a pixel where a meter spans
  /// this many pixels.
  ///
  /// - Precondition: the shape is valid (`Shape.validate()`).
  init(tessellating shape: Shape, pixelsPerMeter: Double) {
    let detail = MeshDetail(pixelsPerMeter: pixelsPerMeter)
    switch shape {
    case .box(let size):
      addBox(size: size)
    case .roundedBox(let size, let radius):
      addExtrusion(
        outline: detail.roundedRectangle(size: size.xy, radius: radius),
        bottom: -size.z / 2, top: size.z / 2)
      fitFacesToSides(of: size)
    case .ellipsoid(let radii):
      addEllipsoid(radii: radii, detail: detail)
    case .cylinder(let radius, let height):
      addLathe(
        profile: [
          Vector2(0, -height / 2), Vector2(radius, -height / 2), Vector2(radius, height / 2),
          Vector2(0, height / 2),
        ], detail: detail)
    case .capsule(let radius, let height):
      addLathe(profile: detail.capsuleProfile(radius: radius, height: height), detail: detail)
    case .lathe(let profile):
      addLathe(profile: profile, detail: detail)
    case .tube(let path, let radii):
      addTube(path: path, radii: radii, detail: detail)
    case .extrusion(let outline, let height):
      addExtrusion(outline: detail.simplified(outline, closed: true), bottom: 0, top: height)
    case .sheet(let points, let columns, let thickness):
      addSheet(points: points, columns: columns, thickness: thickness)
    }
  }

  mutating func addVertex(
    _ position: Vector3, normal: Vector3, surface: Vector2, face: Vector2
  ) -> UInt32 {
    vertices.append(
      Vertex(
        position: SIMD3(position), normal: SIMD3(normal), surface: SIMD2(surface),
        face: SIMD2(face)))
    return UInt32(vertices.count - 1)
  }

  mutating func addTriangle(_ a: UInt32, _ b: UInt32, _ c: UInt32) {
    indices.append(contentsOf: [a, b, c])
  }

  mutating func addQuad(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) {
    indices.append(contentsOf: [a, b, c, a, c, d])
  }

  private mutating func addBox(size: Vector3) {
    let half = size / 2
    // For each face: outward normal, then the directions of the picture's x and y on it.
    let faces: [(normal: Vector3, u: Vector3, v: Vector3)] = [
      (.unitX, .unitY, .unitZ), (-.unitX, -.unitY, .unitZ), (.unitY, -.unitX, .unitZ),
      (-.unitY, .unitX, .unitZ), (.unitZ, .unitX, .unitY), (-.unitZ, .unitX, -.unitY),
    ]
    for (normal, u, v) in faces {
      let extent = Vector2(abs(u.dot(size)), abs(v.dot(size)))
      let corners = [Vector2(0, 0), Vector2(1, 0), Vector2(1, 1), Vector2(0, 1)].map { face in
        let across = u * (2 * face.x - 1) + v * (2 * face.y - 1) + normal
        return addVertex(
          across * half, normal: normal, surface: (face - 0.5) * extent, face: face)
      }
      addQuad(corners[0], corners[1], corners[2], corners[3])
    }
  }

  /// Gives each of a rounded box's four sides the whole of a picture.
  private mutating func fitFacesToSides(of size: Vector3) {
    // The sides' corners come four a quad, after those of the two lids.
    let sides = vertices.indices.filter { abs(vertices[$0].normal.z) < 0.5 }
    for quad in stride(from: 0, to: sides.count, by: 4).map({ sides[$0..<$0 + 4] }) {
      let normal = quad.reduce(SIMD3<Float>.zero) { $0 + vertices[$1].normal }
      for i in quad {
        let place = Vector3(vertices[i].position) / size + 0.5
        let across =
          abs(normal.x) > abs(normal.y)
          ? (normal.x > 0 ? place.y : 1 - place.y) : (normal.y > 0 ? 1 - place.x : place.x)
        vertices[i].face = SIMD2(Float(across), Float(place.z))
      }
    }
  }

  private mutating func addEllipsoid(radii: Vector3, detail: MeshDetail) {
    // A unit ball turned from its profile, then stretched; normals stretch the inverse way.
    let largest = radii.max()
    let rings = max(4, detail.segments(radius: largest) / 2)
    let profile = (0...rings).map { i in
      let angle = Double.pi * (Double(i) / Double(rings) - 0.5)
      return Vector2(
        i == 0 || i == rings ? 0 : largest * cos(angle), largest * sin(angle))
    }
    let first = vertices.count
    addLathe(profile: profile, detail: detail, isSmooth: true)
    let stretch = SIMD3<Float>(radii / largest)
    for i in first..<vertices.count {
      vertices[i].position *= stretch
      let normal = vertices[i].normal / stretch
      vertices[i].normal = normal / (normal * normal).sum().squareRoot()
    }
  }
}
