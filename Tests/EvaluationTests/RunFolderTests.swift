import EnvironmentInterface
import Files
import Foundation
import Testing

@testable import Evaluation

@Suite struct RunFolderTests {
  private let facts = ["git": "abc", "gl_renderer": "llvmpipe"]

  /// Runs to the end in a folder and returns its episodes' bytes.
  @discardableResult
  private func complete(_ folder: String, resuming: Bool, seed: UInt64 = 7) throws -> Data {
    let run = try makeRun(seed: seed)
    let runFolder = try RunFolder(
      at: folder, describing: run.description(facts: facts), resuming: resuming)
    _ = try run.records(in: runFolder)
    return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/episodes.jsonl"))
  }

  /// Byte offsets at which each block of each contestant ends.
  private func blockEnds(_ text: Data) throws -> [Int] {
    let lines = EpisodeLines.lines(of: text)
    let records = try lines.map { try EpisodeLines.decode($0, path: "whole") }
    return records.indices.filter { index in
      index + 1 == records.count || records[index].block != records[index + 1].block
        || records[index].policy != records[index + 1].policy
    }.map { lines[$0].end }
  }

  @Test func aRunKilledAnywhereResumesToTheSameBytes() throws {
    let whole = try TemporaryFolder()
    let bytes = try complete("\(whole.path)/run", resuming: false)
    let ends = try blockEnds(bytes)
    #expect(ends.count == 16)

    // At every block's end, one byte before and after, and in the middle of lines.
    let cuts = Set(
      ends.flatMap { [$0 - 1, $0, $0 + 1] } + stride(from: 0, to: bytes.count, by: 7919))
    for cut in cuts.filter({ (0...bytes.count).contains($0) }).sorted() {
      let folder = try TemporaryFolder()
      try folder.write(whole.contents("run/run.json"), to: "run.json")
      try folder.write(bytes.prefix(cut), to: "episodes.jsonl")
      #expect(try complete(folder.path, resuming: true) == bytes, "cut at byte \(cut)")
    }
  }

  @Test func finishedBlocksAreNotRunAgain() throws {
    let folder = try TemporaryFolder()
    let bytes = try complete("\(folder.path)/run", resuming: false)
    let run = try makeRun(
      of: contestants().map { contestant in
        contestant.kind == .ceiling
          ? contestant
          : Contestant(name: contestant.name, kind: contestant.kind) {
            throw CounterWorld.Fault(description: "no policy is needed")
          }
      })
    let again = try RunFolder(
      at: "\(folder.path)/run", describing: run.description(facts: facts), resuming: true)
    #expect(try run.records(in: again).count == again.records.count)
    #expect(try folder.contents("run/episodes.jsonl") == bytes)
  }

  @Test func aRunThatStopsKeepsItsFinishedBlocks() throws {
    let folder = try TemporaryFolder()
    var entrants = contestants()
    entrants[1] = Contestant(name: "hasty", kind: .entry) {
      throw CounterWorld.Fault(description: "weights are missing")
    }
    let run = try makeRun(of: entrants)
    let path = "\(folder.path)/run"
    do {
      let first = try RunFolder(
        at: path, describing: run.description(facts: facts), resuming: false)
      #expect(throws: CounterWorld.Fault.self) { try run.records(in: first) }
      #expect(first.records.count == 82)
    }
    let other = try TemporaryFolder()
    #expect(
      try complete(path, resuming: true) == complete("\(other.path)/run", resuming: false))
  }

  @Test func anotherRunIsRefusedWithTheDifferences() throws {
    let folder = try TemporaryFolder()
    try complete("\(folder.path)/run", resuming: false)
    let error = #expect(throws: EvaluationError.self) {
      try complete("\(folder.path)/run", resuming: true, seed: 8)
    }
    guard case .notTheSameRun(_, let differences) = error else {
      Issue.record("expected 'not the same run', got \(String(describing: error))")
      return
    }
    #expect(differences == ["seed: 8 here, 7 there"])
    #expect(error?.exitCode == 65)
  }

  @Test func differingFactsAreNamed() throws {
    let run = try makeRun()
    let one = run.description(facts: facts)
    let two = run.description(facts: ["git": "abd"], notes: ["host": "elsewhere"])
    #expect(
      one.differences(from: two) == [
        "facts.git: abc here, abd there", "facts.gl_renderer: llvmpipe here, nothing there",
      ])
    #expect(one.differences(from: run.description(facts: facts, notes: ["host": "x"])).isEmpty)
  }

  @Test func aRunIsNotOverwritten() throws {
    let folder = try TemporaryFolder()
    try complete("\(folder.path)/run", resuming: false)
    #expect(throws: EvaluationError.folderHoldsRun("\(folder.path)/run")) {
      try complete("\(folder.path)/run", resuming: false)
    }
  }

  @Test func damageInTheMiddleNamesFileAndLine() throws {
    let folder = try TemporaryFolder()
    let bytes = try complete("\(folder.path)/run", resuming: false)
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    lines[4] = "{\"schema\":1,\"policy\":\"careful\"}"
    try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: "run/episodes.jsonl")
    for action in [
      { _ = try complete("\(folder.path)/run", resuming: true) },
      { _ = try RunFiles(at: "\(folder.path)/run") },
    ] {
      let error = #expect(throws: EvaluationError.self) { try action() }
      #expect(error?.description.contains("episodes.jsonl:5: ") == true)
      #expect(error?.description.contains("lacks the key") == true)
      #expect(error?.exitCode == 65)
    }
  }

  @Test func anUnknownSchemaIsTold() throws {
    let text = Data("{\"schema\":99}".utf8)
    #expect(
      throws: EvaluationError.unknownSchema(path: "e.jsonl", line: 1, found: 99, known: 1)
    ) { try EpisodeLines.decode(text, number: 1, path: "e.jsonl") }
  }

  @Test func aFolderThatIsAFileIsTold() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data(), to: "file")
    let error = #expect(throws: EvaluationError.self) {
      try complete("\(folder.path)/file/run", resuming: false)
    }
    #expect(error?.exitCode == 2)
    #expect(error?.description.contains("file/run") == true)
  }

  @Test func aFullDiskIsToldAndLosesNothing() throws {
    // A device that answers every write with "no space left".
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/episodes.jsonl", withDestinationPath: "/dev/full")
    let error = #expect(throws: EvaluationError.self) {
      try complete(folder.path, resuming: false)
    }
    #expect(error?.exitCode == 2)
    #expect(error?.description.contains("No space left") == true)
    #expect(error?.description.contains("--resume") == true)
  }

  @Test(arguments: [
    WriterLockError.inUse("a"), .claimed(file: "a/writer.lock", by: "process 7 on elsewhere"),
    .cannotWrite(FileFault("a", .write, code: ENOSPC)),
  ])
  func aFolderThatCannotBeHadIsWorkThatIsNotDone(_ error: WriterLockError) {
    #expect(EvaluationError(error).exitCode == 2)
  }

  @Test func twoProcessesDoNotWriteOneRun() throws {
    let folder = try TemporaryFolder()
    let description = try makeRun().description(facts: facts)
    let first = try RunFolder(at: folder.path, describing: description, resuming: true)
    #expect(throws: EvaluationError.folderInUse("\(folder.path)/episodes.jsonl")) {
      try RunFolder(at: folder.path, describing: description, resuming: true)
    }
    #expect(first.records.isEmpty)
  }

  @Test func aLineHoldsEveryKeyInOrder() throws {
    let record = try makeRun(of: [.expert()], suites: ["plain"]).records(in: nil)[0]
    let line = String(decoding: try EpisodeLines.encode([record]), as: UTF8.self)
    let keys = [
      "block", "clean", "content", "error", "factors", "failure", "final_state",
      "first_success_step",
      "index", "instruction", "kind", "outcome", "policy", "progress", "schema", "seed",
      "shared_draw", "step_limit", "steps", "success_at_end", "success_once", "suite", "task",
    ]
    let positions = keys.map { line.range(of: "\"\($0)\":")?.lowerBound }
    #expect(positions.allSatisfy { $0 != nil })
    #expect(positions.compactMap { $0 } == positions.compactMap { $0 }.sorted())
    #expect(try EpisodeLines.decode(Data(line.utf8), number: 1, path: "line") == record)
  }
}

@Suite struct RunMergeTests {
  private func shards(_ count: Int, in folder: TemporaryFolder) throws -> [RunFiles] {
    try (1...count).map { index in
      let run = try makeRun(shard: try Shard("\(index)/\(count)"))
      let path = "\(folder.path)/\(index)"
      let runFolder = try RunFolder(
        at: path, describing: run.description(facts: ["git": "abc"]), resuming: false)
      _ = try run.records(in: runFolder)
      return try RunFiles(at: path)
    }
  }

  @Test(arguments: [1, 2, 3, 7]) func shardsMergeToTheBytesOfOneMachine(count: Int) throws {
    let folder = try TemporaryFolder()
    let run = try makeRun()
    let whole = try RunFolder(
      at: "\(folder.path)/whole", describing: run.description(facts: ["git": "abc"]),
      resuming: false)
    let summary = Summary(of: try run.records(in: whole))
    try whole.write(summary)

    let merged = try RunMerge.write(
      shards(count, in: folder).reversed(), to: "\(folder.path)/merged")
    #expect(merged == summary)
    for name in [
      "run.json", "episodes.jsonl", "summary.json", "summary.csv", "summary.md", "junit.xml",
      "eval_info/expert/eval_info.json",
    ] {
      #expect(try folder.contents("merged/\(name)") == folder.contents("whole/\(name)"))
    }
  }

  private func files(
    _ run: EvaluationRun<CounterWorld>, facts: [String: String] = [:], name: String,
    in folder: TemporaryFolder
  ) throws -> RunFiles {
    let path = "\(folder.path)/\(name)"
    let runFolder = try RunFolder(
      at: path, describing: run.description(facts: ["git": "abc"].merging(facts) { $1 }),
      resuming: false)
    _ = try run.records(in: runFolder)
    return try RunFiles(at: path)
  }

  /// One run of a policy each, one of them in shards and one with a policy that another has too, is one run of all.
  @Test func runsOfDifferentPoliciesMergeToTheBytesOfOneRunOfAll() throws {
    let folder = try TemporaryFolder()
    let all = contestants()
    try #require(all.count > 2)
    let facts = Dictionary(uniqueKeysWithValues: all.map { ("weights.\($0.name)", $0.name) })
    func own(_ some: [Contestant]) -> [String: String] {
      facts.filter { fact in some.contains { $0.name == fact.value } }
    }
    let whole = try files(makeRun(), facts: facts, name: "whole", in: folder)
    let description = try RunDescription(inFolder: whole.folder)
    let summary = Summary(of: whole.records, in: description)
    try RunFolder(at: whole.folder, describing: description, resuming: true).write(summary)
    var apart = try (1...2).map { index in
      try files(
        makeRun(of: [all[0]], shard: Shard("\(index)/2")), facts: own([all[0]]),
        name: "first-\(index)",
        in: folder)
    }
    apart.append(
      try files(
        makeRun(of: [all[1], all[0]]), facts: own([all[1], all[0]]), name: "second", in: folder))
    let rest = Array(all.dropFirst(2))
    apart.append(try files(makeRun(of: rest), facts: own(rest), name: "rest", in: folder))

    #expect(try RunMerge.write(apart, to: "\(folder.path)/merged") == summary)
    for name in ["run.json", "episodes.jsonl", "summary.json", "summary.md", "junit.xml"] {
      #expect(try folder.contents("merged/\(name)") == folder.contents("whole/\(name)"), "\(name)")
    }
  }

  @Test func policiesOfOtherEpisodesOrThatActOtherwiseAreNotJoined() throws {
    let folder = try TemporaryFolder()
    let all = contestants()
    let first = try files(makeRun(of: [all[0]]), name: "first", in: folder)
    func refused(_ other: RunFiles) -> String {
      let error = #expect(throws: EvaluationError.self) { try RunMerge.merged([first, other]) }
      #expect(error?.exitCode == 65)
      return error?.description ?? ""
    }
    let seed = try files(makeRun(of: [all[1]], seed: 8), name: "seed", in: folder)
    #expect(refused(seed).contains("seed: 7 here, 8 there"))
    let suite = try files(makeRun(of: [all[1]], suites: ["plain"]), name: "suite", in: folder)
    #expect(refused(suite).contains("suites"))
    let scenes = try files(
      makeRun(of: [all[1]]), facts: ["git": "def"], name: "scenes", in: folder)
    #expect(refused(scenes).contains("facts.git: abc here, def there"))
    let weights = try files(
      makeRun(of: [all[1], all[0]]), facts: ["weights.\(all[0].name)": "new"], name: "weights",
      in: folder)
    #expect(refused(weights).contains("\(all[0].name) acts otherwise"))
    var records = try files(makeRun(of: [all[1], all[0]]), name: "acts", in: folder)
    records = RunFiles(
      path: records.path, description: records.description,
      records: records.records.map { record in
        var other = record
        if record.policy == all[0].name { other.steps += 1 }
        return other
      })
    #expect(refused(records).contains("\(all[0].name) acts otherwise"))
    let unfinished = RunFiles(
      path: seed.path,
      description: try files(makeRun(of: [all[1]]), name: "cut", in: folder).description,
      records: [])
    #expect(refused(unfinished).contains("--resume"))
  }

  @Test func missingAndRepeatedShardsAreTold() throws {
    let folder = try TemporaryFolder()
    let shards = try shards(3, in: folder)
    let missing = #expect(throws: EvaluationError.self) {
      try RunMerge.merged([shards[0], shards[2]])
    }
    #expect(missing?.description.contains("shard 2/3 is missing") == true)
    let repeated = #expect(throws: EvaluationError.self) {
      try RunMerge.merged([shards[0], shards[0], shards[2]])
    }
    #expect(repeated?.description.contains("both shard 1/3") == true)
    let unfinished = RunFiles(
      path: shards[1].path, description: shards[1].description,
      records: Array(shards[1].records.dropLast()))
    let incomplete = #expect(throws: EvaluationError.self) {
      try RunMerge.merged([shards[0], unfinished, shards[2]])
    }
    #expect(incomplete?.description.contains("--resume") == true)
  }
}
