import Geometry
import Rendering
import StrictYAML

/// Where a scene plays: a table with its surroundings, the light, the camera and the robot.
public struct Arena: Sendable {
  public var name: String
  /// What stands around and never moves; the table and the wall are drawn from `surfaces`.
  public var surfaces: [Surface]
  public var light: Light
  public var background: Background
  public var camera: Camera
  /// Where objects may stand, in the world frame [m].
  public var table: (min: Vector2, max: Vector2)
  /// The robot's name, a file of `Scenes/robots`.
  public var robot: String

  /// A named fixed part of the surroundings, such as `table` or `wall`, whose material factors may change.
  public struct Surface: Sendable {
    public var name: String
    public var parts: [Part]
  }
}

extension Arena {
  /// The arena that a file of `Scenes/arenas` describes.
  ///
  /// - Parameter robots: the names of the files of `Scenes/robots`.
  init(_ file: YAMLValue, robots: [String]) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "robot", "table", "surfaces", "light", "background", "camera", "materials",
    ])
    name = try entries.required("name").string()
    robot = try entries.required("robot").name(among: robots, what: "robot")
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
    camera = try entries.required("camera").camera()
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

  fileprivate func camera() throws -> Camera {
    let entries = try mapping(knownKeys: ["position", "lookingAt", "verticalFieldOfView"])
    let position = try entries.required("position").vector3()
    let target = try entries.required("lookingAt").vector3()
    guard (position - target).xy.length > 1e-3 else {
      throw error(
        "the camera looks straight down or at itself", mend: "move `position` aside of `lookingAt`")
    }
    return Camera(
      position: position, lookingAt: target,
      verticalFieldOfView: try entries.required("verticalFieldOfView").number() * .pi / 180)
  }
}
