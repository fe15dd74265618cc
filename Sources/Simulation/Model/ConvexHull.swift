import Geometry

/// The convex hull of points in space, as flat faces.
struct ConvexHull: Sendable, Hashable {
  /// A flat face: where it lies and its corners, counter-clockwise seen from outside [m].
  struct Face: Sendable, Hashable {
    /// The outward unit normal.
    var normal: Vector3
    /// The plane's distance from the origin along the normal [m].
    var offset: Double
    var corners: [Vector3]
  }

  let faces: [Face]

  /// Nearer to a plane than this is on it [m].
  private static let flatness = 1e-7

  /// Adds one point after the other, replacing what each sees by a cone to its horizon (Preparata and Hong 1977).
  ///
  /// Nil where the points lie in a plane.
  init?(of points: [Vector3]) {
    guard var triangles = Self.firstTriangles(points) else { return nil }
    for point in points {
      let visible = triangles.filter { $0.height(of: point) > Self.flatness / 10 }
      guard !visible.isEmpty else { continue }
      let edges = visible.flatMap(\.edges)
      triangles.removeAll { visible.contains($0) }
      for edge in edges where !edges.contains(where: { $0.0 == edge.1 && $0.1 == edge.0 }) {
        if let triangle = Triangle(edge.0, edge.1, point) { triangles.append(triangle) }
      }
    }
    faces = Self.merged(triangles)
  }

  /// Four points that span a body, as its triangles.
  private static func firstTriangles(_ points: [Vector3]) -> [Triangle]? {
    guard let a = points.first,
      let b = points.max(by: { ($0 - a).length < ($1 - a).length }),
      let c = points.max(by: {
        (b - a).cross($0 - a).length < (b - a).cross($1 - a).length
      }), let base = Triangle(a, b, c),
      let d = points.max(by: { abs(base.height(of: $0)) < abs(base.height(of: $1)) }),
      abs(base.height(of: d)) > flatness
    else { return nil }
    let corners = base.height(of: d) < 0 ? (a, b, c) : (a, c, b)
    let triangles = [
      Triangle(corners.0, corners.1, corners.2), Triangle(corners.1, corners.0, d),
      Triangle(corners.2, corners.1, d), Triangle(corners.0, corners.2, d),
    ].compactMap(\.self)
    return triangles.count == 4 ? triangles : nil
  }

  /// Triangles of one plane become one face.
  private static func merged(_ triangles: [Triangle]) -> [Face] {
    var groups: [(normal: Vector3, offset: Double, points: [Vector3])] = []
    for triangle in triangles {
      let corners = [triangle.a, triangle.b, triangle.c]
      let match = groups.firstIndex { group in
        triangle.normal.dot(group.normal) > 0.999
          && corners.allSatisfy { abs($0.dot(group.normal) - group.offset) < flatness }
      }
      if let match {
        groups[match].points += corners
      } else {
        groups.append((triangle.normal, triangle.a.dot(triangle.normal), corners))
      }
    }
    return groups.map { group in
      // Two directions in the face such that counter-clockwise there is so from outside.
      let aside = abs(group.normal.z) < 0.9 ? Vector3.unitZ : .unitX
      let x = aside.cross(group.normal).normalized
      let y = group.normal.cross(x)
      let flat = ConvexPolygon(hullOf: group.points.map { Vector2($0.dot(x), $0.dot(y)) })
      return Face(
        normal: group.normal, offset: group.offset,
        corners: flat.vertices.map { $0.x * x + $0.y * y + group.offset * group.normal })
    }
  }
}

/// Three corners, counter-clockwise seen from outside.
private struct Triangle: Equatable {
  let a: Vector3
  let b: Vector3
  let c: Vector3
  let normal: Vector3

  /// Nil where the corners are on a line.
  init?(_ a: Vector3, _ b: Vector3, _ c: Vector3) {
    let normal = (b - a).cross(c - a)
    guard normal.length > 1e-14 else { return nil }
    (self.a, self.b, self.c, self.normal) = (a, b, c, normal.normalized)
  }

  var edges: [(Vector3, Vector3)] { [(a, b), (b, c), (c, a)] }

  func height(of point: Vector3) -> Double { (point - a).dot(normal) }
}
