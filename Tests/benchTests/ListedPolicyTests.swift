import Foundation
import Testing

/// `bench list policies`: what ships, and what lies beside it.
@Suite struct ListedPolicyTests {
  /// A training of one's own is a policy by its name, and so it is listed.
  @Test func trainingsUnderOtherSeedsAndOnesOwnAreListed() throws {
    let root = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: root) }
    for name in ["openvla-seed7", "mine", "mine-blind", "half-copied"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/Checkpoints/\(name)", withIntermediateDirectories: true)
      guard name != "half-copied" else { continue }
      try Data("{}".utf8).write(
        to: URL(fileURLWithPath: "\(root)/Checkpoints/\(name)/config.json"))
    }
    for folder in ["Scenes", "Benchmarks"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(root)/\(folder)",
        withDestinationPath: Program.root.appendingPathComponent(folder).path)
    }
    let result = try Program.run(["list", "policies", "--root", root])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: " ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    func note(on name: String) -> String? { lines.first { $0[0] == name }?.last }
    #expect(note(on: "openvla-seed7") == "entry: the recipe of openvla, trained under seed 7")
    #expect(note(on: "mine") == "entry: Checkpoints/mine")
    #expect(note(on: "mine-blind") == "control: Checkpoints/mine-blind")
    #expect(note(on: "half-copied") == nil)
    #expect(note(on: "openvla")?.hasPrefix("entry: OpenVLA in small") == true)
    #expect(note(on: "expert") == "ceiling: the scripted expert, which reads the world")
    let names = lines.map { $0[0] }
    #expect(Set(names).count == names.count)
  }
}
