import EnvironmentInterface
import RandomNumbers
import StrictYAML

/// How a task sets its scene beyond who is drawn: where each stands, what lies, what starts in or on another.
public struct Staging: Sendable {
  /// The names of the set-up's regions in which roles, `companions` and `others` stand; the rest stands in the region of
  /// the training distribution, or in the set-up's `table`.
  var regions: [String: String] = [:]
  /// What starts in or on another: the name or role of the upper to that of the lower.
  var upon: [String: String] = [:]
  /// Names or roles of what starts on its side.
  var lying: Set<String> = []
  /// Whether the arm starts over the object instead of in the set-up's box.
  var startsOverObject = false
  /// Whether episodes take turns with the objects: one first state for each round of them, under each one's instruction.
  var takesTurns = false

  /// Whether all stand upright on the table, where today's suites have them.
  var isPlain: Bool { regions.isEmpty && upon.isEmpty && lying.isEmpty }

  static let companions = "companions"
  static let others = "others"
}

extension Staging {
  /// What a task's entry says.
  ///
  /// - Parameters:
  ///   - regions: those of its set-up.
  ///   - cast: names that may be drawn or are there anyway, fixtures too.
  init(_ entries: YAMLMapping, regions: [String], cast: [String]) {
    let roles = Factor.Role.allCases.map(\.rawValue)
    self.regions = entries.readIfPresent("in", default: [:]) { value in
      var named: [String: String] = [:]
      let known = roles + [Self.companions, Self.others] + cast
      for (who, region) in try value.namedEntries(.regions) {
        value.check(who, among: known)
        named[who] = try region.name(among: regions, what: "region")
      }
      return named
    }
    upon = entries.readIfPresent("upon", default: [:]) { value in
      var named: [String: String] = [:]
      for (who, lower) in try value.namedEntries(.regions) {
        value.check(who, among: roles + cast)
        named[who] = try lower.name(among: roles + cast, what: "thing of the task")
      }
      return named
    }
    lying = entries.readIfPresent("lying", default: []) { value in
      let names = try value.list(.names)
      return Set(try names.map { try $0.name(among: roles + cast, what: "thing of the task") })
    }
    startsOverObject = entries.readIfPresent("startsOverObject", default: false) {
      try $0.boolean()
    }
    takesTurns = entries.readIfPresent("takesTurns", default: false) { try $0.boolean() }
  }

  /// The entry for a member of a cast: under its role, else under its name, else under what it is there for.
  func region(of member: SceneCast.Member) -> String? {
    let reason = member.isCompanion ? Self.companions : Self.others
    return member.role.flatMap { regions[$0.rawValue] } ?? regions[member.name] ?? regions[reason]
  }

  func lies(_ member: SceneCast.Member) -> Bool {
    member.role.map { lying.contains($0.rawValue) } ?? false || lying.contains(member.name)
  }

  /// What a member starts in or on, by name or role; nil for what stands by itself.
  func support(of member: SceneCast.Member) -> String? {
    member.role.flatMap { upon[$0.rawValue] } ?? upon[member.name]
  }
}

extension YAMLValue {
  fileprivate func check(_ name: String, among known: [String]) {
    guard !known.contains(name) else { return }
    complain(
      "'\(name)' is nobody of this task", mend: "use one of: \(known.joined(separator: ", "))")
  }
}

extension TaskDefinition {
  /// The task as an episode plays it, and the number of its first state: where objects take turns, each round of them
  /// shares one.
  func turn(_ index: Int) -> (task: TaskDefinition, draw: Int) {
    guard staging.takesTurns, objects.count > 1 else { return (self, index) }
    var task = self
    task.objects = [objects[index % objects.count]]
    task.companions = objects + companions
    return (task, index / objects.count)
  }
}
