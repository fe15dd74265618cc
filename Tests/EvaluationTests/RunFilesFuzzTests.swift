import Foundation
import Statistics
import TestSupport
import Testing

@testable import Evaluation

/// Run folders and baselines that were changed at random are read or refused, never trapped on.
@Suite struct RunFilesFuzzTests {
  /// `TRESTLE_FUZZ=200000` asks for more.
  private static let count =
    ProcessInfo.processInfo.environment["TRESTLE_FUZZ"].flatMap { Int($0) } ?? 500

  private func original(_ folder: TemporaryFolder) throws -> RunFiles {
    let run = try makeRun(suites: ["shifted"], episodesPerTask: 2)
    let whole = try RunFolder(
      at: "\(folder.path)/run", describing: run.description(facts: ["processor": "x"]),
      resuming: false)
    _ = try run.records(in: whole)
    return try RunFiles(at: "\(folder.path)/run")
  }

  /// Reads a changed file as all its readers would and says whether it was refused.
  private func isRefused(_ path: String, naming name: String, _ read: () throws -> Void) -> Bool {
    do {
      try read()
      return false
    } catch let error as EvaluationError {
      #expect([2, 4, 5, 64, 65].contains(error.exitCode))
      #expect(error.description.contains(name), "\(error)")
      return true
    } catch {
      Issue.record("\(path): \(error)")
      return true
    }
  }

  @Test(arguments: [RunFolder.descriptionName, RunFolder.episodesName])
  func aChangedRunFolderIsReadOrRefused(name: String) throws {
    let folder = try TemporaryFolder()
    let files = try original(folder)
    let description = try #require(files.description)
    let text = try folder.contents("run/\(name)")
    var mutation = Mutation(of: [text], seed: 13)
    var refused = 0
    for _ in 0..<Self.count {
      try folder.write(mutation.next(), to: "run/\(name)")
      let isRefused = isRefused(folder.path, naming: "run") {
        let files = try RunFiles(at: "\(folder.path)/run")
        _ = files.missing
        _ = Summary(of: files.records).table.text(width: 80)
        _ = try Summary(of: files.records).table.json()
        _ = try? RunMerge.merged([files])
        _ = try? Baseline(of: files)
        _ = try Comparison.ofCommonPolicies(baseline: files, candidate: files)
      }
      refused += isRefused ? 1 : 0
      // What resumes cuts an unfinished end off; the original is written anew each time.
      _ = self.isRefused(folder.path, naming: "run") {
        _ = try RunFolder(at: "\(folder.path)/run", describing: description, resuming: true)
      }
      try folder.write(RunFiles.encode(description), to: "run/\(RunFolder.descriptionName)")
      try folder.write(EpisodeLines.encode(files.records), to: "run/\(RunFolder.episodesName)")
    }
    #expect(refused > Self.count / 4)
  }

  @Test func aChangedBaselineIsReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let files = try original(folder)
    try Baseline(of: files).write(to: "\(folder.path)/baseline.json")
    var mutation = Mutation(of: [try folder.contents("baseline.json")], seed: 14)
    var refused = 0
    for _ in 0..<Self.count {
      try folder.write(mutation.next(), to: "baseline.json")
      let isRefused = isRefused(folder.path, naming: "baseline.json") {
        let baseline = try Baseline(at: "\(folder.path)/baseline.json")
        let report = try RegressionGate(test: GroupSequentialTest()).report(
          on: files, against: baseline)
        _ = report.text(listing: 3)
        _ = try report.json()
      }
      refused += isRefused ? 1 : 0
    }
    #expect(refused > Self.count / 4)
  }
}
