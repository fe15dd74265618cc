import StrictYAML

/// A kind of task: what shall hold, and what part of it is worth how much.
///
/// A file of `Scenes/goals/` describes one. Two families of one name are the same.
public struct TaskFamily: Sendable {
  public var name: String
  /// What it asks, in a sentence.
  public var about: String
  /// What must all hold, by the names that records give them.
  var parts: [Part]
  /// Partial credit: the first line that holds counts.
  var credit: [Credit]
  /// Partial credit by the rules of the paper (Kim et al. 2024, appendix B), kept beside it.
  var paperCredit: [Credit]
  /// What goal and credit are known by.
  private(set) var digest = ""

  struct Part: Hashable, Sendable, Codable {
    var name: String
    var expression: GoalExpression
  }

  struct Credit: Hashable, Sendable, Codable {
    var worth: Double
    var when: GoalExpression
  }

  /// How a task of the family comes to its end, for the expert and for laying out scenes.
  enum Ending: Hashable, Sendable {
    /// With the object in the hand.
    case held
    /// With the object upon or in the target.
    case onTarget
    /// With the object on the table beside the target.
    case besideTarget
    /// With the object tipped over, or tipped upright.
    case tipped
    /// With the object stood up where it was.
    case stoodUp
    /// With the object's joint so far open, or shut.
    case jointMoved
    /// With grains run from the object into the target.
    case poured
    /// With a cloth over the object.
    case covered
    /// With the companions pushed by the object into the target.
    case swept
  }
}

extension TaskFamily {
  /// Everything that must be true when the goal holds.
  private var demands: [GoalExpression] { parts.flatMap(\.expression.demands) }

  /// Whether the family has a second object, the target.
  public var hasTarget: Bool { parts.contains { $0.expression.roles.contains(.target) } }

  var ending: Ending {
    for demand in demands {
      switch demand {
      case .open(.object, _), .shut(.object, _): return .jointMoved
      case .poured(into: .target, _): return .poured
      case .covered(.object): return .covered
      case .swept(into: .target, _): return .swept
      case .toppled(.object): return .tipped
      case .upright(.object): return demands.contains(.on(.object, nil)) ? .stoodUp : .tipped
      case .held(.object), .lifted(.object, _): return .held
      case .on(.object, .target?), .inside(.object, .target): return .onTarget
      default: continue
      }
    }
    return hasTarget ? .besideTarget : .held
  }

  /// Whether the object is in the hand on the way to the goal.
  var isHeldOnTheWay: Bool { ![.tipped, .jointMoved, .covered].contains(ending) }

  /// Whether the goal is about a cloth.
  var usesCloth: Bool { ending == .covered }

  /// Whether the joint shall be opened, not shut.
  var opensJoint: Bool {
    demands.contains { if case .open(.object, _) = $0 { true } else { false } }
  }

  /// Whether the goal is about the object's joint.
  var movesJoint: Bool { ending == .jointMoved }

  /// Whether the target must be hollow.
  var needsHollowTarget: Bool {
    demands.contains(.inside(.object, .target)) || ending == .poured || ending == .swept
  }

  /// How far above its first rest the object must be [m].
  var liftHeight: Double {
    demands.reduce(0) { most, demand in
      if case .lifted(.object, let height) = demand { max(most, height) } else { most }
    }
  }

  /// How close the object must be to the target [m]; infinite where it need not be.
  var nearClearance: Double {
    demands.reduce(.infinity) { least, demand in
      if case .near(.object, .target, let distance) = demand {
        min(least, distance)
      } else {
        least
      }
    }
  }
}

extension TaskFamily: Hashable {
  public static func == (a: TaskFamily, b: TaskFamily) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension TaskFamily {
  private static let worthLimits = NumberLimits(0...1)

  /// Stands in for a family that could not be read.
  static let unread = TaskFamily(name: "…", about: "…", parts: [], credit: [], paperCredit: [])

  /// The family that a file of `Scenes/goals` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: ["name", "about", "goal", "credit", "paper"])
    name = entries.read("name", or: "…") { try $0.identifier() }
    about = entries.read("about", or: "…") { try $0.text(atMost: TextLimits.about) }
    parts = entries.read("goal", or: []) { goal in
      try goal.namedEntries(CountLimits(1...20, "parts")).compactMap { name, value in
        value.read(or: nil) { Part(name: name, expression: try $0.goalExpression()) }
      }
    }
    credit = entries.readIfPresent("credit", default: []) { try Self.lines($0) }
    paperCredit = entries.readIfPresent("paper", default: []) { try Self.lines($0) }
    digest = try contentDigest
  }

  /// The same goal with other lines of the paper's partial credit.
  func scored(by lines: [Credit]) throws -> TaskFamily {
    var family = self
    family.paperCredit = lines
    family.digest = try family.contentDigest
    return family
  }

  /// Lines of partial credit, as `{worth: …, when: …}`.
  static func lines(_ list: YAMLValue) throws -> [Credit] {
    try list.items(CountLimits(0...20, "lines")) { line in
      let entries = try line.mapping(knownKeys: ["worth", "when"])
      return Credit(
        worth: entries.number("worth", within: worthLimits),
        when: try entries.required("when").goalExpression())
    }
  }
}
