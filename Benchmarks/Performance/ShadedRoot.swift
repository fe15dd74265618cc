import Environments
import Foundation

/// The package's scenes with one shading in all arenas.
struct ShadedRoot {
  let environment: TabletopEnvironment

  /// A rate with plain and with soft shading, in turn three times on the same machine; the best of each.
  static func rates(
    of root: String, _ rate: (TabletopEnvironment) throws -> Double
  ) throws -> (plain: Double, soft: Double) {
    let plain = try ShadedRoot(root, isSoft: false).environment
    let soft = try ShadedRoot(root, isSoft: true).environment
    var best = (plain: 0.0, soft: 0.0)
    for _ in 0..<3 {
      best.plain = max(best.plain, try rate(plain))
      best.soft = max(best.soft, try rate(soft))
    }
    return best
  }

  private init(_ root: String, isSoft: Bool) throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("shaded-\(UUID().uuidString)")
    defer { try? files.removeItem(at: folder) }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["Scenes", "Benchmarks"] {
      try files.copyItem(
        atPath: "\(root)/\(name)", toPath: folder.appendingPathComponent(name).path)
    }
    let arenas = folder.appendingPathComponent("Scenes/arenas")
    for url in try files.contentsOfDirectory(at: arenas, includingPropertiesForKeys: nil) {
      let plain = try String(contentsOf: url, encoding: .utf8)
        .replacing("  shading: soft\n", with: "")
      let shaded = isSoft ? plain.replacing("light:\n", with: "light:\n  shading: soft\n") : plain
      try shaded.write(to: url, atomically: true, encoding: .utf8)
    }
    environment = try TabletopEnvironment(root: folder.path, contexts: 1)
  }
}
