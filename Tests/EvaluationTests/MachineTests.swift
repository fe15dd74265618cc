import Foundation
import Testing

@testable import Evaluation

/// What a run was computed on is kept apart from what was asked for.
@Suite struct MachineTests {
  private let here = ["scenes": "abc", "processor": "GenuineIntel", "torch_kernels": "AVX2"]
  private let there = ["scenes": "abc", "processor": "AuthenticAMD", "torch_kernels": "AVX512"]

  @discardableResult
  private func run(
    _ path: String, _ facts: [String: String], shard: Shard = .whole, mixing: Bool = false
  )
    throws -> RunDescription
  {
    let run = try makeRun(shard: shard)
    let folder = try RunFolder(
      at: path, describing: run.description(facts: facts), resuming: true, mixingMachines: mixing)
    // Only a part, so that there is something to go on with.
    if folder.records.isEmpty { try folder.append(Array(run.records(in: nil).prefix(10))) }
    return folder.description
  }

  @Test func factsAreToldApartByTheirNames() throws {
    let description = try makeRun().description(facts: here)
    #expect(description.facts == ["scenes": "abc", "world": "counter 1"])
    #expect(description.machine == ["processor": "GenuineIntel", "torch_kernels": "AVX2"])
    #expect(try description.differences(from: makeRun().description(facts: there)).isEmpty)
  }

  /// Files of before machines were told apart.
  @Test func anOlderFileIsRead() throws {
    let folder = try TemporaryFolder()
    var text = String(
      decoding: try RunFiles.encode(makeRun().description(facts: here)), as: UTF8.self)
    let machine = try #require(text.firstRange(of: #/  "machine" : \{[^}]*\},\n/#))
    text.removeSubrange(machine)
    text = text.replacing("\"facts\" : {", with: "\"facts\" : {\"processor\" : \"Alpha\",")
    text = text.replacing(#/,\n *"plan" : "[0-9a-f]*"/#, with: "")
    #expect(!text.contains("plan\""))
    try folder.write(Data(text.utf8), to: "run.json")
    let old = try RunFiles.description(at: "\(folder.path)/run.json")
    #expect(old.machine == ["processor": "Alpha"])
    #expect(try makeRun().description(facts: here).differences(from: old).isEmpty)
  }

  @Test func aRunGoesOnElsewhereOnlyWhenThatIsSaid() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/run"
    try run(path, here)
    let error = #expect(throws: EvaluationError.self) { try run(path, there) }
    #expect(error?.exitCode == 65)
    for word in ["GenuineIntel there", "AuthenticAMD here", "torch_kernels", "--mix-machines"] {
      #expect(error?.description.contains(word) == true, "\(String(describing: error))")
    }
    #expect(try run(path, here).machine["processor"] == "GenuineIntel")
    #expect(
      try run(path, there, mixing: true).machine["processor"] == "AuthenticAMD | GenuineIntel")
    // Both are known now and go on without a word; a third is not.
    for facts in [here, there] {
      #expect(try run(path, facts).machine["processor"] == "AuthenticAMD | GenuineIntel")
    }
    #expect(throws: EvaluationError.self) {
      try run(path, ["scenes": "abc", "processor": "third"])
    }
  }

  @Test func aRunWithoutAnEpisodeWasComputedNowhere() throws {
    let folder = try TemporaryFolder()
    let plan = try makeRun()
    do {
      _ = try RunFolder(at: folder.path, describing: plan.description(facts: here), resuming: false)
    }
    let later = try RunFolder(
      at: folder.path, describing: plan.description(facts: there), resuming: true)
    #expect(later.description.machine["processor"] == "AuthenticAMD")
    #expect(try RunFiles(at: folder.path).description == later.description)
  }

  @Test func shardsOfSeveralMachinesJoinOnlyWhenThatIsSaid() throws {
    let folder = try TemporaryFolder()
    let shards = try [here, there].enumerated().map { index, facts in
      let run = try makeRun(shard: try Shard("\(index + 1)/2"))
      let path = "\(folder.path)/\(index)"
      let shard = try RunFolder(
        at: path, describing: run.description(facts: facts), resuming: false)
      _ = try run.records(in: shard)
      return try RunFiles(at: path)
    }
    let error = #expect(throws: EvaluationError.self) {
      try RunMerge.write(shards, to: "\(folder.path)/whole")
    }
    #expect(error?.description.contains("--mix-machines") == true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["0", "1"])
    _ = try RunMerge.write(shards, to: "\(folder.path)/whole", mixingMachines: true)
    let whole = try RunFiles(at: "\(folder.path)/whole")
    #expect(whole.description?.machine["torch_kernels"] == "AVX2 | AVX512")
    #expect(whole.missing == nil)
    let notes = whole.description?.notes
    #expect(notes?["machine.shard-1"] == "processor: GenuineIntel; torch_kernels: AVX2")
    #expect(notes?["machine.shard-2"] == "processor: AuthenticAMD; torch_kernels: AVX512")
  }

  @Test func aMergeIsWholeOrNotThere() throws {
    let folder = try TemporaryFolder()
    let run = try makeRun()
    let shard = try RunFolder(
      at: "\(folder.path)/0", describing: run.description(facts: here), resuming: false)
    _ = try run.records(in: shard)
    let files = try RunFiles(at: "\(folder.path)/0")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/full", withIntermediateDirectories: false)
    try folder.write(Data(), to: "full/somebody's file")
    let error = #expect(throws: EvaluationError.self) {
      try RunMerge.write([files], to: "\(folder.path)/full")
    }
    #expect(error?.exitCode == 2)
    #expect(error?.description.contains("not empty") == true, "\(String(describing: error))")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["0", "full"])
  }
}
