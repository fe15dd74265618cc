import Geometry

extension Shape {
  /// Checks that the shape bounds something that can be cut into triangles.
  ///
  /// - Throws: `RenderingError.invalidShape`, which says what must change.
  func validate() throws {
    func require(_ holds: Bool, _ message: @autoclosure () -> String) throws {
      if !holds { throw RenderingError.invalidShape(message()) }
    }
    switch self {
    case .box(let size):
      try require(size.isFinite && size.min() > 0, "box of size \(size); every edge must be > 0")
    case .roundedBox(let size, let radius):
      try require(
        size.isFinite && size.min() > 0,
        "rounded box of size \(size); every edge must be > 0")
      try require(radius >= 0, "rounded box with radius \(radius); it must be ≥ 0")
    case .ellipsoid(let radii):
      try require(
        radii.isFinite && radii.min() > 0,
        "ellipsoid of radii \(radii); every one must be > 0")
    case .cylinder(let radius, let height), .capsule(let radius, let height):
      try require(
        radius > 0 && height > 0 && radius.isFinite && height.isFinite,
        "cylinder or capsule of radius \(radius) and height \(height); both must be > 0")
    case .lathe(let profile):
      try require(
        profile.count >= 2, "lathe profile of \(profile.count) points; two or more are needed")
      for (i, point) in profile.enumerated() {
        try require(
          point.isFinite && point.x >= 0,
          "lathe profile point \(i) is \(point); its radius must be ≥ 0")
        try require(
          i == 0 || (point - profile[i - 1]).length > 0, "lathe profile repeats point \(i)")
      }
    case .tube(let path, let radii):
      try require(path.count >= 2, "tube along \(path.count) points; two or more are needed")
      try require(
        path.count == radii.count,
        "tube of \(path.count) points and \(radii.count) radii; there must be as many")
      try require(
        radii.allSatisfy { $0 > 0 && $0.isFinite }, "tube of radii \(radii); all must be > 0")
      for i in 1..<path.count {
        try require(
          (path[i] - path[i - 1]).length > 0 && path[i].isFinite, "tube path repeats point \(i)")
      }
    case .extrusion(let outline, let height):
      try require(
        outline.count >= 3,
        "extrusion of \(outline.count) corners; three or more are needed")
      try require(
        height > 0 && height.isFinite, "extrusion of height \(height); it must be > 0")
      let doubleArea = outline.indices.reduce(0.0) {
        $0 + outline[$1].cross(outline[($1 + 1) % outline.count])
      }
      try require(
        doubleArea > 0, "extrusion outline turns clockwise or encloses nothing; reverse its corners"
      )
    case .sheet(let points, let columns, let thickness):
      try require(
        columns >= 2 && points.count >= 2 * columns && points.count % columns == 0,
        "sheet of \(points.count) points in \(columns) columns; two whole rows or more are needed")
      try require(points.allSatisfy(\.isFinite), "sheet with a point that is not finite")
      try require(
        thickness > 0 && thickness.isFinite, "sheet of thickness \(thickness); it must be > 0")
    }
  }
}

extension SIMD where Scalar == Double {
  fileprivate var isFinite: Bool { indices.allSatisfy { self[$0].isFinite } }
}
