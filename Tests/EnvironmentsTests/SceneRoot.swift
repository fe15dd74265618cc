import Foundation
import Testing

/// A copy of the package's scenes and suites in a temporary folder, for a test that changes them; removed with its last
/// reference.
final class SceneRoot {
  let path: String

  init() throws {
    let files = FileManager.default
    path = files.temporaryDirectory.appending(path: "scene-root-\(UUID().uuidString)").path()
    try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    for folder in ["Scenes", "Benchmarks"] {
      try files.copyItem(atPath: "\(SharedTabletop.root)/\(folder)", toPath: "\(path)/\(folder)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Replaces the first occurrence of a text in a file, which must hold it.
  func edit(_ file: String, replacing old: String, by new: String) throws {
    let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
    let range = try #require(text.range(of: old), "\(file) does not hold '\(old)'")
    try write(text.replacingCharacters(in: range, with: new), to: file)
  }

  func write(_ text: String, to file: String) throws {
    try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
  }

  func copy(_ file: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: "\(path)/\(file)", toPath: "\(path)/\(other)")
  }
}
