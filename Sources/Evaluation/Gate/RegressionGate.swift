import EnvironmentInterface
import Foundation
import Statistics

/// The question "has a success rate fallen?", put so that "cannot say" is an answer.
///
/// Every episode of the baseline must be answered by the run, or the two are **not comparable**. Then, policy
/// by policy:
/// 1. Where all last states are the baseline's, nothing changed: **pass**, with any number of episodes.
/// 2. The scripted expert on the baseline's machine is deterministic, so that any loss of it is a
///    change of the world: **fail**.
/// 3. Otherwise ``GroupSequentialTest`` decides on the paired outcomes: **fail** before **pass**, and
///    **inconclusive** for what neither settles. A suite of several can fail on its own, at a level that
///    leaves the whole test below 1 % of false alarms.
///
/// Episodes that the machine failed say nothing of a policy; beyond a budget the verdict is
/// **infrastructure**.
public struct RegressionGate: Hashable, Sendable, Codable {
  /// What decides for one policy in one suite.
  public var test: GroupSequentialTest
  /// The largest share of a policy's episodes that the machine may fail.
  public var infrastructureBudget: Double

  public init(
    test: GroupSequentialTest = GroupSequentialTest(), infrastructureBudget: Double = 0.01
  ) {
    self.test = test
    self.infrastructureBudget = infrastructureBudget
  }

  /// Of the level of a look, what the whole keeps where several suites are tested too.
  ///
  /// Together with `suiteShare` it keeps false alarms below 1 % and the chance to see a drop of 10 points
  /// above 90 % at a churn of 0.12, by simulation of 2 to 12 suites.
  static let wholeShare = 0.0025 / 0.0027
  /// Of the level of a look, what Holm's procedure spends on suites.
  static let suiteShare = 0.0003 / 0.0027

  /// The test of one of `policies` learned policies whose pairs come in `groups` suites.
  func wholeTest(policies: Int, groups: Int) -> GroupSequentialTest {
    let shared = test.shared(among: policies)
    guard groups > 1 else { return shared }
    return GroupSequentialTest(
      looks: shared.looks, margin: shared.margin, harmLevel: shared.harmLevel * Self.wholeShare,
      passConfidence: shared.passConfidence)
  }

  /// The level of the family of suites.
  func suiteLevel(policies: Int) -> Double {
    test.shared(among: policies).harmLevel * Self.suiteShare
  }

  // MARK: - Runs

  /// Which part of a baseline a run is asked to answer.
  public struct Scope: Hashable, Sendable {
    /// The baseline's policies that are judged; nil for all of them.
    public var policies: Set<String>?
    /// Only the first so many episodes of each task; nil for all of them.
    public var episodesPerTask: Int?
    /// By which name of the run a policy of the baseline is answered, where it is another one.
    public var standIns: [String: String]

    public init(
      policies: Set<String>? = nil, episodesPerTask: Int? = nil, standIns: [String: String] = [:]
    ) {
      self.policies = policies
      self.episodesPerTask = episodesPerTask
      self.standIns = standIns
    }
  }

  /// How far a run is that is judged.
  enum Stage {
    case finished
    /// It goes on, so that what is missing is no fault yet.
    case underWay
  }

  /// Judges a run against a baseline.
  ///
  /// - Throws: `EvaluationError.brokenFile` for an episode that is there twice, and `.unknownPolicy` where
  ///   the scope names a policy that the baseline lacks.
  public func report(
    on run: RunFiles, against baseline: Baseline, scope: Scope = Scope()
  ) throws(EvaluationError) -> GateReport {
    try report(on: run, against: baseline, scope: scope, stage: .finished)
  }

  func report(on run: RunFiles, against baseline: Baseline, scope: Scope, stage: Stage)
    throws(EvaluationError) -> GateReport
  {
    try run.checkUnique()
    let known = baseline.policies.map(\.name)
    for name in (scope.policies ?? []).sorted() where !known.contains(name) {
      throw .unknownPolicy(name, run: "the baseline", known: known)
    }
    let facts = FactComparison(baseline: baseline.facts, run: run.facts)
    var obstacles = facts.protocolFacts.map { "another protocol: \($0)" }
    if stage == .finished, let reason = run.reasonAgainstCompleteness {
      obstacles.append("\(run.path) is no whole run: \(reason)")
    }
    let asked = baseline.policies.filter { scope.policies?.contains($0.name) ?? true }
    let schedule = run.description?.schedule
    let answered = Dictionary(grouping: run.records, by: \.policy)
    let learned = asked.count { $0.kind == .entry || $0.kind == .control }
    var judged: [GateReport.Policy] = []
    for policy in asked {
      let name = scope.standIns[policy.name] ?? policy.name
      guard let records = answered[name] else {
        if stage == .underWay { continue }
        obstacles.append(
          "\(name) is not in the run; it has \(run.policies.joined(separator: ", "))")
        continue
      }
      // A gate that stopped early asked for no more than what is there.
      let isAsked = schedule.map { _ in Set(records.map { EpisodeName(of: $0.episode) }) }
      let question = policy.episodes.filter { episode in
        (scope.episodesPerTask.map { episode.name.index < $0 } ?? true)
          && (isAsked?.contains(episode.name) ?? true)
      }
      judged.append(
        judge(
          question, of: policy, by: records.map(EpisodeOutcome.init), named: name,
          isExpert: records.first?.kind == .ceiling, learned: max(1, learned),
          onOtherMachine: !facts.machineFacts.isEmpty))
    }
    if stage == .finished, let most = schedule?.looks.last {
      for policy in judged where policy.verdict == .inconclusive && policy.pairs.count < most {
        obstacles.append(
          "\(policy.name) was stopped at \(policy.pairs.count) of at most \(most) episodes, before there "
            + "was an answer; continue it with --resume")
      }
    }
    let names = Set(asked.map { scope.standIns[$0.name] ?? $0.name })
    return GateReport(
      gate: self, policies: judged, obstacles: obstacles, facts: facts,
      onlyInRun: run.policies.filter { !names.contains($0) }, looks: schedule?.looks)
  }

  /// Judges one policy on the pairs so far.
  func judge(
    _ question: [EpisodeOutcome], of policy: Baseline.Policy, by answers: [EpisodeOutcome],
    named name: String, isExpert: Bool, learned: Int, onOtherMachine: Bool
  ) -> GateReport.Policy {
    let pairing = Pairing(baseline: question, candidate: answers)
    let groups = pairing.groups
    let wholeTest = wholeTest(policies: learned, groups: groups.count)
    let level = suiteLevel(policies: learned)
    let corrected = HolmProcedure.adjusted(groups.map(\.counts.harmMidP))
    let harmed = zip(groups, corrected).map { group, p in
      GateReport.Group(
        name: group.name, pairs: group.counts, correctedP: groups.count > 1 ? p : nil,
        isHarmed: groups.count > 1 && p <= level)
    }
    var report = GateReport.Policy(
      name: name, baselineName: policy.name, kind: policy.kind, test: wholeTest,
      suiteLevel: level, pairing: pairing, groups: harmed)
    // Another policy that stands in for the expert is no yardstick.
    (report.verdict, report.basis) = verdict(
      on: pairing, groups: harmed, test: wholeTest, kind: isExpert ? policy.kind : .entry,
      onOtherMachine: onOtherMachine)
    return report
  }

  private func verdict(
    on pairing: Pairing, groups: [GateReport.Group], test: GroupSequentialTest,
    kind: ContestantKind, onOtherMachine: Bool
  ) -> (GateVerdict, GateReport.Basis) {
    let all = pairing.pairs.count + pairing.void.count
    if all == 0 || !pairing.onlyBaseline.isEmpty { return (.notComparable, .comparability) }
    if Double(pairing.void.count) > infrastructureBudget * Double(all) || pairing.pairs.isEmpty {
      return (.infrastructure, .comparability)
    }
    if pairing.void.isEmpty, pairing.pairs.allSatisfy(\.isUnchanged) { return (.pass, .unchanged) }
    if kind == .ceiling, !onOtherMachine, pairing.counts.lost > 0 { return (.fail, .yardstick) }
    if groups.contains(where: \.isHarmed) { return (.fail, .statistics) }
    switch test.decision(on: pairing.counts) {
    case .fail: return (.fail, .statistics)
    case .pass: return (.pass, .statistics)
    case .undecided: return (.inconclusive, .statistics)
    }
  }
}

extension RegressionGate {
  /// Checks that a baseline and a run are two things.
  ///
  /// - Throws: `EvaluationError.sameInputTwice` where both paths lead to the same run or file.
  public static func checkDistinct(_ first: String, _ second: String) throws(EvaluationError) {
    func episodes(_ path: String) -> String {
      let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: resolved, isDirectory: &isFolder)
      return exists && isFolder.boolValue ? "\(resolved)/\(RunFolder.episodesName)" : resolved
    }
    if episodes(first) == episodes(second) { throw .sameInputTwice(second) }
  }
}
