import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

/// Lines that are not those that `run.json` promises are told with their number, whoever reads them.
@Suite struct PromisedOrderTests {
  /// What is done to the lines of a finished run, in which line it is told, and how.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let line: Int
    let mention: String
    let apply: @Sendable (inout [String]) -> Void
  }

  /// Puts other text into a line.
  private static func edit(_ line: Int, _ old: String, _ new: String, _ mention: String) -> Change {
    Change(testDescription: "\(old) to \(new)", line: line, mention: mention) { lines in
      precondition(lines[line - 1].contains(old), "\(lines[line - 1]) has no \(old)")
      lines[line - 1] = lines[line - 1].replacing(old, with: new)
    }
  }

  static let changes: [Change] = [
    Change(testDescription: "a line twice, its neighbor gone", line: 6, mention: "comes next") {
      $0[5] = $0[4]
    },
    Change(testDescription: "two lines exchanged", line: 5, mention: "comes next") {
      $0.swapAt(4, 5)
    },
    Change(testDescription: "a line gone", line: 5, mention: "comes next") { $0.remove(at: 4) },
    Change(testDescription: "a line twice at a block's end", line: 11, mention: "comes next") {
      $0.insert($0[9], at: 10)
    },
    Change(testDescription: "a block of another policy", line: 83, mention: "careful") {
      $0.replaceSubrange(82..<92, with: $0[0..<10])
    },
    Change(testDescription: "a line after the last", line: 329, mention: "no more episodes") {
      $0.append($0[327])
    },
    edit(3, "\"seed\":7", "\"seed\":8", "seed 8 in a run of seed 7"),
    edit(3, "\"index\":1", "\"index\":2", "near #2"),
    edit(3, "\"index\":1", "\"index\":-1", "near #-1"),
    edit(3, "\"index\":1", "\"index\":9223372036854775807", "of 5 episodes a task"),
    edit(3, "\"task\":\"near\"", "\"task\":\"moon\"", "no task moon"),
    edit(3, "\"suite\":\"plain\"", "\"suite\":\"shifted\"", "suite shifted in a block of plain"),
    edit(3, "\"clean\":false", "\"clean\":true", "near #1 clean"),
    edit(3, "\"kind\":\"entry\"", "\"kind\":\"ceiling\"", "of kind 'ceiling'"),
    edit(3, "\"policy\":\"careful\"", "\"policy\":\"hasty\"", "episode of hasty"),
    edit(3, "\"block\":\"plain/0000\"", "\"block\":\"plain/0001\"", "plain/0001"),
    // What the whole block must show: the plan's own instructions, limits and factors.
    edit(3, "\"step_limit\":8", "\"step_limit\":9", "step_limit 9"),
    edit(3, "\"instruction\":\"count", "\"instruction\":\"recount", "not those of the plan"),
    edit(11, "\"strength\":1", "\"strength\":0.5", "not those of the plan"),
    // What contradicts itself.
    edit(3, "\"outcome\":\"success\"", "\"outcome\":\"failure\"", "does not fit"),
    edit(3, "\"outcome\":\"success\"", "\"outcome\":\"error\"", "without an error"),
    edit(3, "\"progress\":1", "\"progress\":17", "progress 17"),
    edit(3, "\"steps\":", "\"steps\":-", "steps of at most 8"),
  ]

  @Test(arguments: changes) func isToldWithItsLine(change: Change) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/run"
    let run = try makeRun()
    do {
      let whole = try RunFolder(at: path, describing: run.description(facts: [:]), resuming: false)
      _ = try run.records(in: whole)
    }
    var lines = try lines(of: folder)
    #expect(lines.count == 328)
    change.apply(&lines)
    try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: "run/episodes.jsonl")

    for read in [
      { _ = try RunFiles(at: path) },
      { _ = try RunFolder(at: path, describing: run.description(facts: [:]), resuming: true) },
    ] {
      let error = #expect(throws: EvaluationError.self) { try read() }
      // A plan's hash is known when its block is whole: block plain/0000 ends in line 10, shifted/0000 in line 42.
      let told = change.mention.hasPrefix("not those") || change.mention.hasPrefix("step_limit")
      let line = told ? (change.line > 10 ? 42 : 10) : change.line
      let text = try #require(error?.description)
      #expect(text.contains("episodes.jsonl:\(line): "), "\(text)")
      #expect(text.contains(told ? "not those of the plan" : change.mention), "\(text)")
      #expect(text.contains("--resume"), "\(text)")
      #expect(error?.exitCode == 65)
    }
    // Nothing was cut off or added by looking at it.
    #expect(try self.lines(of: folder) == lines)
  }

  private func lines(of folder: TemporaryFolder) throws -> [String] {
    String(decoding: try folder.contents("run/episodes.jsonl"), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  @Test func linesWithoutADescriptionAreOfOneSeedAndEachAnother() throws {
    let folder = try TemporaryFolder()
    let records = try makeRun(of: [.expert()], suites: ["plain"]).records(in: nil)
    let other = try makeRun(of: [.expert()], suites: ["plain"], seed: 8).records(in: nil)
    for (lines, mention) in [
      (records + [records[2]], "jsonl:11: here is the episode of line 3"),
      (Array(records.dropLast()) + [other[9]], "jsonl:10: here is an episode of seed 8"),
    ] {
      try folder.write(EpisodeLines.encode(lines), to: "episodes.jsonl")
      let error = #expect(throws: EvaluationError.self) {
        try RunFiles(at: "\(folder.path)/episodes.jsonl")
      }
      #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
    }
    try folder.write(EpisodeLines.encode(records), to: "episodes.jsonl")
    #expect(try RunFiles(at: "\(folder.path)/episodes.jsonl").missing == nil)
  }

  @Test func anUnfinishedRunIsKnownAsSuch() throws {
    let folder = try TemporaryFolder()
    let run = try makeRun(shard: try Shard("2/3"))
    let whole = try RunFolder(
      at: "\(folder.path)/run", describing: run.description(facts: [:]), resuming: false)
    let count = try run.records(in: whole).count
    #expect(try RunFiles(at: "\(folder.path)/run").missing == nil)
    let text = try folder.contents("run/episodes.jsonl")
    let lines = EpisodeLines.lines(of: text)
    for kept in [0, 1, count / 2, count - 1] {
      try folder.write(text.prefix(kept == 0 ? 0 : lines[kept - 1].end), to: "run/episodes.jsonl")
      let files = try RunFiles(at: "\(folder.path)/run")
      #expect(files.missing?.finished == kept)
      #expect(files.missing?.promised == count)
      let error = #expect(throws: EvaluationError.self) { try files.checkComplete() }
      #expect(error?.exitCode == 65)
      #expect(error?.description.contains("holds \(kept) of \(count) episodes") == true)
    }
    #expect(
      try RunFiles(at: "\(folder.path)/run").missing?.next == "expert in block shifted/0000")
  }

  /// Hostile numbers in `run.json` are told, not walked through.
  @Test(arguments: [
    ("\"episodes\" : 32", "\"episodes\" : -5", "not 1 to 32"),
    ("\"episodes\" : 32", "\"episodes\" : 9223372036854775807", "not 1 to 32"),
    ("\"shard\" : \"1/1\"", "\"shard\" : \"1/9223372036854775807\"", "is no shard"),
    ("\"shifted\" : 12", "\"shifted\" : 0", "shifted has none"),
    ("\"id\" : \"shifted/0001\"", "\"id\" : \"shifted/0000\"", "an id is there twice"),
    ("\"id\" : \"shifted/0001\"", "\"id\" : \"moon/0000\"", "belongs to no suite"),
    ("\"strength\" : 1", "\"strength\" : 17", "from 0 to 1"),
    ("\"name\" : \"hasty\"", "\"name\" : \"careful\"", "a name is there twice"),
  ])
  func aDescriptionThatNoPlanHasIsTold(old: String, new: String, mention: String) throws {
    let folder = try TemporaryFolder()
    let text = String(
      decoding: try RunFiles.encode(makeRun().description(facts: [:])), as: UTF8.self)
    #expect(text.contains(old))
    try folder.write(Data(text.replacing(old, with: new).utf8), to: "run.json")
    try folder.write(Data(), to: "episodes.jsonl")
    let error = #expect(throws: EvaluationError.self) { try RunFiles(at: folder.path) }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("run.json: ") == true)
    #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
  }
}
