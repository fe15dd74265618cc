import Geometry
import StrictYAML

extension TrainingDistribution {
  /// The distribution that a `training` section describes.
  init(_ section: YAMLValue, catalog: Catalog) throws {
    let entries = try section.mapping(knownKeys: [
      "setup", "groups", "region", "pictured", "largestYaw", "objectCount", "clearance", "tasks",
      "wording",
    ])
    place = section.place
    setup = entries.read("setup", or: "…") {
      try $0.name(among: catalog.setups.keys.sorted(), what: "set-up")
    }
    let groups = entries.read("groups", or: [:]) { try $0.groups(catalog: catalog) }
    self.groups = groups
    region = entries.read("region", or: Region(min: .zero, max: Vector2(1, 1))) {
      try $0.region()
    }
    largestYaw = entries.number("largestYaw", within: .yaw) * .pi / 180
    objectCount = entries.read("objectCount", or: 1...1) { try $0.integerRange(within: .objects) }
    clearance = entries.number("clearance", within: .clearance)
    pictured = entries.read("pictured", or: ([], [])) {
      try $0.pictured(groups: groups, catalog: catalog)
    }
    tasks = entries.read("tasks", or: []) { list in
      try list.items(.tasks) { try DemonstratedTask($0, groups: groups, catalog: catalog) }
    }
    let words = entries.read("wording", or: []) { try $0.wording(catalog: catalog) }
    families = words.map(\.family)
    wording = Dictionary(words.map { ($0.family, $0.forms) }) { first, _ in first }
    for family in Set(tasks.map(\.family)).subtracting(families).sorted(by: { $0.name < $1.name }) {
      entries["wording"]?.complain(
        "no wording for '\(family.name)'", mend: "add a line `\(family.name): […]`")
    }
  }
}

extension TrainingDistribution.DemonstratedTask {
  fileprivate init(_ entry: YAMLValue, groups: [String: [String]], catalog: Catalog) throws {
    let entries = try entry.mapping(knownKeys: ["family", "object", "target", "weight"])
    place = entry.place
    let family = try entries.required("family").family(catalog: catalog)
    self.family = family
    entry.checkTarget(of: family, in: entries)
    objects = entries.read("object", or: []) {
      try $0.objectNames(groups: groups, catalog: catalog)
    }
    targets = entries.readIfPresent("target", default: []) {
      try $0.objectNames(groups: groups, catalog: catalog)
    }
    weight = entries.number("weight", within: .weight, default: 1)
  }
}

extension YAMLValue {
  func region() throws -> Region {
    let corners = try rectangle()
    return Region(min: corners.min, max: corners.max)
  }

  /// A kind of task, by the name of its file.
  func family(catalog: Catalog) throws -> TaskFamily {
    let name = try name(among: catalog.families.keys.sorted(), what: "task family")
    return catalog.families[name] ?? .unread
  }

  /// Records it where a task has a target and its family none, or the other way round.
  func checkTarget(of family: TaskFamily, in entries: YAMLMapping) {
    guard family.hasTarget != (entries["target"] != nil) else { return }
    complain(
      "'\(family.name)' \(family.hasTarget ? "needs a `target`" : "has no `target`")",
      mend: family.hasTarget ? "add a line `target: …`" : "remove it")
  }

  /// The arenas and objects that pictures show, each in the order of their names.
  fileprivate func pictured(
    groups: [String: [String]], catalog: Catalog
  ) throws -> (arenas: [String], objects: [String]) {
    let entries = try mapping(knownKeys: ["arenas", "objects"])
    let arenas = catalog.arenas.keys.sorted()
    return (
      arenas: entries.read("arenas", or: []) { list in
        try list.list(.names).map { try $0.name(among: arenas, what: "arena") }.sorted()
      },
      objects: entries.read("objects", or: []) { list in
        try list.objectNames(groups: groups, catalog: catalog).sorted()
      }
    )
  }

  /// Named lists of objects; one may name those above it.
  fileprivate func groups(catalog: Catalog) throws -> [String: [String]] {
    var groups: [String: [String]] = [:]
    let entries = try namedEntries(.groups)
    let names = entries.map(\.name)
    for (name, value) in entries {
      if catalog.objects[name] != nil {
        value.complain("'\(name)' is an object as well", mend: "give the group another name")
      }
      groups[name] = value.read(or: []) {
        try $0.objectNames(groups: groups, laterGroups: names, catalog: catalog)
      }
    }
    return groups
  }

  /// Ways to say each family's instruction.
  fileprivate func wording(
    catalog: Catalog
  ) throws -> [(family: TaskFamily, forms: [String])] {
    try namedEntries().compactMap { name, value in
      guard let family = catalog.families[name] else {
        value.complain(
          "unknown task family '\(name)'",
          mend: "use one of: \(catalog.families.keys.sorted().joined(separator: ", "))")
        return nil
      }
      return (family, value.read(or: []) { try $0.sentences(namingTarget: family.hasTarget) })
    }
  }

  /// Sentences with `{object}`, and with `{target}` where there is one.
  ///
  /// - Parameter namingTarget: whether there is a target; nil where that is not known yet.
  func sentences(namingTarget: Bool?) throws -> [String] {
    let forms = try phrases()
    guard !forms.isEmpty else { throw error("there is no sentence", mend: "write at least one") }
    for form in forms {
      if let (problem, mend) = Self.flaw(ofForm: form, namingTarget: namingTarget) {
        complain("'\(form)' \(problem)", mend: mend)
      }
    }
    return forms
  }

  private static func flaw(
    ofForm form: String, namingTarget: Bool?
  ) -> (problem: String, mend: String)? {
    guard form.contains("{object}") else {
      return ("does not name its object", "write {object} into it")
    }
    if let namingTarget, form.contains("{target}") != namingTarget {
      return namingTarget
        ? ("does not name its target", "write {target} into it")
        : ("names a target, and there is none", "remove {target}")
    }
    let rest = form.replacing("{object}", with: "").replacing("{target}", with: "")
    return rest.contains(where: "{}".contains)
      ? ("has other braces than {object} and {target}", "remove them") : nil
  }

  /// Names of objects or groups of them, as the objects' names, each once.
  ///
  /// - Parameter laterGroups: groups that are being read, of which only those in `groups` are known.
  func objectNames(
    groups: [String: [String]], laterGroups: [String] = [], catalog: Catalog
  ) throws -> [String] {
    let entries = isList ? try list(.names) : [self]
    var known: Set<String> = []
    var names: [String] = []
    for entry in entries {
      for name in try entry.members(groups: groups, laterGroups: laterGroups, catalog: catalog) {
        guard known.insert(name).inserted else {
          throw entry.error("'\(name)' occurs twice", mend: "name it once")
        }
        names.append(name)
      }
    }
    return names
  }

  private func members(
    groups: [String: [String]], laterGroups: [String], catalog: Catalog
  ) throws -> [String] {
    let name = try string()
    if let group = groups[name] { return group }
    if catalog.objects[name] != nil { return [name] }
    guard !laterGroups.contains(name) else {
      throw error(
        "the group '\(name)' is not known yet",
        mend: "a group names objects and groups above it, never itself: move '\(name)' up")
    }
    throw error(
      "unknown object '\(name)'",
      mend: "name a file of Scenes/objects, or one of the groups "
        + (groups.isEmpty ? "(none yet)" : groups.keys.sorted().joined(separator: ", ")))
  }
}
