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
  public var arena: String
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
  /// The box in which the point between the fingertips starts, base frame [m].
  public var firstGripper: (min: Vector3, max: Vector3)
  /// The tasks that are demonstrated; each is drawn as often as its weight says.
  public var tasks: [DemonstratedTask]
  /// Ways to say each family's instruction, with `{object}` and `{target}`; the first is the benchmark's.
  public var wording: [TaskFamily: [String]]

  /// A family with the groups its roles are drawn from.
  public struct DemonstratedTask: Hashable, Sendable {
    public var family: TaskFamily
    public var objects: [String]
    public var targets: [String]
    public var weight: Double
  }

  /// Every object of a training scene, in order.
  public var objects: [String] {
    Set(tasks.flatMap { $0.objects + $0.targets }).sorted()
  }
}

extension TrainingDistribution {
  /// The distribution that a `training` section describes.
  init(_ section: YAMLValue, catalog: Catalog) throws {
    let entries = try section.mapping(knownKeys: [
      "arena", "groups", "region", "largestYaw", "objectCount", "clearance", "firstGripper",
      "tasks", "wording",
    ])
    let arenaEntry = try entries.required("arena")
    arena = try arenaEntry.name(among: catalog.arenas.keys.sorted(), what: "arena")
    var groups: [String: [String]] = [:]
    for (name, value) in try entries.required("groups").namedEntries() {
      groups[name] = try value.objectNames(groups: groups, catalog: catalog)
    }
    self.groups = groups
    region = try entries.required("region").region()
    largestYaw = try entries.required("largestYaw").number() * .pi / 180
    objectCount = try entries.required("objectCount").integerRange()
    clearance = try entries.required("clearance").length()
    let box = try entries.required("firstGripper").mapping(knownKeys: ["min", "max"])
    firstGripper = (try box.required("min").vector3(), try box.required("max").vector3())
    tasks = try entries.required("tasks").list().map { entry in
      let task = try entry.mapping(knownKeys: ["family", "object", "target", "weight"])
      let family = try task.required("family").family()
      return DemonstratedTask(
        family: family,
        objects: try task.required("object").objectNames(groups: groups, catalog: catalog),
        targets: family.hasTarget
          ? try task.required("target").objectNames(groups: groups, catalog: catalog) : [],
        weight: try task.number("weight", default: 1))
    }
    wording = try entries.required("wording").wording()
    for family in TaskFamily.allCases where wording[family] == nil {
      throw try entries.required("wording").error(
        "no wording for '\(family.rawValue)'", mend: "add a line `\(family.rawValue): […]`")
    }
  }
}

extension YAMLValue {
  func region() throws -> Region {
    let entries = try mapping(knownKeys: ["min", "max"])
    let region = Region(
      min: try entries.required("min").vector2(), max: try entries.required("max").vector2())
    guard region.min.x < region.max.x, region.min.y < region.max.y else {
      throw error("the region is empty", mend: "make min smaller than max in both coordinates")
    }
    return region
  }

  func family() throws -> TaskFamily {
    let name = try name(among: TaskFamily.allCases.map(\.rawValue), what: "task family")
    return TaskFamily(rawValue: name) ?? .lift
  }

  func wording() throws -> [TaskFamily: [String]] {
    var result: [TaskFamily: [String]] = [:]
    for (name, value) in try namedEntries() {
      guard let family = TaskFamily(rawValue: name) else {
        throw value.error(
          "unknown task family '\(name)'",
          mend: "use one of: \(TaskFamily.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let forms = try value.strings()
      for form in forms where !form.contains("{object}") {
        throw value.error("'\(form)' does not name its object", mend: "write {object} into it")
      }
      result[family] = forms
    }
    return result
  }

  /// Names of objects or groups of them, as the objects' names.
  func objectNames(groups: [String: [String]], catalog: Catalog) throws -> [String] {
    let entries: [YAMLValue]
    if isList { entries = try list() } else { entries = [self] }
    return try entries.flatMap { entry in
      let name = try entry.string()
      if let group = groups[name] { return group }
      guard catalog.objects[name] != nil else {
        throw entry.error(
          "unknown object '\(name)'",
          mend: "name a file of Scenes/objects, or one of the groups "
            + (groups.isEmpty ? "(none yet)" : groups.keys.sorted().joined(separator: ", ")))
      }
      return [name]
    }
  }
}
