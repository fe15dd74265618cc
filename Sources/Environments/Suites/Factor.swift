import Geometry
import Rendering
import StrictYAML

/// A perturbation: one respect in which an episode leaves the training distribution, scaled by a strength in [0, 1].
///
/// Graded factors mix between the clean value and the file's. Those that are there or not act in the fraction of
/// episodes that the strength says, and an episode in which one acts at one strength has it at every higher one.
public struct Factor: Sendable {
  public var name: String
  /// What it changes, in a sentence.
  public var about: String
  public var effect: Effect

  public enum Effect: Sendable {
    /// Another material on a surface of the arena, such as the table; colors mix.
    case surface(name: String, materials: [Material])
    /// Another lamp: each part given is mixed in.
    case light(direction: Vector3?, color: Color?, intensity: Double?, ambient: Double?)
    /// More objects on the table, in number as the strength.
    case distractors(count: Int, names: [String])
    /// Other paint on the object of a role; colors mix.
    case recolor(role: Role, colors: [Color])
    /// Another size; the length factor is mixed with 1.
    case scale(role: Role, factors: [Double])
    /// A turn on top of the clean one, to either side [rad].
    case turn(role: Role, angle: ClosedRange<Double>)
    /// Another place: within the outer rectangle and outside the training region; the way there is mixed.
    case relocate(role: Role, outer: Region)
    /// A block of this size under the object [m]; its height is mixed with 0.
    case raise(role: Role, size: Vector3, material: Material)
    /// Another object in the same place; is there or not.
    case replace(role: Role, names: [String])
    /// Another sentence, or another name for an object within it; is there or not.
    case reword(forms: [String], unseenNames: Bool)
  }

  /// A part that an object plays in a task.
  public enum Role: String, Hashable, Sendable, CaseIterable {
    case object
    case target
  }

  /// The role whose outline or place the factor changes.
  var changedRole: Role? {
    switch effect {
    case .scale(let role, _), .turn(let role, _), .relocate(let role, _), .raise(let role, _, _),
      .replace(let role, _), .recolor(let role, _):
      role
    case .surface, .light, .distractors, .reword: nil
    }
  }
}

extension Factor {
  private static let kinds = [
    "surface", "light", "distractors", "recolor", "scale", "turn", "relocate", "raise", "replace",
    "reword",
  ]

  /// The factor of an entry of a suite's `factors`: `about` and one of the kinds above.
  init(name: String, _ entry: YAMLValue, groups: [String: [String]], catalog: Catalog) throws {
    let entries = try entry.mapping(knownKeys: ["about"] + Self.kinds)
    self.name = name
    about = try entries.required("about").string()
    let present = Self.kinds.filter { entries[$0] != nil }
    guard present.count == 1, let kind = present.first, let value = entries[kind] else {
      throw entry.error(
        "a factor has one kind, this has \(present.count)",
        mend: "give it one of: \(Self.kinds.joined(separator: ", "))")
    }
    switch kind {
    case "surface":
      let fields = try value.mapping(knownKeys: ["name", "materials"])
      effect = .surface(
        name: try fields.required("name").string(),
        materials: try fields.required("materials").list().map { try $0.material() })
    case "light":
      let fields = try value.mapping(knownKeys: ["direction", "color", "intensity", "ambient"])
      effect = .light(
        direction: try fields["direction"]?.vector3(), color: try fields["color"]?.color(),
        intensity: try fields["intensity"]?.number(), ambient: try fields["ambient"]?.number())
    case "distractors":
      let fields = try value.mapping(knownKeys: ["count", "from"])
      effect = .distractors(
        count: try fields.required("count").integer(),
        names: try fields.required("from").objectNames(groups: groups, catalog: catalog))
    case "recolor":
      let fields = try value.mapping(knownKeys: ["role", "colors"])
      effect = .recolor(
        role: try fields.role(), colors: try fields.required("colors").list().map { try $0.color() }
      )
    case "scale":
      let fields = try value.mapping(knownKeys: ["role", "factors"])
      effect = .scale(
        role: try fields.role(),
        factors: try fields.required("factors").list().map { try $0.length() })
    case "turn":
      let fields = try value.mapping(knownKeys: ["role", "degrees"])
      let degrees = try fields.required("degrees").range()
      effect = .turn(
        role: try fields.role(),
        angle: degrees.lowerBound * .pi / 180...degrees.upperBound * .pi / 180)
    case "relocate":
      let fields = try value.mapping(knownKeys: ["role", "outer"])
      effect = .relocate(role: try fields.role(), outer: try fields.required("outer").region())
    case "raise":
      let fields = try value.mapping(knownKeys: ["role", "size", "material"])
      effect = .raise(
        role: try fields.role(), size: try fields.required("size").vector3(),
        material: try fields.required("material").material())
    case "replace":
      let fields = try value.mapping(knownKeys: ["role", "with"])
      effect = .replace(
        role: try fields.role(),
        names: try fields.required("with").objectNames(groups: groups, catalog: catalog))
    default:
      let fields = try value.mapping(knownKeys: ["forms", "unseenNames"])
      effect = .reword(
        forms: try fields.strings("forms"),
        unseenNames: try fields.boolean("unseenNames", default: false))
    }
  }
}

extension YAMLMapping {
  fileprivate func role() throws -> Factor.Role {
    guard let entry = self["role"] else { return .object }
    let name = try entry.name(among: Factor.Role.allCases.map(\.rawValue), what: "role")
    return Factor.Role(rawValue: name) ?? .object
  }
}
