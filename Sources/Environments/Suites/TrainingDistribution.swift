import Geometry
import StrictYAML

/// A rectangle of the table [m].
public struct Region: Hashable, Sendable {
  public var min: Vector2
  public var max: Vector2

  func contains(_ point: Vector2) -> Bool {
    point.x >= min.x && point.x <= max.x && point.y >= min.y && point.y <= max.y
  }
}

/// What the demonstrations hold, and therefore what every suite is measured against.
///
/// It is the `training` section of `Benchmarks/in-distribution.yaml`.
public struct TrainingDistribution: Sendable {
  /// The name of the set-up that demonstrations are made in, and suites play in unless they say otherwise.
  public var setup: String
  /// What pictures for vision and language show; objects in the order of their names, by which patch labels number them.
  public var pictured: (arenas: [String], objects: [String])
  /// Named lists of objects that tasks may draw from.
  public var groups: [String: [String]]
  /// Where the origins of objects lie.
  public var region: Region
  /// The largest turn of an object about the vertical, to either side [rad].
  public var largestYaw: Double
  /// How many objects a scene has.
  public var objectCount: ClosedRange<Int>
  /// The least distance between the outlines of two objects, so that fingers fit between [m].
  public var clearance: Double
  /// The tasks that are demonstrated; each is drawn as often as its weight says.
  public var tasks: [DemonstratedTask]
  /// Ways to say each family's instruction, with `{object}` and `{target}`; the first is the benchmark's.
  public var wording: [TaskFamily: [String]]
  /// The families that have words, in the file's order.
  public var families: [TaskFamily]
  /// Where the file says it.
  var place: FilePlace

  /// A family with the groups its roles are drawn from.
  public struct DemonstratedTask: Hashable, Sendable {
    public var family: TaskFamily
    public var objects: [String]
    public var targets: [String]
    public var weight: Double
    /// Where the file says it.
    var place: FilePlace
  }

  /// Every object of a training scene, in order.
  public var objects: [String] {
    Set(tasks.flatMap { $0.objects + $0.targets }).sorted()
  }
}
