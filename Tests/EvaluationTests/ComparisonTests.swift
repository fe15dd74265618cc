import Statistics
import Testing

@testable import Evaluation

@Suite struct ComparisonTests {
  private let baseline = RunFiles(
    path: "a", description: nil,
    records: sampleRecords("ssff") + sampleRecords("sss", clean: true)
      + sampleRecords("ffff", policy: "random", kind: .floor))
  private let candidate = RunFiles(
    path: "b", description: nil,
    records: sampleRecords("fssfs") + sampleRecords("sss", clean: true))

  @Test func pairsByContentAndNamesTheFlips() throws {
    let comparison = try Comparison(of: "openvla", in: baseline, with: "openvla", in: candidate)
    #expect(comparison.rows.map(\.name) == ["semantic", "semantic (clean)", "all"])
    #expect(
      comparison.rows[0].pairs
        == PairedCounts(bothSucceeded: 1, gained: 1, lost: 1, bothFailed: 1))
    #expect(comparison.rows[2].pairs.count == 7)
    #expect(comparison.lost.map(\.description) == ["semantic/lift-cup#0@0"])
    #expect(comparison.gained.map(\.description) == ["semantic/lift-cup#2@0"])
    #expect(comparison.unmatchedBaseline.isEmpty && comparison.unmatchedCandidate.count == 1)
    let text = comparison.text(flips: 5)
    #expect(text.contains("openvla before"))
    #expect(text.contains("without a partner: 0 of openvla before, 1 of openvla after"))
    #expect(text.contains("lost: semantic/lift-cup#0@0"))
  }

  @Test func twoPoliciesOfOneRunCompare() throws {
    let comparison = try Comparison(of: "openvla", in: baseline, with: "random", in: baseline)
    #expect(comparison.rows[0].pairs.lost == 2)
    // Random has no clean twins here.
    #expect(comparison.unmatchedBaseline.map(\.isCleanTwin) == [true, true, true])
  }

  @Test func commonPoliciesAreFound() throws {
    let all = try Comparison.ofCommonPolicies(baseline: baseline, candidate: candidate)
    #expect(all.map(\.candidateName) == ["openvla after"])
    #expect(throws: EvaluationError.self) {
      try Comparison(of: "octo", in: baseline, with: "openvla", in: candidate)
    }
  }

  @Test func aFailureOfTheMachineIsNeverALoss() throws {
    let broken = RunFiles(path: "b", description: nil, records: sampleRecords("sxff"))
    let comparison = try Comparison(of: "openvla", in: baseline, with: "openvla", in: broken)
    #expect(comparison.rows[0].pairs == PairedCounts(bothSucceeded: 1, bothFailed: 2))
    #expect(comparison.infrastructureErrors.map(\.index) == [1])
    #expect(comparison.text(flips: 5).contains("failed by the machine"))
  }

  @Test func theRunWithoutEpisodesIsToBlame() throws {
    let empty = RunFiles(path: "empty", description: nil, records: [])
    for (one, other) in [(baseline, empty), (empty, baseline)] {
      #expect(throws: EvaluationError.noEpisodes("empty")) {
        try Comparison.ofCommonPolicies(baseline: one, candidate: other)
      }
    }
  }

  @Test func runsWithoutACommonEpisodeAreNotComparable() throws {
    let other = RunFiles(
      path: "b", description: nil, records: sampleRecords("ss", firstIndex: 50))
    let comparison = try Comparison(of: "openvla", in: baseline, with: "openvla", in: other)
    #expect(!comparison.isComparable)
    #expect(comparison.text(flips: 5).contains("share no episode"))
  }

  @Test func differingFactsAreTold() throws {
    let before = try sampleRun(
      sampleRecords("ss"), path: "a", facts: ["renderer": "llvmpipe", "controlRate": "5 Hz"])
    let after = try sampleRun(
      sampleRecords("ss"), path: "b", facts: ["renderer": "softpipe", "controlRate": "3 Hz"])
    let text = try Comparison(of: "openvla", in: before, with: "openvla", in: after).text(flips: 3)
    #expect(text.contains("another machine:\n  renderer: llvmpipe"))
    #expect(text.contains("another protocol, so that the two were asked different things:"))
  }
}
