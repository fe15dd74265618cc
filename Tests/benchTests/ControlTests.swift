import Foundation
import Testing

/// Controls of any policy, in any table.
@Suite struct ControlTests {
  /// A policy that says what it sees by failing.
  private static let policy = """
    class Teller:
        needs = ["image", "instruction"]

        def act(self, observation):
            pixels = bytes(bytearray(observation["image"].tobytes() if hasattr(observation["image"], "tobytes")
                                     else observation["image"]))
            looks = "grey" if set(pixels) == {128} else "seen"
            raise ValueError(f"{looks}|{observation['instruction']}|")
    """

  @Test func eachControlIsARowOfItsKind() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try Self.policy.write(toFile: "\(folder)/teller.py", atomically: false, encoding: .utf8)
    let result = try Program.run([
      "--suite", "language-grounding", "--episodes", "1", "--quiet", "--controls", "--policy",
      "\(folder)/teller.py:Teller", "--policy", "random", "--name", "teller", "--name", "chance",
      "--out", "\(folder)/run",
    ])
    // Every episode of the teller is an error, and that is said.
    #expect(result.status == 2, "\(result.errors)")
    let lines = try String(contentsOfFile: "\(folder)/run/episodes.jsonl", encoding: .utf8)
      .split(separator: "\n")
    struct Record: Decodable {
      struct Trouble: Decodable { var message: String }
      var policy: String
      var kind: String
      var instruction: String
      var error: Trouble?
    }
    let records = try lines.map { try JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
    let rows = Dictionary(grouping: records, by: \.policy)
    #expect(
      Set(rows.keys) == [
        "teller", "chance", "teller+no-instruction", "teller+other-instruction",
        "teller+frozen-image", "teller+grey-image", "zero-action",
      ])
    for (name, records) in rows {
      #expect(records.count == 6)
      let isControl = name.contains("+") || name == "zero-action"
      #expect(records.allSatisfy { ($0.kind == "control") == isControl })
      for record in records where name.hasPrefix("teller") {
        let message = record.error?.message ?? ""
        let own = message.contains("|\(record.instruction)|")
        #expect(message.contains(name.hasSuffix("grey-image") ? "grey|" : "seen|"), "\(message)")
        #expect(own == !name.hasSuffix("-instruction"), "\(name): \(message)")
        #expect(message.contains("||") == name.hasSuffix("no-instruction"))
      }
    }
    // A run is taken up with its controls.
    let again = try Program.run(["--resume", "--quiet", "--out", "\(folder)/run"])
    #expect(again.errors.contains("run folder"), "\(again.errors)")
  }

  @Test(arguments: [
    ("--policy expert+grey-image", "the expert reads the world"),
    ("--policy openvla+blindfold", "neither a name"),
  ])
  func whatIsNoControlIsWrongUsage(options: String, reason: String) throws {
    let result = try Program.shell("$BENCH --suite in-distribution \(options)")
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
