import EnvironmentInterface
import Geometry
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
  /// Names or roles of what starts upside down.
  var turnedOver: Set<String> = []
  /// By names or roles, how far things are turned about the vertical beside what is drawn [rad].
  var facing: [String: Double] = [:]
  /// The cloth that lies about, and the region in which it does.
  var cloth: (name: String, region: String)?
  /// Whether the arm starts over the object instead of in the set-up's box.
  var startsOverObject = false
  /// Whether episodes take turns with the objects: one first state for each round of them, under each one's instruction.
  var takesTurns = false

  /// Whether all stand upright on the table, where today's suites have them.
  var isPlain: Bool {
    regions.isEmpty && upon.isEmpty && lying.isEmpty && turnedOver.isEmpty && cloth == nil
      && facing.isEmpty
  }

  static let companions = "companions"
  static let others = "others"
}

extension Staging {
  /// What a task's entry says.
  ///
  /// - Parameters:
  ///   - regions: those of its set-up.
  ///   - cast: names that may be drawn or are there anyway, fixtures too.
  ///   - cloths: names of the kinds of cloth.
  init(_ entries: YAMLMapping, regions: [String], cast: [String], cloths: [String]) {
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
    turnedOver = entries.readIfPresent("turnedOver", default: []) { value in
      let names = try value.list(.names)
      return Set(try names.map { try $0.name(among: roles + cast, what: "thing of the task") })
    }
    facing = entries.readIfPresent("facing", default: [:]) { value in
      var angles: [String: Double] = [:]
      for (who, angle) in try value.namedEntries(.regions) {
        value.check(who, among: roles + cast)
        angles[who] = try angle.number(within: .degrees) * .pi / 180
      }
      return angles
    }
    cloth = entries.readIfPresent("cloth", default: nil) { value in
      let fields = try value.mapping(knownKeys: ["name", "in"])
      return (
        try fields.required("name").name(among: cloths, what: "cloth"),
        try fields.required("in").name(among: regions, what: "region")
      )
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

  func lies(_ member: SceneCast.Member) -> Bool { lying.contains(where: member.isCalled) }

  /// How a member is turned from standing before it is let down; nil for one that stands.
  func turn(of member: SceneCast.Member) -> Rotation? {
    if lies(member) { return SceneBuilder.onItsSide }
    return turnedOver.contains(where: member.isCalled) ? SceneBuilder.upsideDown : nil
  }

  /// How far a member is turned beside what is drawn [rad].
  func facing(of member: SceneCast.Member) -> Double {
    facing.first { member.isCalled($0.key) }?.value ?? 0
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
