import Geometry
import RandomNumbers
import Rendering
import StrictYAML

/// Everything under `Scenes/`: objects, arenas, robots and set-ups by name.
public struct Catalog: Sendable {
  public internal(set) var objects: [String: ObjectModel]
  public internal(set) var arenas: [String: Arena]
  public internal(set) var robots: [String: Robot]
  public internal(set) var setups: [String: Setup]
  public internal(set) var cloths: [String: ClothKind]
  /// Kinds of tasks.
  public internal(set) var families: [String: TaskFamily]
  /// 64-bit FNV-1a over the bytes of every file read, in the order of their paths, as hexadecimal digits.
  public let filesHash: String
  /// Objects as drawn, made once each, and what their contents are known by.
  var drawnObjects: [String: (model: Model, digest: String)]

  /// Names of the objects, in order.
  public var objectNames: [String] { objects.keys.sorted() }

  /// Reads `Scenes/` in a root folder.
  ///
  /// - Throws: `YAMLError` with what is wrong with all files.
  public init(root: String) throws {
    var gatherer = ComplaintGatherer()
    func folder(_ name: String) throws -> SceneFolder? {
      try gatherer.attempt { try SceneFolder("Scenes/\(name)", root: root) }
    }
    let files = try (
      objects: folder("objects"), robots: folder("robots"), arenas: folder("arenas"),
      setups: folder("setups"), goals: folder("goals"),
      // Roots of before there were cloths have none.
      cloths: SceneFolder.exists("Scenes/cloths", root: root) ? folder("cloths") : nil
    )
    let objects = try gatherer.attempt {
      try files.objects?.things { file in
        let object = try ObjectModel(file)
        let drawn = try file.drawable(object.parts)
        return (model: object, drawn: (model: drawn, digest: try object.contentDigest))
      } ?? []
    }
    let robots = try gatherer.attempt { try files.robots?.things { try Robot($0) } ?? [] }
    let arenas = try gatherer.attempt {
      let models = Self.byName(
        objects?.map { (name: $0.name, thing: $0.thing.model) }, names: files.objects?.names ?? [])
      return try files.arenas?.things { try Arena($0, objects: models) } ?? []
    }
    let setups = try gatherer.attempt {
      // A robot or an arena whose file is broken is not unknown.
      let robots = Self.byName(robots, names: files.robots?.names ?? [])
      let arenas = Self.byName(arenas, names: files.arenas?.names ?? [])
      return try files.setups?.things { try Setup.read($0, robots: robots, arenas: arenas) } ?? []
    }
    let families = try gatherer.attempt {
      try files.goals?.things { try TaskFamily($0) } ?? []
    }
    let cloths = try gatherer.attempt { try files.cloths?.things { try ClothKind($0) } ?? [] }
    try gatherer.check()
    self.cloths = Self.byName(cloths)
    self.families = Self.byName(families)
    self.objects = Self.byName(objects).mapValues(\.model)
    drawnObjects = Self.byName(objects).mapValues(\.drawn)
    self.robots = Self.byName(robots)
    self.arenas = Self.byName(arenas)
    self.setups = Self.byName(setups).compactMapValues(\.self)
    var hash = StableHash()
    for folder in [
      files.objects, files.robots, files.arenas, files.setups, files.goals, files.cloths,
    ].compactMap(\.self) {
      hash.combine(folder)
    }
    filesHash = hash.hexadecimal
  }

  /// Things by name, nil for a name whose file is broken.
  private static func byName<Thing>(
    _ things: [(name: String, thing: Thing)]?, names: [String]
  ) -> [String: Thing?] {
    let sound = byName(things)
    return Dictionary(names.map { ($0, sound[$0]) }) { first, _ in first }
  }

  private static func byName<Thing>(_ things: [(name: String, thing: Thing)]?) -> [String: Thing] {
    Dictionary((things ?? []).map { ($0.name, $0.thing) }) { first, _ in first }
  }
}

extension StableHash {
  /// The names and bytes of a folder's files.
  mutating func combine(_ folder: SceneFolder) {
    for document in folder.documents {
      combine(document.name)
      combine(bytes: document.bytes)
    }
  }
}
