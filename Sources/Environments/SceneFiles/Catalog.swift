import Foundation
import Geometry
import RandomNumbers
import Rendering

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
  /// - Throws: `SceneFileError` for the first file that cannot be used.
  public init(root: String) throws {
    var hash = StableHash()
    func files(_ folder: String) throws -> [YAMLValue] {
      try Self.yamlFiles(in: folder, root: root).map { name in
        if let data = FileManager.default.contents(atPath: "\(root)/\(name)") {
          hash.combine(name)
          hash.combine(bytes: data)
        }
        return try YAMLValue.document(atPath: "\(root)/\(name)", named: name)
      }
    }
    let made = try Self.byName(try files("Scenes/objects")) { file in
      let object = try ObjectModel(file)
      return (object, try file.drawable(object.parts))
    }
    objects = made.mapValues(\.0)
    drawnObjects = made.mapValues(\.1)
    robots = try Self.byName(try files("Scenes/robots")) { try Robot($0) }
    let robotNames = robots.keys.sorted()
    arenas = try Self.byName(try files("Scenes/arenas")) { file in
      let arena = try Arena(file)
      guard robotNames.contains(arena.robot) else {
        throw file.error(
          "unknown robot '\(arena.robot)'",
          mend: "use one of: \(robotNames.joined(separator: ", "))")
      }
      return arena
    }
    filesHash = hash.hexadecimal
  }

  /// The names of the YAML files in a folder of the root, in order, as paths from the root.
  static func yamlFiles(in folder: String, root: String) throws -> [String] {
    let path = "\(root)/\(folder)"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw SceneFileError(
        file: folder, problem: "the folder cannot be read",
        mend: "check that \(path) exists, or name another root")
    }
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }

  private static func byName<Value>(
    _ files: [YAMLValue], make: (YAMLValue) throws -> Value
  ) throws -> [String: Value] {
    var result: [String: Value] = [:]
    for file in files {
      let value = try make(file)
      guard let name = file.node["name"]?.string else { continue }
      let stem = file.file.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
      guard name == stem else {
        throw file.error(
          "the file is called '\(stem)' but names '\(name)'", mend: "make the two the same")
      }
      result[name] = value
    }
    return result
  }
}
