import EnvironmentInterface
import Foundation
import Statistics
import TestSupport
import Testing

@testable import Evaluation

/// Run folders and baselines that were changed at random are read or refused, never trapped on.
@Suite struct RunFilesFuzzTests {
  private func original(_ folder: TemporaryFolder) throws -> RunFiles {
    let run = try makeRun(suites: ["shifted"], episodesPerTask: 2)
    var description = run.description(facts: ["processor": "x"])
    description.policyFacts = [
      "expert": PolicyFacts(
        parameters: 1200,
        training: TrainingFacts(
          recipe: "00", seed: 1, images: 90, robotImages: 40, seconds: 3.5, earlierImages: 7,
          earlierSeconds: 0.5, device: "cuda:0"))
    ]
    let whole = try RunFolder(
      at: "\(folder.path)/run", describing: description, resuming: false)
    _ = try run.records(in: whole)
    return try RunFiles(at: "\(folder.path)/run")
  }

  /// What is wrong with a refusal of a changed file; nil where it names the file and has a status of its own.
  ///
  /// - Parameter text: the whole file, whose keys are places that a refusal may name.
  private func fault(of error: any Error, naming name: String, in text: Data) -> String? {
    guard let refusal = error as? EvaluationError else { return "is of another kind" }
    guard [2, 4, 5, 64, 65].contains(refusal.exitCode) else { return "has no status" }
    return Refusal.fault(refusal, naming: name, in: Refusal.names(in: text))
  }

  @Test(arguments: [RunFolder.descriptionName, RunFolder.episodesName])
  func aChangedRunFolderIsReadOrRefused(name: String) throws {
    let folder = try TemporaryFolder()
    let files = try original(folder)
    let description = try #require(files.description)
    let text = try folder.contents("run/\(name)")
    var mutation = Mutation(of: [text], seed: 13)
    let read = Fuzz.trial(of: "a run's \(name)", byDefault: 300) { _ in
      try folder.write(mutation.next(), to: "run/\(name)")
      let files = try RunFiles(at: "\(folder.path)/run")
      _ = files.missing
      let table = Summary(of: files.records, in: files.description).table
      _ = table.text(width: 80)
      _ = try table.json()
      _ = try? RunMerge.merged([files])
      _ = try? Baseline(of: files)
      _ = try Comparison.ofCommonPolicies(baseline: files, candidate: files)
    } judging: {
      fault(of: $0, naming: "/run", in: text)
    }
    #expect(read.faults.isEmpty && read.refused > read.count / 4, "\(read)")

    let resumed = Fuzz.trial(of: "a resumed run's \(name)", byDefault: 300) { _ in
      // What resumes cuts an unfinished end off, so that both files are written anew each time.
      try folder.write(RunFiles.encode(description), to: "run/\(RunFolder.descriptionName)")
      try folder.write(EpisodeLines.encode(files.records), to: "run/\(RunFolder.episodesName)")
      try folder.write(mutation.next(), to: "run/\(name)")
      _ = try RunFolder(at: "\(folder.path)/run", describing: description, resuming: true)
    } judging: {
      fault(of: $0, naming: "/run", in: text)
    }
    #expect(resumed.faults.isEmpty && resumed.refused > resumed.count / 4, "\(resumed)")
  }

  @Test func aChangedBaselineIsReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let files = try original(folder)
    try Baseline(of: files).write(to: "\(folder.path)/baseline.json")
    let text = try folder.contents("baseline.json")
    var mutation = Mutation(of: [text], seed: 14)
    let tally = Fuzz.trial(of: "a baseline", byDefault: 500) { _ in
      try folder.write(mutation.next(), to: "baseline.json")
      let baseline = try Baseline(at: "\(folder.path)/baseline.json")
      let report = try RegressionGate(test: GroupSequentialTest()).report(
        on: files, against: baseline)
      _ = report.text(listing: 3)
      _ = try report.json()
    } judging: {
      fault(of: $0, naming: "baseline.json", in: text)
    }
    #expect(tally.faults.isEmpty && tally.refused > tally.count / 4, "\(tally)")
  }
}
