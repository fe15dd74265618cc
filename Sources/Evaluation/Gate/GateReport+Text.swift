import Statistics

extension GateReport {
  /// The report as a terminal shows it; the last line is the verdict.
  ///
  /// - Parameters:
  ///   - limit: how many episodes of each list are named at most.
  ///   - width: columns at hand for what explains the table.
  public func text(listing limit: Int, width: Int = .max) -> String {
    var text = policies.isEmpty ? "" : table.rendered() + TextTable.filled(legend, width: width)
    for policy in policies {
      text += "\n\(policy.verdict.rawValue.uppercased()): \(policy.headline)\n"
      for note in notes(on: policy) { text += "  \(note)\n" }
      for (title, names) in lists(of: policy) {
        let list = Self.list(title, names, limit: limit)
        if !list.isEmpty { text += "  " + list }
      }
    }
    if !onlyInRun.isEmpty {
      text += "\nnot in the baseline, so not judged: \(onlyInRun.joined(separator: ", "))\n"
    }
    for (title, differences) in differences where !differences.isEmpty {
      text += "\n\(title):\n" + differences.map { "  \($0)\n" }.joined()
    }
    return text + "\n\(line)\n"
  }

  /// What the table's numbers mean.
  var legend: String {
    let intervals = rows.count { $0[2] != "0" }
    return
      "Change: the run minus the baseline, paired, 95 % Tango interval, for these tasks. Harm p: one-sided mid-p "
      + "McNemar test of a fall"
      + (policies.contains { $0.groups.count > 1 }
        ? ", in rows of suites after Holm's correction. " : ". ")
      + RateText.misses(of: intervals)
  }

  /// Episodes by what happened to them.
  func lists(of policy: Policy) -> [(title: String, names: [EpisodeName])] {
    [
      ("lost", policy.lost), ("gained", policy.gained), ("missing from the run", policy.missing),
      ("changed in content", policy.altered),
      ("failed by the machine", policy.infrastructureErrors),
    ]
  }

  /// Facts that differ, by what that means.
  var differences: [(title: String, differences: [FactComparison.Difference])] {
    [
      ("another protocol", facts.protocolFacts), ("another machine", facts.machineFacts),
      ("also different", facts.otherFacts),
    ]
  }

  static func list(_ title: String, _ names: [EpisodeName], limit: Int) -> String {
    guard !names.isEmpty, limit > 0 else { return "" }
    let more = names.count > limit ? ", and \(names.count - limit) more" : ""
    let shown = names.prefix(limit).map(\.description).joined(separator: ", ")
    return "\(title): \(shown)\(more)\n"
  }

  private var table: TextTable {
    TextTable(columns: Self.columns.map { [$0] }, rows: rows.map { $0.map { [$0] } })
  }

  /// The heads of the table of policies and suites.
  static let columns = [
    "policy", "verdict", "pairs", "baseline", "run", "change, 95 % interval", "lost", "gained",
    "harm p",
  ]

  /// A row per policy, and one per suite where a policy has several.
  var rows: [[String]] {
    policies.flatMap { policy in
      [
        Self.row(
          policy.title, policy.verdict.rawValue.uppercased(), policy.pairs, policy.pairs.harmMidP)
      ]
        + (policy.groups.count > 1
          ? policy.groups.map {
            Self.row(
              "  \($0.name)", $0.isHarmed ? "FAIL" : "", $0.pairs,
              $0.correctedP ?? $0.pairs.harmMidP)
          } : [])
    }
  }

  private static func row(_ name: String, _ verdict: String, _ pairs: PairedCounts, _ p: Double)
    -> [String]
  {
    guard pairs.count > 0 else { return [name, verdict, "0", "–", "–", "–", "0", "0", "–"] }
    let interval = pairs.scoreInterval(confidence: RateText.confidence)
    return [
      name, verdict, "\(pairs.count)", RateText.rate(pairs.baseline),
      RateText.rate(pairs.candidate),
      RateText.change(pairs) + " " + RateText.interval(interval, count: pairs.count),
      "\(pairs.lost)", "\(pairs.gained)", RateText.probability(p),
    ]
  }
}
