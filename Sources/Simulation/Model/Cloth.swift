import Geometry

/// A sheet of cloth: what of it stays the same.
public struct ClothModel: Sendable, Hashable, Codable {
  public var name: String
  /// Its edges when it lies flat [m].
  public var size: Vector2
  public var thickness: Double
  /// How steeply it hangs: its drop over its way out, at most.
  public var steepness: Double
  /// How many meshes it is drawn and tested with along its longer edge.
  public var meshes: Int

  public init(
    name: String, size: Vector2, thickness: Double = 0.002, steepness: Double = 2.5,
    meshes: Int = 24
  ) {
    self.name = name
    self.size = size
    self.thickness = thickness
    self.steepness = steepness
    self.meshes = meshes
  }
}

/// Where a sheet is.
public struct Cloth: Sendable, Hashable, Codable {
  /// Where its middle is over the table [m], and how its longer edge is turned from the x axis [rad].
  public var position: Vector2
  public var yaw: Double
  /// The bodies that it lies over, in part at least.
  public internal(set) var covered = BodySet()
  /// Where the fingers hold it, from its middle along its edges [m]; nil where they don't.
  public internal(set) var held: Vector2?
  /// The body that it came to lie over first while it was held.
  public internal(set) var firstMet: Int?

  public init(position: Vector2, yaw: Double = 0) {
    self.position = position
    self.yaw = yaw
  }
}

/// A draped sheet as a mesh: rows of points in the world frame [m].
public struct ClothSheet: Sendable, Hashable {
  public var rows: Int
  public var columns: Int
  /// Row by row.
  public var points: [Vector3]

  public subscript(row: Int, column: Int) -> Vector3 { points[row * columns + column] }
}
