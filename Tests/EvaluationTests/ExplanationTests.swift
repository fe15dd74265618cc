import EnvironmentInterface
import Statistics
import Testing

@testable import Evaluation

/// A failed episode, told as what the gripper held step by step, and the reason that follows.
struct FailureCase: Sendable, CustomTestStringConvertible {
  let id: String
  /// Per step: first touched, held, whether the fingers are told to open.
  let steps: [(TaskRole?, TaskRole?, Bool)]
  var progress = 0.5
  let reason: FailureReason
  let step: Int
  var testDescription: String { id }

  static let all = [
    FailureCase(
      id: "nothing touched", steps: [(nil, nil, true), (nil, nil, true)], reason: .neverReached,
      step: 2),
    FailureCase(
      id: "another thing touched",
      steps: [(nil, nil, true), (.other, nil, true), (.other, nil, true)], reason: .reachedAnother,
      step: 2),
    FailureCase(
      id: "the target touched", steps: [(.target, nil, true)], reason: .reachedAnother, step: 1),
    FailureCase(
      id: "another thing held",
      steps: [(.other, nil, true), (.other, .other, false), (.other, .other, false)],
      reason: .heldAnother, step: 2),
    FailureCase(
      id: "touched and never held", steps: [(.object, nil, true), (.object, nil, false)],
      reason: .neverGrasped, step: 1),
    FailureCase(
      id: "slipped",
      steps: [(.object, .object, false), (.object, .object, false), (.object, nil, false)],
      reason: .slipped, step: 3),
    FailureCase(
      id: "let go early",
      steps: [(.object, .object, false), (.object, nil, true), (.object, nil, true)], progress: 0.7,
      reason: .dropped, step: 2),
    FailureCase(
      id: "let go over the target", steps: [(.object, .object, false), (.object, nil, true)],
      progress: 0.85, reason: .placedBeside, step: 2),
    FailureCase(
      id: "grasped again and held",
      steps: [(.object, .object, false), (.object, nil, false), (.object, .object, false)],
      reason: .outOfTimeHolding, step: 3),
  ]
}

@Suite struct FailureReasonTests {
  @Test(arguments: FailureCase.all) func theReasonFollowsFromContacts(sample: FailureCase) {
    var history = ContactHistory()
    for (number, step) in sample.steps.enumerated() {
      history.observe(
        TaskContact(firstTouched: step.0, held: step.1), step: number + 1,
        action: Action(translation: .zero, gripper: step.2 ? 1 : 0))
    }
    let failure = history.failure(steps: sample.steps.count, progress: sample.progress)
    #expect(failure == EpisodeFailure(reason: sample.reason, step: sample.step))
  }

  @Test func anEnvironmentThatTellsNothingGivesNoReason() throws {
    var history = ContactHistory()
    history.observe(nil, step: 1, action: nil)
    #expect(history.failure(steps: 8, progress: 0) == nil)
    let idle = Contestant(name: "idle", kind: .floor) { Walker(probability: 0) }
    let records = try makeRun(of: [idle], suites: ["plain"]).records(in: nil)
    #expect(records.allSatisfy { $0.failure == nil })
  }
}

@Suite struct ExplanationTests {
  /// Cups fail nine of ten times, cans once.
  private func records(_ cup: String, _ can: String, policy: String = "openvla") -> [EpisodeRecord]
  {
    let cups = sampleRecords(cup, policy: policy, task: "lift-cup")
    let cans = sampleRecords(can, policy: policy, task: "lift-can").map { record in
      var record = record
      record.episode.instruction = "lift the can"
      return record
    }
    return (cups + cans).map { record in
      var record = record
      if record.outcome == .failure {
        record.failure = EpisodeFailure(
          reason: record.episode.task == "lift-cup" ? .slipped : .neverReached, step: 3)
      }
      return record
    }
  }

  @Test func reasonsAreCountedByTask() throws {
    let records = records(many(1, "s") + many(9, "f"), many(19, "s") + "f")
    let policy = try #require(Explanation(of: records).policies.first)
    #expect(policy.failures == 10 && policy.episodes == 30)
    #expect(policy.reasons == [.slipped: 9, .neverReached: 1])
    #expect(policy.rows.map(\.failures) == [9, 1])
    let text = Explanation(of: records).text(listing: 5)
    #expect(text.contains("openvla: failed 10/30 33 %"))
    #expect(text.contains("slipped"))
  }

  @Test func whatFailsMoreThanTheRestIsRanked() throws {
    let records = records(many(1, "s") + many(9, "f"), many(19, "s") + "f")
    let suspects = try #require(Explanation(of: records).policies.first).suspects
    #expect(Set(suspects.map(\.name)) == ["task semantic/lift-cup", "word \"cup\""])
    #expect(suspects.allSatisfy { abs($0.lift - 2.7) < 1e-9 && $0.isBeyondChance })
    // Nothing stands out where all fare alike.
    #expect(Explanation(of: self.records("sfsfsfsfsf", "sfsfsfsfsf")).policies[0].suspects.isEmpty)
  }

  @Test func failuresOfTheMachineExplainNothing() throws {
    let policy = try #require(Explanation(of: sampleRecords("sxxf")).policies.first)
    #expect(policy.episodes == 2 && policy.failures == 1)
    #expect(policy.rows[0].unexplained == 1)
  }

  @Test func whatTheLostEpisodesShareIsTold() throws {
    let before = RunFiles(
      path: "a", description: nil, records: records(many(10, "s"), many(20, "s")))
    let after = RunFiles(
      path: "b", description: nil,
      records: records(many(3, "s") + many(7, "f"), many(19, "s") + "f"))
    let same = PolicyPair("openvla", "openvla")
    let flips = try FlipExplanation(of: same, from: before, to: after)
    #expect(flips.pairs.lost == 8)
    #expect(flips.reasons == [.slipped: 7, .neverReached: 1])
    #expect(flips.lost.first?.isBeyondChance == true)
    #expect(flips.gained.isEmpty)
    #expect(flips.text(listing: 3).contains("8 lost and 0 gained of 30"))

    // The other way round the same features are gained.
    let back = try FlipExplanation(of: same, from: after, to: before)
    #expect(back.lost.isEmpty && back.pairs.gained == 8)
    let solved = try FlipExplanation(
      of: same,
      from: RunFiles(
        path: "a", description: nil, records: records(many(10, "f"), many(20, "f"))),
      to: RunFiles(
        path: "b", description: nil,
        records: records(many(9, "s") + "f", many(2, "s") + many(18, "f"))))
    let cup = try #require(solved.gained.first)
    #expect(cup.name == "task semantic/lift-cup" || cup.name == "word \"cup\"")
    #expect(cup.liftInterval.contains(cup.lift))
    #expect(solved.text(listing: 3).contains("gained more than the rest"))
  }
}
