import Geometry
import StrictYAML

extension Suite {
  /// The suite that a file describes.
  ///
  /// What a file says is checked here as far as it can be by itself; `BenchmarkChecks` looks at what it means beside the
  /// training distribution.
  ///
  /// - Parameter shared: factors that have files of their own, which its tasks may name beside the suite's.
  init(
    _ file: YAMLValue, training: TrainingDistribution, catalog: Catalog,
    shared: [String: Factor] = [:]
  ) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "title", "about", "episodes", "training", "setup", "all", "afterSuccess", "factors",
      "tasks",
    ])
    name = entries.read("name", or: "…") { try $0.identifier() }
    title = entries.read("title", or: "…") { try $0.text(atMost: TextLimits.phrase) }
    about = entries.read("about", or: "…") { try $0.text(atMost: TextLimits.about) }
    episodesPerTask = entries.integer("episodes", within: .episodes)
    if file.file != BenchmarkFiles.trainingFile, let section = entries["training"] {
      section.complain(
        "only \(BenchmarkFiles.trainingFile) has this section", mend: "remove it")
    }
    isInAll = entries.readIfPresent("all", default: true) { try $0.boolean() }
    continuesAfterSuccess = entries.readIfPresent("afterSuccess", default: false) {
      try $0.name(among: ["ends", "continues"], what: "way to go on") == "continues"
    }
    let setup = entries.readIfPresent("setup", default: training.setup) {
      try $0.name(among: catalog.setups.keys.sorted(), what: "set-up")
    }
    let context = FactorContext(
      groups: training.groups, catalog: catalog,
      surfaces: catalog.setups[setup]?.arena.surfaces.map(\.name) ?? [])
    let factors = entries.readIfPresent("factors", default: [:]) { value in
      try value.factors(context)
    }
    // A factor whose entry is broken is not unknown.
    let factorNames =
      ((try? entries["factors"]?.namedEntries().map(\.name)) ?? []) + shared.keys.sorted()
    tasks = entries.read("tasks", or: []) { list in
      let tasks = try list.items(.tasks) {
        try TaskDefinition(
          $0, setup: setup, factors: factorNames, training: training, catalog: catalog)
      }
      list.checkNamesDiffer(tasks)
      list.checkDrawsAreSharedByTwo(tasks)
      return tasks
    }
    let named = Set(tasks.flatMap(\.factors))
    self.factors = factors.merging(shared.filter { named.contains($0.key) }) { own, _ in own }
  }
}

extension YAMLValue {
  fileprivate func factors(_ context: FactorContext) throws -> [String: Factor] {
    var factors: [String: Factor] = [:]
    for (name, entry) in try namedEntries(.factors) {
      factors[name] = entry.read(or: nil) { try Factor(name: name, $0, context: context) }
    }
    return factors
  }

  fileprivate func checkNamesDiffer(_ tasks: [TaskDefinition]) {
    var names: Set<String> = []
    for task in tasks where !names.insert(task.name).inserted {
      complain("two tasks are called '\(task.name)'", mend: "rename one")
    }
  }
}

extension YAMLValue {
  /// Tables count pairs of episodes with one first state, of which both were solved.
  fileprivate func checkDrawsAreSharedByTwo(_ tasks: [TaskDefinition]) {
    let draws = Dictionary(grouping: tasks, by: \.draw)
    for (draw, sharing) in draws.sorted(by: { $0.key < $1.key }) where sharing.count > 2 {
      complain(
        "\(sharing.count) tasks share the draw '\(draw)', and two can",
        mend: "give the others draws of their own")
    }
  }
}

extension TaskDefinition {
  fileprivate init(
    _ entry: YAMLValue, setup suiteSetup: String, factors: [String], training: TrainingDistribution,
    catalog: Catalog
  ) throws {
    let entries = try entry.mapping(knownKeys: [
      "name", "setup", "family", "object", "target", "companions", "others", "factors", "draw",
      "steps",
      "hold", "places", "category", "instruction", "paper", "in", "upon", "lying",
      "startsOverObject", "takesTurns", "turnedOver", "facing", "cloth", "episodes",
    ])
    func names(_ value: YAMLValue) throws -> [String] {
      try value.objectNames(groups: training.groups, catalog: catalog)
    }
    let setupName = entries.readIfPresent("setup", default: suiteSetup) {
      try $0.name(among: catalog.setups.keys.sorted(), what: "set-up")
    }
    let surroundings = catalog.setups[setupName]
    let fixtures = surroundings?.arena.fixtures.map(\.name) ?? []
    place = entry.place
    name = entries.read("name", or: "…") { try $0.identifier() }
    setup = setupName
    family = entries.read("family", or: .unread) { try $0.family(catalog: catalog) }
    if family != .unread {
      entry.checkTarget(of: family, in: entries)
      if training.wording[family] == nil, entries["instruction"] == nil {
        entry.complain(
          "training has no words for '\(family.name)'",
          mend: "add a line under `training.wording` of \(BenchmarkFiles.trainingFile)")
      }
    }
    func cast(_ value: YAMLValue) throws -> [String] {
      if value.isScalar, fixtures.contains(try value.string()) { return [try value.string()] }
      return try names(value)
    }
    objects = entries.read("object", or: []) { try cast($0) }
    targets = entries.readIfPresent("target", default: []) { try cast($0) }
    companions = entries.readIfPresent("companions", default: []) { try names($0) }
    (othersCount, others) = entries.readIfPresent("others", default: (0...0, [])) { value in
      let fields = try value.mapping(knownKeys: ["count", "from"])
      return (
        fields.read("count", or: 0...0) { try $0.integerRange(within: .others) },
        fields.read("from", or: []) { try names($0) }
      )
    }
    self.factors = entries.readIfPresent("factors", default: []) { value in
      try value.list(.factors).map { try $0.name(among: factors, what: "factor") }
    }
    category = entries.readIfPresent("category", default: nil) { value in
      Category(
        rawValue: try value.name(among: Category.allCases.map(\.rawValue), what: "category"))
    }
    let objects = objects
    instructions = entries.readIfPresent("instruction", default: [:]) {
      try $0.instructions(of: objects)
    }
    if let paper = entries["paper"] {
      family = try family.scored(by: paper.read(or: []) { try TaskFamily.lines($0) })
    }
    staging = Staging(
      entries, regions: surroundings.map { Array($0.regions.keys).sorted() } ?? [],
      cast: Array(Set(objects + targets + companions + others)).sorted() + fixtures,
      cloths: catalog.cloths.keys.sorted())
    if family.usesCloth, staging.cloth == nil {
      entry.complain(
        "'\(family.name)' needs a cloth", mend: "add a line `cloth: {name: …, in: …}`")
    }
    ownEpisodes = entries.readIfPresent("episodes", default: nil) {
      try $0.integer(within: .episodes)
    }
    places = entries.readIfPresent("places", default: [:]) { try $0.places(catalog: catalog) }
    draw = entries.readIfPresent("draw", default: name) { try $0.identifier() }
    stepLimit = entries.integer("steps", within: .steps)
    hold = entries.integer("hold", within: .hold, default: 2)
    if stepLimit <= hold {
      entry.complain(
        "a goal cannot hold for \(hold) of \(stepLimit) steps",
        mend: "let `steps` be more than `hold`")
    }
  }
}

extension YAMLValue {
  /// A sentence for all objects, under an empty name, or one for each.
  fileprivate func instructions(of objects: [String]) throws -> [String: String] {
    if isScalar { return ["": try text(atMost: TextLimits.phrase)] }
    var sentences: [String: String] = [:]
    for (name, value) in try namedEntries(.forms) {
      if !objects.contains(name) {
        value.complain(
          "'\(name)' is no object of this task",
          mend: "use one of: \(objects.joined(separator: ", "))")
      }
      sentences[name] = try value.text(atMost: TextLimits.phrase)
    }
    if let silent = objects.first(where: { sentences[$0] == nil }) {
      complain("nothing is said of '\(silent)'", mend: "add a line `\(silent): …`")
    }
    return sentences
  }

  /// Places by object name, each `[x, y, degrees]`; no two of them in one spot.
  fileprivate func places(
    catalog: Catalog
  ) throws -> [String: (position: Vector2, yaw: Double)] {
    var places: [String: (position: Vector2, yaw: Double)] = [:]
    var outlines: [(name: String, outline: ConvexPolygon)] = []
    for (name, value) in try namedEntries() {
      guard let object = catalog.objects[name] else {
        value.complain("unknown object '\(name)'", mend: "name a file of Scenes/objects")
        continue
      }
      let numbers = try value.list(CountLimits(3...3, "numbers, [x, y, degrees]"))
      let position = Vector2(
        try numbers[0].number(within: .coordinate), try numbers[1].number(within: .coordinate))
      let yaw = try numbers[2].number(within: .degrees) * .pi / 180
      let outline = object.outline.turned(by: yaw, movedBy: position)
      for other in outlines where other.outline.distance(to: outline) == 0 {
        value.complain("'\(name)' stands where '\(other.name)' does", mend: "move one of them")
      }
      outlines.append((name, outline))
      places[name] = (position, yaw)
    }
    return places
  }
}
