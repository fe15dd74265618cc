import EnvironmentInterface
import Statistics
import Testing

@testable import Evaluation

/// A baseline and a run whose verdict is known.
struct GateCase: Sendable, CustomTestStringConvertible {
  let id: String
  let baseline: [EpisodeRecord]
  let run: [EpisodeRecord]
  let verdict: GateVerdict
  /// What the last line must name.
  var names: [String] = []
  var testDescription: String { id }

  private static func before(_ outcomes: String, policy: String = "openvla") -> [EpisodeRecord] {
    sampleRecords(outcomes, policy: policy)
  }

  /// A policy that does something else: no last state is the baseline's.
  private static func after(_ outcomes: String, policy: String = "openvla") -> [EpisodeRecord] {
    sampleRecords(outcomes, policy: policy, state: "1")
  }

  private static func expert(_ outcomes: String, state: String = "0") -> [EpisodeRecord] {
    sampleRecords(outcomes, policy: "expert", kind: .ceiling, state: state)
  }

  static let all = verdicts + comparability + trouble

  /// The fixtures that a trusted gate must have been seen to judge, each way.
  private static let verdicts = [
    GateCase(
      id: "the same states pass with any number of episodes", baseline: before("ssf"),
      run: before("ssf"), verdict: .pass, names: ["openvla is unchanged", "all 3 episodes"]),
    GateCase(
      id: "the same outcomes in other states pass where a drop of ten points is excluded",
      baseline: before(many(45, "s") + many(15, "f")), run: after(many(45, "s") + many(15, "f")),
      verdict: .pass, names: ["has not fallen by 10 points", "45/60 75 %"]),
    GateCase(
      id: "better passes", baseline: before(many(60, "s") + many(60, "f")),
      run: after(many(100, "s") + many(20, "f")), verdict: .pass),
    GateCase(
      id: "seven lost of sixty do not fail", baseline: before(many(60, "s")),
      run: after(many(53, "s") + many(7, "f")), verdict: .inconclusive),
    GateCase(
      id: "eight lost of sixty fail", baseline: before(many(60, "s")),
      run: after(many(52, "s") + many(8, "f")), verdict: .fail,
      names: ["openvla has fallen: −13.3 points, from 60/60 100 % to 52/60 87 %", "0.0020"]),
    GateCase(
      id: "errors of the policy count as failures", baseline: before(many(90, "s") + many(30, "f")),
      run: after(many(66, "s") + many(24, "e") + many(30, "f")), verdict: .fail),
    GateCase(
      id: "the same states with another outcome are no pass", baseline: before(many(60, "s")),
      run: before(many(52, "s") + many(8, "f")), verdict: .fail),
    GateCase(
      id: "a few flips among few pairs say nothing",
      baseline: before(many(20, "s") + many(10, "f")),
      run: after(many(18, "s") + many(2, "f") + many(2, "s") + many(8, "f")),
      verdict: .inconclusive, names: ["nobody can say of openvla after 30 pairs"]),
    GateCase(
      id: "the gravest policy decides and every other that is no pass is named",
      baseline: before(many(60, "s")) + before(many(60, "s"), policy: "scratch")
        + before(many(60, "s"), policy: "octo"),
      run: after(many(60, "s")) + after(many(40, "s") + many(20, "f"), policy: "scratch")
        + after(many(55, "s") + many(5, "f"), policy: "octo"),
      verdict: .fail, names: ["FAIL: scratch", "INCONCLUSIVE: nobody can say of octo"]),
    GateCase(
      id: "the expert may lose nothing", baseline: expert(many(60, "s")),
      run: expert(many(59, "s") + "f", state: "1"), verdict: .fail, names: ["expert lost 1 of 60"]),
    GateCase(
      id: "one suite of two can fail on its own",
      baseline: before(many(60, "s"))
        + sampleRecords(many(30, "s") + many(30, "f"), suite: "visual"),
      run: after(many(45, "s") + many(15, "f"))
        + sampleRecords(many(42, "s") + many(18, "f"), suite: "visual", state: "1"),
      verdict: .fail, names: ["has fallen in semantic from 60/60 100 % to 45/60 75 %"]),
  ]

  /// Everything that once passed, or passed unmentioned, although it was no answer to the baseline.
  private static let comparability = [
    GateCase(
      id: "a policy that is missing", baseline: before("ss") + before("ss", policy: "scratch"),
      run: before("ss"), verdict: .notComparable, names: ["scratch is not in the run"]),
    GateCase(
      id: "a policy that was renamed", baseline: before("ss"), run: before("ss", policy: "octo"),
      verdict: .notComparable, names: ["openvla is not in the run", "octo"]),
    GateCase(
      id: "a suite that is missing",
      baseline: before("ss") + sampleRecords("ss", suite: "visual"), run: before("ss"),
      verdict: .notComparable, names: ["2 episodes of the baseline are not in the run"]),
    GateCase(
      id: "clean twins that are missing", baseline: before("ss") + sampleRecords("ss", clean: true),
      run: before("ss"), verdict: .notComparable),
    GateCase(
      id: "six episodes of 120 that are lost", baseline: before(many(120, "s")),
      run: before(many(114, "s")), verdict: .notComparable,
      names: ["6 episodes of the baseline are not in the run"]),
    GateCase(
      id: "other episodes", baseline: before(many(100, "s")),
      run: sampleRecords(many(100, "s"), firstIndex: 50), verdict: .notComparable),
    GateCase(
      id: "episodes whose content has changed", baseline: before("sss"),
      run: before("sss").map { record in
        var record = record
        record.content = record.content.map { $0 + "'" }
        return record
      }, verdict: .notComparable, names: ["3 episodes have changed in content"]),
    GateCase(
      id: "comparability outranks the environment", baseline: before(many(100, "s")),
      run: before(many(50, "s") + "x"), verdict: .notComparable),
  ]

  private static let trouble = [
    GateCase(
      id: "an environment that failed is its own verdict", baseline: before(many(100, "s")),
      run: after(many(98, "s") + many(2, "x")), verdict: .infrastructure,
      names: ["the machine failed in 2 of 100 episodes of openvla"]),
    GateCase(
      id: "one failure of the machine in a hundred is left out", baseline: before(many(100, "s")),
      run: after(many(99, "s") + "x"), verdict: .pass),
    GateCase(
      id: "a machine that failed is not hidden behind another policy's fall",
      baseline: before(many(60, "s")) + before(many(60, "s"), policy: "scratch"),
      run: after(many(30, "s") + many(30, "f"))
        + after(many(30, "x") + many(30, "s"), policy: "scratch"),
      verdict: .infrastructure, names: ["INFRASTRUCTURE: ", "FAIL: openvla"]),
    GateCase(
      id: "nothing but failures of the machine", baseline: before("ss"), run: before("xx"),
      verdict: .infrastructure),
  ]
}
