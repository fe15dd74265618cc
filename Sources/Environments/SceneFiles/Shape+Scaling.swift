import Geometry

extension Shape {
  /// The same shape with every length multiplied.
  func scaled(by factor: Double) -> Shape {
    switch self {
    case .box(let size): .box(size: size * factor)
    case .roundedBox(let size, let radius):
      .roundedBox(size: size * factor, radius: radius * factor)
    case .ellipsoid(let radii): .ellipsoid(radii: radii * factor)
    case .cylinder(let radius, let height):
      .cylinder(radius: radius * factor, height: height * factor)
    case .capsule(let radius, let height):
      .capsule(radius: radius * factor, height: height * factor)
    case .lathe(let profile): .lathe(profile: profile.map { $0 * factor })
    case .tube(let path, let radii):
      .tube(path: path.map { $0 * factor }, radii: radii.map { $0 * factor })
    case .extrusion(let outline, let height):
      .extrusion(outline: outline.map { $0 * factor }, height: height * factor)
    case .sheet(let points, let columns, let thickness):
      .sheet(points: points.map { $0 * factor }, columns: columns, thickness: thickness * factor)
    }
  }
}
