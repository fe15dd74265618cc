import EnvironmentInterface
import Geometry
import StrictYAML

/// A suite of tasks, as a file of `Benchmarks/` describes it.
public struct Suite: Sendable {
  public var name: String
  public var title: String
  /// What the suite asks, what training holds of it and what it leaves out.
  public var about: String
  public var tasks: [TaskDefinition]
  public var factors: [String: Factor]
  public var episodesPerTask: Int

  /// Whether its episodes have clean twins: it has factors.
  public var hasCleanTwins: Bool { tasks.contains { !$0.factors.isEmpty } }
}

/// A task of a suite: what to do with which objects, and what is perturbed.
public struct TaskDefinition: Sendable {
  public var name: String
  public var family: TaskFamily
  /// The object to move is drawn from these.
  public var objects: [String]
  /// The object to bring it to is drawn from these.
  public var targets: [String]
  /// Objects that are in the scene whatever is drawn, by name.
  public var companions: [String]
  /// How many more objects there are, and which ones they are drawn from.
  public var othersCount: ClosedRange<Int>
  public var others: [String]
  /// Names of the suite's factors that act.
  public var factors: [String]
  /// Objects that stand at a place of the file's choosing, turned so [m, rad]; the rest is drawn.
  public var places: [String: (position: Vector2, yaw: Double)]
  /// The name under which the scene is drawn: tasks that share it have the same first states.
  public var draw: String
  public var stepLimit: Int
  /// For how many control steps on end the goal must hold.
  public var hold: Int
}

extension Suite {
  /// The suite that a file describes.
  ///
  /// - Throws: `YAMLError`, where a task or factor is unknown, or there are no episodes.
  init(_ file: YAMLValue, training: TrainingDistribution, catalog: Catalog) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "title", "about", "episodes", "training", "factors", "tasks",
    ])
    name = try entries.required("name").string()
    title = try entries.required("title").string()
    about = try entries.required("about").string()
    let episodes = try entries.required("episodes")
    episodesPerTask = try episodes.integer()
    guard episodesPerTask > 0 else {
      throw episodes.error(
        "the suite has \(episodesPerTask) episodes", mend: "give every task at least one episode")
    }
    var factors: [String: Factor] = [:]
    for (name, entry) in try entries["factors"]?.namedEntries() ?? [] {
      factors[name] = try Factor(name: name, entry, groups: training.groups, catalog: catalog)
    }
    self.factors = factors
    let taskList = try entries.required("tasks")
    tasks = try taskList.list().map {
      try TaskDefinition($0, factors: factors, training: training, catalog: catalog)
    }
    guard !tasks.isEmpty else {
      throw taskList.error("the suite has no episodes", mend: "list at least one task")
    }
    var names: Set<String> = []
    for task in tasks where !names.insert(task.name).inserted {
      throw taskList.error("two tasks are called '\(task.name)'", mend: "rename one")
    }
  }

  /// How a table heads the suite.
  var description: SuiteDescription {
    SuiteDescription(
      name: name, title: title, tasks: tasks.map(\.name), hasCleanTwins: hasCleanTwins,
      defaultEpisodesPerTask: episodesPerTask)
  }
}

extension TaskDefinition {
  fileprivate init(
    _ entry: YAMLValue, factors: [String: Factor], training: TrainingDistribution,
    catalog: Catalog
  ) throws {
    let entries = try entry.mapping(knownKeys: [
      "name", "family", "object", "target", "companions", "others", "factors", "draw", "steps",
      "hold", "places",
    ])
    func names(_ key: String) throws -> [String] {
      try entries[key]?.objectNames(groups: training.groups, catalog: catalog) ?? []
    }
    name = try entries.required("name").string()
    family = try entries.required("family").family()
    _ = try entries.required("object")
    objects = try names("object")
    targets = try names("target")
    if family.hasTarget != !targets.isEmpty {
      throw entry.error(
        "'\(family.rawValue)' \(family.hasTarget ? "needs a `target`" : "has no `target`")",
        mend: family.hasTarget ? "add a line `target: …`" : "remove it")
    }
    companions = try names("companions")
    othersCount = 0...0
    others = []
    if let entry = entries["others"] {
      let fields = try entry.mapping(knownKeys: ["count", "from"])
      othersCount = try fields.required("count").integerRange()
      others = try fields.required("from")
        .objectNames(groups: training.groups, catalog: catalog)
    }
    self.factors =
      try entries["factors"]?.list().map {
        try $0.name(among: factors.keys.sorted(), what: "factor")
      } ?? []
    places = try entries["places"]?.places(catalog: catalog) ?? [:]
    draw = try entries["draw"]?.string() ?? name
    stepLimit = try entries.required("steps").integer()
    hold = try entries.integer("hold", default: 2)
    guard stepLimit > hold, hold > 0 else {
      throw entry.error(
        "a goal cannot hold for \(hold) of \(stepLimit) steps",
        mend: "let `steps` be more than `hold`, and `hold` at least 1")
    }
  }
}

extension YAMLValue {
  /// Places by object name, each `[x, y, degrees]`; no two of them in one spot.
  fileprivate func places(
    catalog: Catalog
  ) throws -> [String: (position: Vector2, yaw: Double)] {
    var places: [String: (position: Vector2, yaw: Double)] = [:]
    var outlines: [(name: String, outline: ConvexPolygon)] = []
    for (name, value) in try namedEntries() {
      guard let object = catalog.objects[name] else {
        throw value.error(
          "unknown object '\(name)'", mend: "name a file of Scenes/objects")
      }
      let numbers = try value.numbers(3)
      let place = (position: Vector2(numbers[0], numbers[1]), yaw: numbers[2] * .pi / 180)
      let outline = object.outline.turned(by: place.yaw, movedBy: place.position)
      for other in outlines where other.outline.distance(to: outline) == 0 {
        throw value.error(
          "'\(name)' stands where '\(other.name)' does", mend: "move one of them")
      }
      outlines.append((name, outline))
      places[name] = place
    }
    return places
  }
}
