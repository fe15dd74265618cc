import EnvironmentInterface
import Statistics

extension GateReport {
  /// The report as JSON with sorted keys; changes have four decimals.
  public func json() throws(EvaluationError) -> String {
    String(decoding: try RunFiles.encode(self), as: UTF8.self)
  }
}

extension GateReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schema, verdict, line, margin, looks, obstacles, policies
    case exitCode = "exit_code"
    case harmLevel = "harm_level"
    case passConfidence = "pass_confidence"
    case protocolFacts = "protocol_differences"
    case machineFacts = "machine_differences"
    case otherFacts = "other_differences"
    case onlyInRun = "only_in_run"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(2, forKey: .schema)
    try values.encode(verdict, forKey: .verdict)
    try values.encode(exitCode, forKey: .exitCode)
    try values.encode(line, forKey: .line)
    try values.encode(gate.test.margin, forKey: .margin)
    try values.encode(gate.test.harmLevel, forKey: .harmLevel)
    try values.encode(gate.test.passConfidence, forKey: .passConfidence)
    try values.encodeIfPresent(looks, forKey: .looks)
    try values.encode(obstacles, forKey: .obstacles)
    try values.encode(facts.protocolFacts, forKey: .protocolFacts)
    try values.encode(facts.machineFacts, forKey: .machineFacts)
    try values.encode(facts.otherFacts, forKey: .otherFacts)
    try values.encode(onlyInRun, forKey: .onlyInRun)
    try values.encode(policies.map { PolicyDocument($0, in: self) }, forKey: .policies)
  }

  /// Paired counts with what follows from them.
  private struct PairsDocument: Encodable {
    let name: String
    let pairs: PairedCounts
    let harmP: Double
    var correctedP: Double?
    var isHarmed: Bool?

    init(_ group: Group) {
      (name, pairs, harmP) = (group.name, group.pairs, group.pairs.harmMidP)
      correctedP = group.correctedP
      isHarmed = group.correctedP == nil ? nil : group.isHarmed
    }

    init(all pairs: PairedCounts) {
      (name, self.pairs, harmP) = ("all", pairs, pairs.harmMidP)
    }

    private enum CodingKeys: String, CodingKey {
      case name, pairs, lost, gained, change, interval, harmed
      case baselineSuccesses = "baseline_successes"
      case runSuccesses = "run_successes"
      case harmP = "harm_p"
      case correctedP = "corrected_p"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(name, forKey: .name)
      try values.encode(pairs.count, forKey: .pairs)
      try values.encode(pairs.baseline.successes, forKey: .baselineSuccesses)
      try values.encode(pairs.candidate.successes, forKey: .runSuccesses)
      try values.encode(pairs.lost, forKey: .lost)
      try values.encode(pairs.gained, forKey: .gained)
      try values.encodeIfPresent(isHarmed, forKey: .harmed)
      guard pairs.count > 0 else { return }
      let interval = pairs.scoreInterval(confidence: RateText.confidence)
      try values.encode(pairs.change.roundedForReport, forKey: .change)
      try values.encode(
        [interval.lower.roundedForReport, interval.upper.roundedForReport], forKey: .interval)
      try values.encode(harmP, forKey: .harmP)
      try values.encodeIfPresent(correctedP, forKey: .correctedP)
    }
  }

  private struct PolicyDocument: Encodable {
    let policy: Policy
    let notes: [String]

    init(_ policy: Policy, in report: GateReport) {
      self.policy = policy
      notes = report.notes(on: policy)
    }

    private enum CodingKeys: String, CodingKey {
      case name, verdict, basis, headline, notes, total, groups, cells, lost, gained, missing
      case altered, additional, unchanged, progress
      case baselineName = "baseline_name"
      case harmLevel = "harm_level"
      case lowerBound = "lower_bound"
      case infrastructureErrors = "infrastructure_errors"
      case policyErrors = "policy_errors"
      case delay = "later_success_steps"
      case acrossTasks = "change_tasks_like_these"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(policy.name, forKey: .name)
      try values.encode(policy.baselineName, forKey: .baselineName)
      try values.encode(policy.verdict, forKey: .verdict)
      try values.encode(policy.basis, forKey: .basis)
      try values.encode(policy.headline, forKey: .headline)
      try values.encode(notes, forKey: .notes)
      try values.encode(PairsDocument(all: policy.pairs), forKey: .total)
      try values.encode(policy.groups.map(PairsDocument.init), forKey: .groups)
      try values.encode(policy.cells.map(PairsDocument.init), forKey: .cells)
      try values.encode(policy.test.harmLevel, forKey: .harmLevel)
      try values.encode(policy.unchanged, forKey: .unchanged)
      try values.encode(policy.lost, forKey: .lost)
      try values.encode(policy.gained, forKey: .gained)
      try values.encode(policy.missing, forKey: .missing)
      try values.encode(policy.altered, forKey: .altered)
      try values.encode(policy.additional, forKey: .additional)
      try values.encode(policy.infrastructureErrors, forKey: .infrastructureErrors)
      try values.encode(policy.policyErrors, forKey: .policyErrors)
      guard policy.pairs.count > 0 else { return }
      try values.encode(policy.lowerBound.roundedForReport, forKey: .lowerBound)
      try values.encode(
        [policy.progress.baseline.roundedForReport, policy.progress.run.roundedForReport],
        forKey: .progress)
      try values.encodeIfPresent(policy.delay?.roundedForReport, forKey: .delay)
      try values.encodeIfPresent(
        policy.acrossTasks.map(ResultTable.AcrossDocument.init), forKey: .acrossTasks)
    }
  }
}
