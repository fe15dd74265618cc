import Geometry
import Rendering
import StrictYAML

/// What a factor of a file may refer to.
struct FactorContext {
  var groups: [String: [String]]
  var catalog: Catalog
  /// The names of the surfaces of the arena.
  var surfaces: [String]
}

extension Factor {
  /// A kind of factor: its key in a file, and what reads its entry.
  private typealias Kind = (
    key: String, effect: @Sendable (YAMLValue, FactorContext) throws -> Effect
  )

  private static let kinds: [Kind] = [
    ("surface", { try $0.surface($1) }), ("light", { value, _ in try value.light() }),
    ("distractors", { try $0.distractors($1) }),
    ("recolor", { value, _ in try value.recolor() }), ("scale", { value, _ in try value.scale() }),
    ("turn", { value, _ in try value.turn() }), ("relocate", { value, _ in try value.relocate() }),
    ("raise", { value, _ in try value.raise() }), ("replace", { try $0.replace($1) }),
    ("reword", { value, _ in try value.reword() }), ("locate", { value, _ in try value.locate() }),
    ("typo", { value, _ in try value.typo() }),
    ("punctuation", { value, _ in try value.punctuation() }),
    ("noise", { value, _ in .noise(deviation: try value.single("deviation", .noise)) }),
    ("blur", { value, _ in .blur(deviation: try value.single("deviation", .blur)) }),
    ("exposure", { value, _ in try value.exposure() }),
    ("camera", { value, _ in try value.camera() }),
    ("latency", { value, _ in try value.latency() }),
    ("start", { value, _ in try value.startBox() }),
    (
      "graspTolerance",
      { value, _ in .graspTolerance(scale: try value.single("scale", .graspTolerance)) }
    ),
  ]

  /// The factor that a file of `Benchmarks/factors` describes.
  init(file: YAMLValue, context: FactorContext) throws {
    let name = try file.mapping(knownKeys: ["name", "about"] + Self.kinds.map(\.key))
      .read("name", or: "…") { try $0.identifier() }
    try self.init(name: name, file, context: context, alsoKnown: ["name"])
  }

  /// The factor of an entry of a suite's `factors`: `about` and one of the kinds above.
  init(
    name: String, _ entry: YAMLValue, context: FactorContext, alsoKnown: [String] = []
  ) throws {
    let keys = Self.kinds.map(\.key)
    let entries = try entry.mapping(knownKeys: alsoKnown + ["about"] + keys)
    self.name = name
    about = entries.read("about", or: "…") { try $0.text(atMost: TextLimits.about) }
    let present = Self.kinds.filter { entries[$0.key] != nil }
    guard present.count == 1, let kind = present.first, let value = entries[kind.key] else {
      throw entry.error(
        "a factor has one kind, this has \(present.count)",
        mend: "give it one of: \(keys.joined(separator: ", "))")
    }
    place = value.place
    effect = try kind.effect(value, context)
  }
}

extension YAMLValue {
  fileprivate func surface(_ context: FactorContext) throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["name", "materials"])
    return .surface(
      name: fields.read("name", or: "…") { try $0.name(among: context.surfaces, what: "surface") },
      materials: fields.read("materials", or: []) {
        try $0.items(.materials) { try $0.material() }
      })
  }

  fileprivate func light() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["direction", "color", "intensity", "ambient"])
    guard !fields.entries.isEmpty else {
      throw error(
        "the light changes nothing", mend: "give a `direction`, `color`, `intensity` or `ambient`")
    }
    func brightness(_ name: String) -> Double? {
      fields.readIfPresent(name, default: nil) { try $0.number(within: .brightness) }
    }
    return .light(
      direction: fields.readIfPresent("direction", default: nil) { try $0.lampDirection() },
      color: fields.readIfPresent("color", default: nil) { try $0.color() },
      intensity: brightness("intensity"), ambient: brightness("ambient"))
  }

  fileprivate func distractors(_ context: FactorContext) throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["count", "from"])
    return .distractors(
      count: fields.integer("count", within: .objects),
      names: fields.read("from", or: []) {
        try $0.objectNames(groups: context.groups, catalog: context.catalog)
      })
  }

  fileprivate func recolor() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "colors"])
    return .recolor(
      role: fields.role(),
      colors: fields.read("colors", or: []) { try $0.items(.colors) { try $0.color() } })
  }

  fileprivate func scale() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "factors"])
    return .scale(
      role: fields.role(),
      factors: fields.read("factors", or: []) {
        try $0.items(CountLimits(1...100, "factors")) { try $0.number(within: .scale) }
      })
  }

  fileprivate func turn() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "degrees"])
    let degrees = fields.read("degrees", or: 0...0) { try $0.range(within: .yaw) }
    return .turn(
      role: fields.role(),
      angle: degrees.lowerBound * .pi / 180...degrees.upperBound * .pi / 180)
  }

  fileprivate func relocate() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "outer"])
    return .relocate(
      role: fields.role(),
      outer: fields.read("outer", or: Region(min: .zero, max: Vector2(1, 1))) { try $0.region() })
  }

  fileprivate func raise() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "size", "material"])
    return .raise(
      role: fields.role(),
      size: fields.read("size", or: Vector3(0.1, 0.1, 0.1)) { try $0.vector3(within: .blockEdge) },
      material: fields.read("material", or: Material(color: .white)) { try $0.material() })
  }

  fileprivate func replace(_ context: FactorContext) throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["role", "with"])
    return .replace(
      role: fields.role(),
      names: fields.read("with", or: []) {
        try $0.objectNames(groups: context.groups, catalog: context.catalog)
      })
  }

  fileprivate func reword() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["forms", "unseenNames"])
    let forms = fields.readIfPresent("forms", default: []) { try $0.sentences(namingTarget: nil) }
    let unseenNames = fields.readIfPresent("unseenNames", default: false) { try $0.boolean() }
    if forms.isEmpty, !unseenNames {
      complain("it rewords nothing", mend: "give it `forms`, or `unseenNames: true`")
    }
    return .reword(forms: forms, unseenNames: unseenNames)
  }
}

extension YAMLMapping {
  fileprivate func role() -> Factor.Role {
    readIfPresent("role", default: .object) { entry in
      let name = try entry.name(among: Factor.Role.allCases.map(\.rawValue), what: "role")
      return Factor.Role(rawValue: name) ?? .object
    }
  }
}
