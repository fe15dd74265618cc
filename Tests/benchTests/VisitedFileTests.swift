import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Geometry
import Recordings
import TestSupport
import Testing

@testable import bench

/// Visited states go from a recorded run into a file, and from there into demonstrations.
@Suite struct VisitedFileTests {
  /// Goes down and forward.
  private final class Diver: Policy {
    let name = "diver"
    let needs: ObservationNeeds = []

    func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
      let down = Action(translation: Vector3(0.01, 0, -0.02), gripper: 1)
      return try requests.map { _ in .success(try ActionChunk([down])) }
    }
  }

  private func recordedRun(
    _ suites: [String], seed: UInt64, in environment: TabletopEnvironment, at folder: String
  ) throws {
    let plan = try EpisodePlan(
      suites: suites, episodesPerTask: 1, seed: seed, strength: 1, in: environment)
    let run = try EvaluationRun(
      of: [Contestant(name: "diver", kind: .entry) { Diver() }], on: plan, shard: .whole,
      in: environment, settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false))
    var description = run.description(facts: [:])
    description.keepsRecordings = true
    _ = try run.records(in: RunFolder(at: folder, describing: description, resuming: false))
  }

  @Test func whatARunRecordedIsWhatDemonstrationsGet() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = try TabletopEnvironment(root: Program.root.path)
    let suites = ["in-distribution", "motion"]
    try recordedRun(suites, seed: 3, in: environment, at: "\(folder)/run")
    let run = try RunFiles(at: "\(folder)/run")
    let file = "\(folder)/visited.safetensors"
    let written = try VisitedFile.write(nil, of: run, to: file)
    // Perturbed episodes are left out, their clean twins are not.
    let kept = run.records.filter { $0.episode.factors.isEmpty }
    #expect(kept.count < run.records.count && kept.contains { $0.episode.isCleanTwin })
    #expect(written.episodes == kept.count)
    #expect(written.states == kept.reduce(0) { $0 + $1.steps })
    let read = try VisitedFile.read(file, in: environment)
    #expect(read.count == written.states)

    #expect(throws: EvaluationError.self) {
      try VisitedFile.write("nobody", of: run, to: "\(folder)/other")
    }
    // The program does the same.
    let result = try Program.run([
      "export", "\(folder)/run", "--format", "visited", "--out", "\(folder)/again",
    ])
    #expect(result.status == 0 && result.errors.contains("\(written.states) states"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/again")) == bytes)
  }

  @Test func seedsByWhichPoliciesAreJudgedAreRefused() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = try TabletopEnvironment(root: Program.root.path)
    try recordedRun(["in-distribution"], seed: 2_000_000, in: environment, at: "\(folder)/run")
    let run = try RunFiles(at: "\(folder)/run")
    #expect(throws: VisitedFileError.self) {
      try VisitedFile.write("diver", of: run, to: "\(folder)/visited")
    }
    // Not even where somebody wrote such a file.
    let recording = try RecordingFolder(ofRun: "\(folder)/run")
      .recording(policy: "diver", block: run.records[0].block)
    let file = "\(folder)/smuggled"
    try recording.encoded().write(to: URL(fileURLWithPath: file))
    let error = #expect(throws: VisitedFileError.self) {
      try VisitedFile.read(file, in: environment)
    }
    #expect(error?.description.hasPrefix("\(file): episode 0 (in-distribution/") == true)
    #expect(error?.reason.contains("one for report") == true)
  }

  @Test func brokenFilesAreReadOrRefusedByNameAndPlace() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = try TabletopEnvironment(root: Program.root.path)
    try recordedRun(["in-distribution"], seed: 3, in: environment, at: "\(folder)/run")
    let file = "\(folder)/visited"
    _ = try VisitedFile.write(nil, of: RunFiles(at: "\(folder)/run"), to: file)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    _ = try VisitedFile.read(file, in: environment)
    var mutation = Mutation(of: [whole], seed: 41)
    let tally = Fuzz.trial(of: "visited states", byDefault: 60) { _ in
      try mutation.next().write(to: URL(fileURLWithPath: file))
      _ = try VisitedFile.read(file, in: environment)
    } judging: { error in
      guard error is RecordingError || error is VisitedFileError else {
        return "is of another kind"
      }
      return "\(error)".contains(file) ? nil : "does not name the file"
    }
    #expect(tally.faults.isEmpty && tally.refused > 0, "\(tally)")
  }
}
