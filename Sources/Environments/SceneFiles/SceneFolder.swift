import Foundation
import StrictYAML

/// The YAML files of a folder under a root, each of which describes one named thing.
struct SceneFolder {
  /// In the order of their names.
  var documents: [YAMLDocument]

  /// More files than this are a mistake.
  private static let mostFiles = 1000

  /// Reads all files of a folder.
  ///
  /// - Parameter name: the folder's path from the root, such as `Scenes/objects`.
  /// - Throws: `YAMLError` of all files that are no YAML.
  init(_ name: String, root: String) throws {
    var gatherer = ComplaintGatherer()
    documents = try Self.fileNames(in: name, root: root).compactMap { file in
      try gatherer.attempt { try YAMLDocument(atPath: "\(root)/\(file)", named: file) }
    }
    try gatherer.check()
  }

  /// Whether a root has such a folder.
  static func exists(_ name: String, root: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The files' names without `.yaml`, in order: what the things are called.
  var names: [String] { documents.map(\.stem) }

  /// What `make` makes of each file, in the files' order, with its name.
  ///
  /// - Throws: `YAMLError` with the complaints of all files.
  func things<Thing>(
    _ make: (YAMLValue) throws -> Thing
  ) throws -> [(name: String, thing: Thing)] {
    var gatherer = ComplaintGatherer()
    let things = try documents.compactMap { document in
      try gatherer.attempt {
        try document.read { root in
          root.checkName(is: document.stem)
          return (name: document.stem, thing: try make(root))
        }
      }
    }
    try gatherer.check()
    return things
  }

  /// The names of the YAML files in a folder of the root, in order, as paths from the root.
  ///
  /// What begins with a point is an editor's and left alone.
  private static func fileNames(in folder: String, root: String) throws -> [String] {
    let path = "\(root)/\(folder)"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw YAMLError(
        file: folder, problem: "the folder cannot be read",
        mend: "check that \(path) exists, or name another root")
    }
    let shown = names.filter { !$0.hasPrefix(".") }.sorted()
    for name in shown where [".yml", ".yaml"].contains(where: name.lowercased().hasSuffix) {
      guard name.hasSuffix(".yaml") else {
        throw YAMLError(
          file: "\(folder)/\(name)", problem: "only files that end in .yaml are read",
          mend: "rename it, or move it away")
      }
    }
    let files = shown.filter { $0.hasSuffix(".yaml") }
    guard files.count <= mostFiles else {
      throw YAMLError(
        file: folder, problem: "the folder has \(files.count) files",
        mend: "leave at most \(mostFiles)")
    }
    return files.map { "\(folder)/\($0)" }
  }
}

extension YAMLDocument {
  /// The file's name without folder and `.yaml`.
  var stem: String { name.split(separator: "/").last.map { String($0.dropLast(5)) } ?? "" }
}

extension YAMLValue {
  /// Records it where a file names its thing otherwise than it is called itself: so no two files describe one thing.
  fileprivate func checkName(is stem: String) {
    guard let entry = entry("name"), let name = try? entry.string(), name != stem else { return }
    entry.complain(
      "the file is called '\(stem)' but names '\(name)'", mend: "make the two the same")
  }
}
