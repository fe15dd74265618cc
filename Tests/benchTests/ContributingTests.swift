import Foundation
import Testing

/// The worked example of CONTRIBUTING.md, done as it is written there in a folder with a copy of the package's scenes.
@Suite struct ContributingTests {
  @Test func theExampleWorksAsWritten() throws {
    let folder = URL(fileURLWithPath: Program.newFolder())
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    for name in ["Scenes", "Benchmarks", "Adapters"] {
      try FileManager.default.copyItem(
        at: Program.root.appendingPathComponent(name), to: folder.appendingPathComponent(name))
    }
    let page = try String(
      contentsOf: Program.root.appendingPathComponent("CONTRIBUTING.md"), encoding: .utf8)

    // Text and blocks alternate. A block of YAML is the file that was named last before it, others are commands.
    var output = ""
    var parts = page.components(separatedBy: "```")[...]
    while let text = parts.popFirst(), let block = parts.popFirst() {
      let (language, body) = (block.prefix { $0 != "\n" }, block.drop { $0 != "\n" }.dropFirst())
      if language == "yaml" {
        let file = try #require(
          text.components(separatedBy: "`").last { $0.hasPrefix("washing-up/") })
        try String(body).write(
          to: folder.appendingPathComponent(file), atomically: false, encoding: .utf8)
      } else {
        let result = try Program.shell(
          "set -e; cd \(folder.path); bench() { \"$BENCH\" \"$@\"; }\n\(body)")
        #expect(result.status == 0, "\(body)\(result.errors)")
        output += result.output
      }
    }
    #expect(output.contains("4/4 100 %") && output.contains("0/4 0 %"), "\(output)")
  }
}
