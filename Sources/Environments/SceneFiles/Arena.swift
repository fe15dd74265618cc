import Geometry
import Rendering
import StrictYAML

/// Where a scene plays: a table with its surroundings and the light.
public struct Arena: Sendable {
  public var name: String
  /// What stands around and never moves; the table and the wall are drawn from `surfaces`.
  public var surfaces: [Surface]
  public var light: Light
  public var background: Background
  /// Where objects may stand, in the world frame [m].
  public var table: (min: Vector2, max: Vector2)

  /// A named fixed part of the surroundings, such as `table` or `wall`, whose material factors may change.
  public struct Surface: Sendable {
    public var name: String
    public var parts: [Part]
  }
}

extension Arena {
  /// The arena that a file of `Scenes/arenas` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "table", "surfaces", "light", "background", "materials",
    ])
    name = try entries.required("name").string()
    let materials = try entries["materials"]?.materials() ?? [:]
    surfaces = try entries.required("surfaces").namedEntries().map { name, value in
      Surface(name: name, parts: try value.list().map { try $0.part(materials: materials) })
    }
    let table = try entries.required("table").mapping(knownKeys: ["min", "max"])
    self.table = (try table.required("min").vector2(), try table.required("max").vector2())
    light = try entries.required("light").light()
    let background = try entries.required("background").mapping(knownKeys: ["top", "bottom"])
    self.background = Background(
      top: try background.required("top").color(), bottom: try background.required("bottom").color()
    )
  }
}

extension YAMLValue {
  fileprivate func light() throws -> Light {
    let entries = try mapping(knownKeys: [
      "direction", "color", "intensity", "ambient", "shadow", "shadowCenter", "shadowRadius",
    ])
    var light = Light(direction: try entries.required("direction").vector3())
    if let color = entries["color"] { light.color = try color.color() }
    light.intensity = try entries.number("intensity", default: light.intensity)
    light.ambient = try entries.number("ambient", default: light.ambient)
    light.castsShadow = try entries.boolean("shadow", default: true)
    if let center = entries["shadowCenter"] { light.shadowCenter = try center.vector3() }
    if let radius = entries["shadowRadius"] { light.shadowRadius = try radius.length() }
    return light
  }
}
