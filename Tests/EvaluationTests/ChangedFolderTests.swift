import Files
import Foundation
import Testing

@testable import Evaluation

/// A folder that changes under a run is noticed at the next block, and nothing is summed up over it.
@Suite struct ChangedFolderTests {
  /// What somebody else does to the folder of a run.
  struct Intrusion: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let mention: String
    let apply: @Sendable (String) throws -> Void
  }

  static let intrusions: [Intrusion] = [
    Intrusion(testDescription: "episodes replaced", mention: "replaced by another file") { path in
      let text = try FileContents.read("\(path)/episodes.jsonl")
      try AtomicFile.write(text, to: URL(fileURLWithPath: "\(path)/episodes.jsonl"))
    },
    Intrusion(testDescription: "episodes truncated", mention: "bytes where this run wrote") {
      #expect(truncate("\($0)/episodes.jsonl", 100) == 0)
    },
    Intrusion(testDescription: "episodes appended to", mention: "bytes where this run wrote") {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\($0)/episodes.jsonl"))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{}\n".utf8))
    },
    Intrusion(testDescription: "episodes overwritten", mention: "ends in other bytes") { path in
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/episodes.jsonl"))
      let end = try handle.seekToEnd()
      try handle.seek(toOffset: end - 40)
      try handle.write(contentsOf: Data("intruder".utf8))
    },
    Intrusion(testDescription: "episodes gone", mention: "is gone") {
      try FileManager.default.removeItem(atPath: "\($0)/episodes.jsonl")
    },
    Intrusion(testDescription: "folder gone", mention: "is gone") {
      try FileManager.default.removeItem(atPath: $0)
    },
    Intrusion(testDescription: "folder replaced by another run", mention: "another run") { path in
      try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")
      let run = try makeRun(seed: 8)
      _ = try run.records(
        in: RunFolder(at: path, describing: run.description(facts: [:]), resuming: false))
    },
    Intrusion(testDescription: "description edited", mention: "another run") { path in
      let file = URL(fileURLWithPath: "\(path)/run.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacing("\"seed\" : 7", with: "\"seed\" : 8").utf8).write(to: file)
    },
  ]

  @Test(arguments: intrusions) func isNoticedAtTheNextBlock(intrusion: Intrusion) throws {
    let folder = try TemporaryFolder()
    let run = try makeRun()
    let path = "\(folder.path)/run"
    let records = try run.records(in: nil)
    let runFolder = try RunFolder(
      at: path, describing: run.description(facts: [:]), resuming: false)
    try runFolder.append(Array(records[..<10]))
    try intrusion.apply(path)
    let error = #expect(throws: EvaluationError.self) { try runFolder.append([records[10]]) }
    #expect(error?.exitCode == 2)
    #expect(error?.description.contains(intrusion.mention) == true, "\(String(describing: error))")
    let summary = #expect(throws: EvaluationError.self) {
      try runFolder.write(Summary(of: Array(records[..<10])))
    }
    #expect(summary?.exitCode == 2)
    #expect(!FileContents.exists("\(path)/summary.json"))
  }

  /// The end of the file is compared at each block, all of it before a summary.
  @Test func aByteFarBackIsNoticedBeforeTheSummary() throws {
    let folder = try TemporaryFolder()
    let run = try makeRun()
    let path = "\(folder.path)/run"
    let runFolder = try RunFolder(
      at: path, describing: run.description(facts: [:]), resuming: false)
    let records = try run.records(in: runFolder)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/episodes.jsonl"))
    try handle.write(contentsOf: Data("[".utf8))
    let error = #expect(throws: EvaluationError.self) {
      try runFolder.write(Summary(of: records))
    }
    #expect(error?.description.contains("other bytes than this run wrote") == true)
  }

  @Test func anUntouchedFolderIsSummedUp() throws {
    let folder = try TemporaryFolder()
    let run = try makeRun()
    for _ in 0..<2 {
      let runFolder = try RunFolder(
        at: "\(folder.path)/run", describing: run.description(facts: [:]), resuming: true)
      try runFolder.write(Summary(of: try run.records(in: runFolder)))
    }
    #expect(FileContents.exists("\(folder.path)/run/summary.json"))
  }
}
