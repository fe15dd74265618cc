import Foundation
import TestSupport
import Testing

/// Checkpoints that can't act, act on nothing, or are called alike.
@Suite struct PolicyTroubleTests {
  private func checkpoint() throws -> LinkedFolder {
    let folder = try LinkedFolder()
    let fixture = Program.root.appendingPathComponent("Tests/PoliciesTests/Fixtures/openvla-small")
    try folder.link(filesOf: fixture) { $0 != "lora" }
    return folder
  }

  private func run(_ policies: [String], _ more: [String] = [], out: String) throws
    -> Program.Result
  {
    try Program.run(
      ["--suite", "in-distribution", "--episodes", "1", "--out", out] + more
        + policies.flatMap { ["--policy", $0] })
  }

  @Test func aSecondPolicyThatCantActIsToldBeforeTheFirstEpisode() throws {
    let folder = try checkpoint()
    try folder.write(Data(#"{"a": {}, "b": {}}"#.utf8), as: "dataset_statistics.json")
    let out = Program.newFolder()
    let result = try run(["random", folder.url.path], out: out)
    #expect(result.status == 65)
    #expect(result.errors.contains("--unnorm-key: a, b"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: out + "/episodes.jsonl"))
  }

  @Test func twoFoldersThatEndAlikeAreTwoRowsAndTheStatisticsKeyIsAFact() throws {
    let (parent, source) = (try LinkedFolder(), try checkpoint())
    let folders = try ["first", "second"].map { name in
      let folder = parent.url.appendingPathComponent("\(name)/checkpoint-1000")
      try FileManager.default.createDirectory(
        at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: source.url, to: folder)
      return folder.path
    }
    let out = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: out) }
    let result = try run(folders, ["--unnorm-key", "tabletop"], out: out)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("first/checkpoint-1000"))
    #expect(result.output.contains("second/checkpoint-1000"))
    let facts = try String(contentsOfFile: out + "/run.json", encoding: .utf8)
    #expect(facts.contains(#""unnorm_key" : "tabletop""#), "\(facts)")
    withExtendedLifetime(source) {}
  }

  /// The bytes of a safetensors file with one tensor full of NaN.
  private func spoiled(_ data: Data, _ name: String) throws -> Data {
    var data = data
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
    let entry = try #require(header?[name] as? [String: Any])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    let range = 8 + length + offsets[0]..<8 + length + offsets[1]
    data.replaceSubrange(range, with: Data(repeating: 0xff, count: range.count))
    return data
  }

  @Test func aPolicyWhoseEveryEpisodeIsAnErrorEndsWithCode2() throws {
    let folder = try checkpoint()
    let whole = try Data(contentsOf: folder.url.appendingPathComponent("model.safetensors"))
    try folder.write(
      spoiled(whole, "language_model.model.norm.weight"), as: "model.safetensors")
    let out = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: out) }
    let result = try run([folder.url.path, "random"], out: out)
    #expect(result.status == 2)
    #expect(result.errors.contains("every episode ended in an error"), "\(result.errors)")
    #expect(result.errors.contains("not finite"))
    #expect(result.output.contains("random"), "the others go on and the table is printed")
  }
}
