/// A solid or surface that can be drawn and bounded, given in its own frame [m].
///
/// Angles and windings are counter-clockwise seen from +z. Every shape is closed unless it says otherwise.
public enum Shape: Hashable, Sendable, Codable {
  /// A box centred on the origin; `size` is the full edge length along x, y, z.
  case box(size: Vector3)
  /// A box as above whose vertical edges are rounded with `radius`.
  case roundedBox(size: Vector3, radius: Double)
  /// An axis-aligned ellipsoid centred on the origin.
  case ellipsoid(radii: Vector3)
  /// A cylinder along z, centred on the origin.
  case cylinder(radius: Double, height: Double)
  /// A cylinder along z of `height` between the centres of its two half-spheres, centred on the origin.
  case capsule(radius: Double, height: Double)
  /// A profile of (radius, z) points turned about z; open where it does not meet the axis.
  case lathe(profile: [Vector2])
  /// A round tube along a path of points with one radius each, closed by round ends.
  case tube(path: [Vector3], radii: [Double])
  /// A simple polygon, counter-clockwise, swept along z from 0 to `height`.
  case extrusion(outline: [Vector2], height: Double)
  /// A thin sheet through a grid of points, row by row; open at its edges.
  case sheet(points: [Vector3], columns: Int, thickness: Double)
}
