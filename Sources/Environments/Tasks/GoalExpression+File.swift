import StrictYAML

extension YAMLValue {
  private static let kinds = [
    "all", "any", "not", "held", "lifted", "moved", "on", "in", "near", "over", "upright",
    "toppled", "touched", "met", "reached", "open", "shut", "touchedFirst", "handled", "covered",
    "coveredFirst", "poured", "swept",
  ]
  private static let expressionLimits = CountLimits(1...20, "expressions")

  /// An expression as a mapping from its kind to what it is about, such as `on: [object, target]`.
  func goalExpression(depth: Int = 0) throws -> GoalExpression {
    let named = try namedEntries()
    guard named.count == 1, let (kind, value) = named.first else {
      throw error(
        "expected one fact or combination",
        mend: "write one of: \(Self.kinds.joined(separator: ", "))")
    }
    guard depth < 8 else { throw error("the expression is too deep", mend: "make it flatter") }
    func parts() throws -> [GoalExpression] {
      try value.list(Self.expressionLimits).map { try $0.goalExpression(depth: depth + 1) }
    }
    switch kind {
    case "all": return .all(try parts())
    case "any": return .any(try parts())
    case "not": return .not(try value.goalExpression(depth: depth + 1))
    case "held": return .held(try value.role())
    case "upright": return .upright(try value.role())
    case "toppled": return .toppled(try value.role())
    case "touched": return .touched(try value.role())
    case "reached": return .reached(try value.role())
    case "touchedFirst": return .touchedFirst(try value.role())
    case "handled": return .handled(try value.role())
    case "covered": return .covered(try value.role())
    case "coveredFirst": return .coveredFirst(try value.role())
    case "poured", "swept":
      let fields = try value.mapping(knownKeys: ["into", "share"])
      let role = try fields.required("into").role()
      let share = try fields.required("share").number(within: .someShare)
      return kind == "poured"
        ? .poured(into: role, share: share) : .swept(into: role, share: share)
    case "lifted", "moved":
      let fields = try value.mapping(knownKeys: ["what", "by"])
      let role = try fields.required("what").role()
      let distance = try fields.required("by").number(within: .goalDistance)
      return kind == "lifted" ? .lifted(role, by: distance) : .moved(role, by: distance)
    case "open", "shut":
      let fields = try value.mapping(knownKeys: ["what", "by"])
      let role = try fields.required("what").role()
      let share = try fields.required("by").number(within: .fraction)
      return kind == "open" ? .open(role, by: share) : .shut(role, by: share)
    case "near", "over":
      let fields = try value.mapping(knownKeys: ["what", "within"])
      let (role, other) = try fields.required("what").twoRoles()
      let distance = try fields.required("within").number(within: .goalDistance)
      return kind == "near"
        ? .near(role, other, within: distance) : .over(role, other, within: distance)
    case "met":
      let (role, other) = try value.twoRoles()
      return .met(role, other)
    case "in":
      let (role, container) = try value.twoRoles()
      return .inside(role, container)
    case "on":
      let both = try value.list(CountLimits(2...2, "names, what rests and on what"))
      if try both[1].string() == "table" { return .on(try both[0].role(), nil) }
      let (role, support) = try value.twoRoles()
      return .on(role, support)
    default:
      throw value.error(
        "unknown fact '\(kind)'", mend: "use one of: \(Self.kinds.joined(separator: ", "))")
    }
  }

  private func role() throws -> Factor.Role {
    let name = try name(among: Factor.Role.allCases.map(\.rawValue), what: "role")
    return Factor.Role(rawValue: name) ?? .object
  }

  private func twoRoles() throws -> (Factor.Role, Factor.Role) {
    let both = try list(CountLimits(2...2, "roles"))
    let (first, second) = (try both[0].role(), try both[1].role())
    guard first != second else {
      throw error("both are the \(first.rawValue)", mend: "name object and target")
    }
    return (first, second)
  }
}

extension NumberLimits {
  /// How high, far or close something shall be.
  fileprivate static let goalDistance = NumberLimits(0.001...1, "m")
  /// A part of a whole, and not none of it.
  fileprivate static let someShare = NumberLimits(0.01...1)
}
