import Geometry
import RandomNumbers
import Rendering
import StrictYAML

/// Everything under `Scenes/`: objects, arenas and robots by name.
public struct Catalog: Sendable {
  public let objects: [String: ObjectModel]
  public let arenas: [String: Arena]
  public let robots: [String: Robot]
  /// 64-bit FNV-1a over the bytes of every file read, in the order of their paths, as hexadecimal digits.
  public let filesHash: String
  /// Objects as drawn, made once each.
  let drawnObjects: [String: Model]

  /// Names of the objects, in order; a patch label's kind is 1 + the place in this list.
  public var objectNames: [String] { objects.keys.sorted() }

  /// Reads `Scenes/` in a root folder.
  ///
  /// - Throws: `YAMLError` with what is wrong with all files.
  public init(root: String) throws {
    var gatherer = ComplaintGatherer()
    func folder(_ name: String) throws -> SceneFolder? {
      try gatherer.attempt { try SceneFolder("Scenes/\(name)", root: root) }
    }
    let files = try (objects: folder("objects"), robots: folder("robots"), arenas: folder("arenas"))
    let objects = try gatherer.attempt {
      try files.objects?.things { file in
        let object = try ObjectModel(file)
        return (model: object, drawn: try file.drawable(object.parts))
      } ?? []
    }
    let robots = try gatherer.attempt { try files.robots?.things { try Robot($0) } ?? [] }
    // A robot whose file is broken is not unknown.
    let robotNames = files.robots?.names ?? []
    let arenas = try gatherer.attempt {
      try files.arenas?.things { try Arena($0, robots: robotNames) } ?? []
    }
    try gatherer.check()
    self.objects = Self.byName(objects).mapValues(\.model)
    drawnObjects = Self.byName(objects).mapValues(\.drawn)
    self.robots = Self.byName(robots)
    self.arenas = Self.byName(arenas)
    var hash = StableHash()
    for folder in [files.objects, files.robots, files.arenas].compactMap(\.self) {
      hash.combine(folder)
    }
    filesHash = hash.hexadecimal
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
