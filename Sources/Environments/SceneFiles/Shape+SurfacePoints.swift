import Foundation
import Geometry

extension Shape {
  /// Points of the surface that are dense enough for a hull and a height range to within about a millimetre.
  var surfacePoints: [Vector3] {
    switch self {
    case .box(let size), .roundedBox(let size, _): Self.corners(of: size)
    case .ellipsoid(let radii):
      Self.unitSphere.map { $0 * radii }
    case .cylinder(let radius, let height):
      Self.ring(radius: radius, z: -height / 2) + Self.ring(radius: radius, z: height / 2)
    case .capsule(let radius, let height):
      Self.unitSphere.flatMap { point in
        [-height / 2, height / 2].map { point * radius + Vector3(0, 0, $0) }
      }
    case .lathe(let profile):
      profile.flatMap { Self.ring(radius: $0.x, z: $0.y) }
    case .tube(let path, let radii):
      zip(path, radii).flatMap { center, radius in
        Self.unitSphere.map { $0 * radius + center }
      }
    case .extrusion(let outline, let height):
      outline.flatMap { [Vector3($0, z: 0), Vector3($0, z: height)] }
    case .sheet(let points, _, _): points
    }
  }

  private static func corners(of size: Vector3) -> [Vector3] {
    [-0.5, 0.5].flatMap { x in
      [-0.5, 0.5].flatMap { y in [-0.5, 0.5].map { z in Vector3(x, y, z) * size } }
    }
  }

  private static func ring(radius: Double, z: Double) -> [Vector3] {
    guard radius > 0 else { return [Vector3(0, 0, z)] }
    return (0..<24).map { index in
      let angle = 2 * .pi * Double(index) / 24
      return Vector3(radius * cos(angle), radius * sin(angle), z)
    }
  }

  private static let unitSphere: [Vector3] = (0...12).flatMap { row in
    let polar = Double.pi * Double(row) / 12
    return ring(radius: sin(polar), z: cos(polar))
  }
}
