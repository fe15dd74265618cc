import EnvironmentInterface
import Files
import Foundation
import Recordings
import Testing

@testable import Evaluation

/// Runs that keep the trajectories of their episodes.
@Suite struct RecordedRunTests {
  @discardableResult
  private func complete(
    _ folder: String, resuming: Bool = false, shard: Shard = .whole, isRecording: Bool = true,
    in world: CounterWorld = CounterWorld()
  ) throws -> [EpisodeRecord] {
    let run = try makeRun(shard: shard, in: world)
    var description = run.description(facts: [:])
    description.keepsRecordings = isRecording
    return try run.records(
      in: RunFolder(at: folder, describing: description, resuming: resuming))
  }

  /// Every file under a folder with its bytes.
  private func tree(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where !FileContents.isFolder("\(folder)/\(name)") {
      files[name] = try FileContents.read("\(folder)/\(name)")
    }
    return files
  }

  @Test func everyEpisodeIsRecordedAsItWent() throws {
    let (recorded, plain) = (try TemporaryFolder(), try TemporaryFolder())
    let records = try complete("\(recorded.path)/run")
    try complete("\(plain.path)/run", isRecording: false)
    #expect(
      try recorded.contents("run/episodes.jsonl") == plain.contents("run/episodes.jsonl"),
      "recording changes no result")
    #expect(!RecordingFolder(ofRun: "\(plain.path)/run").exists)

    let (folder, world) = (RecordingFolder(ofRun: "\(recorded.path)/run"), CounterWorld())
    for record in records {
      let found = try folder.episode(record.episode, policy: record.policy, block: record.block)
      #expect(found.outcome == record.outcome && found.actions.count == record.steps)
      let trajectory = try found.trajectory(in: world)
      #expect(trajectory.firstSuccessStep == record.firstSuccessStep)
      #expect(trajectory.states.last.map(world.stateHash) == record.finalState)
    }
  }

  @Test func anEpisodeThatIsTriedAgainIsRecordedAsItEnded() throws {
    let folder = try TemporaryFolder()
    var world = CounterWorld()
    world.brokenTasks = ["far"]
    let records = try complete("\(folder.path)/run", in: world)
    let recordings = RecordingFolder(ofRun: "\(folder.path)/run")
    let failed = try #require(records.first { $0.outcome == .error })
    let found = try recordings.episode(
      failed.episode, policy: failed.policy, block: failed.block)
    #expect(found.outcome == .error && found.states.isEmpty)
    #expect(throws: RecordingError.nothingRecorded(failed.episode)) {
      try found.trajectory(in: world)
    }
  }

  /// The recording is written before the records: whichever is missing after a kill is written anew.
  @Test func aRunKilledAnywhereResumesToTheSameFiles() throws {
    let whole = try TemporaryFolder()
    try complete("\(whole.path)/run")
    let files = try tree("\(whole.path)/run")
    let lines = try #require(files["episodes.jsonl"])
    for cut in stride(from: 0, to: lines.count, by: 9973) {
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(
        atPath: "\(whole.path)/run", toPath: "\(folder.path)/run")
      try folder.write(lines.prefix(cut), to: "run/episodes.jsonl")
      // As if killed while it wrote a recording: part of it under its passing name, others not there yet.
      let recordings = "\(folder.path)/run/recordings"
      try FileManager.default.removeItem(atPath: "\(recordings)/expert")
      try Data(lines.prefix(100)).write(
        to: URL(fileURLWithPath: "\(recordings)/careful/x.safetensors.partial-99999999"))
      try complete("\(folder.path)/run", resuming: true)
      let again = try tree("\(folder.path)/run")
      let expected = cut == 0 ? files : files.filter { !$0.key.hasPrefix("recordings/expert") }
      #expect(
        again.filter { !$0.key.hasPrefix("recordings/expert") }
          == expected.filter {
            !$0.key.hasPrefix("recordings/expert")
          })
      let expert = again.keys.filter { $0.hasPrefix("recordings/expert") }
      #expect(expert.allSatisfy { again[$0] == files[$0] } && !expert.isEmpty)
    }
  }

  /// It is written beside the next block, and told of with that block's end; none of its records is kept.
  @Test func aRecordingThatCannotBeWrittenEndsTheRun() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/run", withIntermediateDirectories: true)
    try folder.write(Data("in the way".utf8), to: "run/recordings")
    let error = #expect(throws: EvaluationError.self) { try complete("\(folder.path)/run") }
    #expect(error?.exitCode == 2 && error?.description.contains("recordings") == true)
    #expect(try folder.contents("run/episodes.jsonl").isEmpty)
    try FileManager.default.removeItem(atPath: "\(folder.path)/run/recordings")
    try complete("\(folder.path)/run", resuming: true)
    #expect(try RunFiles(at: "\(folder.path)/run").missing == nil)
  }

  @Test func shardsMergeWithTheirRecordings() throws {
    let folder = try TemporaryFolder()
    try complete("\(folder.path)/whole")
    let shards = try (1...3).map { index in
      let path = "\(folder.path)/\(index)"
      try complete(path, shard: Shard("\(index)/3"))
      return try RunFiles(at: path)
    }
    _ = try RunMerge.write(shards, to: "\(folder.path)/merged")
    let (merged, whole) = (try tree("\(folder.path)/merged"), try tree("\(folder.path)/whole"))
    let recordings = whole.filter { $0.key.hasPrefix("recordings/") }
    #expect(recordings.count == 16)
    #expect(merged.filter { $0.key.hasPrefix("recordings/") } == recordings)
    #expect(merged["episodes.jsonl"] == whole["episodes.jsonl"])
  }

  @Test func aWorldThatHasChangedIsNotedAtTheStep() throws {
    let folder = try TemporaryFolder()
    let records = try complete("\(folder.path)/run")
    let record = try #require(records.first { $0.steps > 2 && $0.policy == "expert" })
    let found = try RecordingFolder(ofRun: "\(folder.path)/run")
      .episode(record.episode, policy: record.policy, block: record.block)
    var states = found.states
    states[2][0] = states[2][0].nextUp
    let other = RecordedEpisode(
      episode: found.episode, outcome: found.outcome, stateNames: found.stateNames, states: states,
      progress: found.progress, actions: found.actions)
    #expect(throws: RecordingError.otherWorld(record.episode, step: 2)) {
      try other.trajectory(in: CounterWorld())
    }
  }
}
