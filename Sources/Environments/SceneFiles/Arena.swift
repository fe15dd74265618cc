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
  /// Things that belong to the place, such as a sink: solid, and targets of tasks by their names.
  public var fixtures: [Fixture] = []

  /// A thing of `Scenes/objects` that stands where the arena says.
  public struct Fixture: Sendable {
    public var name: String
    public var object: ObjectModel
    public var worldFromFixture: RigidTransform
  }

  /// A named fixed part of the surroundings, such as `table` or `wall`, whose material factors may change.
  public struct Surface: Sendable {
    public var name: String
    public var parts: [Part]
  }
}

extension Arena {
  /// The arena that a file of `Scenes/arenas` describes.
  ///
  /// - Parameter objects: by the names of their files; nil stands for a file that is broken, which is no mistake of this one.
  init(_ file: YAMLValue, objects: [String: ObjectModel?]) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "table", "surfaces", "light", "background", "materials", "fixtures",
    ])
    name = entries.read("name", or: "…") { try $0.identifier() }
    let materials = entries.readIfPresent("materials", default: [:]) { try $0.materials() }
    surfaces = entries.read("surfaces", or: []) { surfaces in
      try surfaces.namedEntries(.surfaces).map { name, value in
        Surface(
          name: name,
          parts: value.read(or: []) { value in
            let parts = try value.parts(materials: materials)
            _ = try value.drawable(parts)
            return parts
          })
      }
    }
    table = entries.read("table", or: (min: .zero, max: Vector2(1, 1))) { try $0.rectangle() }
    light = entries.read("light", or: Light()) { try $0.light() }
    background = entries.read("background", or: Background(.white)) { try $0.background() }
    fixtures = entries.readIfPresent("fixtures", default: []) { fixtures in
      try fixtures.namedEntries(.fixtures).compactMap { name, value in
        value.read(or: nil) { try $0.fixture(name, objects: objects) }
      }
    }
  }

  /// The fixture of a name; nil where there is none.
  func fixture(_ name: String) -> Fixture? { fixtures.first { $0.name == name } }

  /// The name of the surface that a point of the world lies in.
  func surface(around point: Vector3) -> String? {
    surfaces.first { surface in
      surface.parts.contains { $0.shape.holds($0.bodyFromShape.inverse * point) }
    }?.name
  }
}

extension Shape {
  /// Whether a point lies inside of a solid with a simple form; hollow and bent ones hold nothing.
  fileprivate func holds(_ point: Vector3) -> Bool {
    func isWithin(_ half: Vector3) -> Bool {
      abs(point.x) < half.x && abs(point.y) < half.y && abs(point.z) < half.z
    }
    switch self {
    case .box(let size), .roundedBox(let size, _): return isWithin(size / 2)
    case .ellipsoid(let radii): return (point / radii).length < 1
    case .cylinder(let radius, let height), .capsule(let radius, let height):
      return point.xy.length < radius && abs(point.z) < height / 2
    case .lathe, .tube, .extrusion, .sheet: return false
    }
  }
}

extension YAMLValue {
  /// A rectangle of the table, as `{min: [x, y], max: [x, y]}` [m].
  func rectangle() throws -> (min: Vector2, max: Vector2) {
    let entries = try mapping(knownKeys: ["min", "max"])
    let standIn = (min: Vector2(repeating: -0.1), max: Vector2(repeating: 0.1))
    let low = entries.read("min", or: standIn.min) { try $0.vector2() }
    let high = entries.read("max", or: standIn.max) { try $0.vector2() }
    guard low.x < high.x, low.y < high.y else {
      complain("the region is empty", mend: "make min smaller than max in both coordinates")
      return standIn
    }
    return (low, high)
  }

  /// `{object: …, at: [x, y, degrees], height: …}`; nil where the object's file is broken.
  fileprivate func fixture(
    _ name: String, objects: [String: ObjectModel?]
  ) throws -> Arena.Fixture? {
    let entries = try mapping(knownKeys: ["object", "at", "height"])
    let object = try entries.required("object").name(among: objects.keys.sorted(), what: "object")
    let numbers = try entries.required("at").list(CountLimits(3...3, "numbers, [x, y, degrees]"))
    let pose = RigidTransform(
      rotation: Rotation(
        about: .unitZ, byRadians: try numbers[2].number(within: .degrees) * .pi / 180),
      translation: Vector3(
        try numbers[0].number(within: .coordinate), try numbers[1].number(within: .coordinate),
        entries.number("height", within: .bodyCoordinate, default: 0)))
    guard var model = objects[object] ?? nil else { return nil }
    // What has a joint moves along it.
    model.body.isFixed = model.joint == nil
    return Arena.Fixture(name: name, object: model, worldFromFixture: pose)
  }

  fileprivate func light() throws -> Light {
    let entries = try mapping(knownKeys: [
      "direction", "color", "intensity", "ambient", "shadow", "shadowCenter", "shadowRadius",
      "shading",
    ])
    let usual = Light()
    var light = Light(
      direction: entries.read("direction", or: usual.direction) { try $0.lampDirection() },
      color: entries.readIfPresent("color", default: usual.color) { try $0.color() },
      intensity: entries.number("intensity", within: .brightness, default: usual.intensity),
      ambient: entries.number("ambient", within: .brightness, default: usual.ambient),
      castsShadow: entries.readIfPresent("shadow", default: true) { try $0.boolean() })
    light.shadowCenter = entries.readIfPresent("shadowCenter", default: usual.shadowCenter) {
      try $0.vector3()
    }
    light.shadowRadius = entries.number(
      "shadowRadius", within: .shadowRadius, default: usual.shadowRadius)
    light.shading = entries.readIfPresent("shading", default: .plain) { try $0.shading() }
    if light.intensity == 0, light.ambient == 0 {
      complain("there is no light", mend: "give it an `intensity` or `ambient` above 0")
    }
    return light
  }

  /// The way a lamp's light travels, which is downward.
  func lampDirection() throws -> Vector3 {
    let direction = try direction()
    guard direction.z < 0 else {
      throw error(
        "the lamp shines from below the table",
        mend: "write the way its light travels, with z below 0")
    }
    return direction
  }

  private func shading() throws -> Shading {
    let name = try string()
    guard let shading = Shading(rawValue: name) else {
      let names = Shading.allCases.map(\.rawValue).joined(separator: " or ")
      throw error("unknown shading '\(name)'", mend: "write \(names)")
    }
    return shading
  }

  fileprivate func background() throws -> Background {
    let entries = try mapping(knownKeys: ["top", "bottom"])
    return Background(
      top: entries.read("top", or: .white) { try $0.color() },
      bottom: entries.read("bottom", or: .white) { try $0.color() })
  }
}
