import Statistics

/// The report in words. Every sentence is true of what was run, and says no more.
extension GateReport.Policy {
  /// The verdict with its reason.
  public var headline: String {
    switch (verdict, basis) {
    case (.notComparable, _): incomparability
    case (.infrastructure, _):
      "the machine failed in \(infrastructureErrors.count) of "
        + "\(pairs.count + infrastructureErrors.count) episodes of \(title), which says nothing of the "
        + "policy; mend it and run again"
    case (.pass, .unchanged):
      "\(title) is unchanged: all \(pairs.count) episodes end in the baseline's states"
    case (.pass, _):
      "\(title) has not fallen by \(Self.points(test.margin)) points: \(movement), and with "
        + "\(Self.percent(test.passConfidence)) % confidence the change lies above "
        + "\(Self.signed(lowerBound)) points"
    case (.fail, .yardstick):
      "\(title) lost \(pairs.lost) of \(pairs.count) episodes; it is deterministic, so the world or the "
        + "expert itself has changed"
    case (.fail, _): fall
    case (.inconclusive, _):
      "nobody can say of \(title) after \(pairs.count) pairs: \(movement); a drop of "
        + "\(Self.points(test.margin)) points is not excluded (\(Self.percent(test.passConfidence)) % "
        + "bound \(Self.signed(lowerBound))), and none is shown (\(evidence))"
    }
  }

  /// What else to know, a sentence each.
  public func notes(looks: [Int]?, onOtherMachine: Bool) -> [String] {
    var notes: [String] = []
    if verdict == .fail || verdict == .inconclusive, let places { notes.append(places) }
    if verdict == .pass, basis == .statistics, pairs.harmMidP <= 0.05 {
      notes.append("it is worse than the baseline (\(evidence)), by less than the margin")
    }
    if verdict == .inconclusive, let pairsNeeded {
      notes.append("if the change is what it seems, about \(pairsNeeded) pairs would decide")
    }
    if basis == .statistics, verdict != .infrastructure, let unseen = unseen(looks: looks) {
      notes.append(unseen)
    }
    if basis == .statistics, verdict != .infrastructure, let acrossTasks {
      notes.append(
        "the verdict is on these tasks; for tasks like these the change is \(acrossTasks.changeText), t over "
          + "\(acrossTasks.mean.clusters) task means, 95 %")
    }
    if basis == .yardstick {
      notes.append("make a new baseline if that was the purpose (bench regress --update --force)")
    }
    if policyErrors > 0 {
      notes.append(
        "\(Self.episodes(policyErrors)) of the run ended as errors of the policy and count as failures"
      )
    }
    if verdict != .infrastructure, !infrastructureErrors.isEmpty {
      notes.append(
        "the machine failed in \(Self.episodes(infrastructureErrors.count)), which are left out")
    }
    if onOtherMachine, verdict == .pass || verdict == .fail || verdict == .inconclusive {
      notes.append(
        "run and baseline were made on different machines, so that small differences of numbers "
          + "are among the changes; \(unchanged) of \(pairs.count) episodes end in the same state")
    }
    if verdict != .notComparable, !additional.isEmpty {
      notes.append("\(Self.episodes(additional.count)) of the run are not in the baseline")
    }
    if basis == .statistics, pairs.count > 0 { notes.append(secondary) }
    return notes
  }

  /// The policy's name, with that of the baseline where it is another.
  var title: String {
    name == baselineName ? name : "\(name) (against \(baselineName))"
  }

  // MARK: - Parts

  private var incomparability: String {
    if pairs.count == 0, missing.isEmpty, altered.isEmpty {
      return "\(title) shares no episode with the baseline"
    }
    var parts: [String] = []
    if !missing.isEmpty {
      parts.append("\(Self.episodes(missing.count)) of the baseline are not in the run")
    }
    if !altered.isEmpty {
      parts.append("\(Self.episodes(altered.count)) have changed in content")
    }
    return
      "\(title) cannot be compared: \(parts.joined(separator: ", ")); repeat the baseline's command, "
      + "or make a new baseline if scenes or tasks were changed"
  }

  private var fall: String {
    let whole = pairs.harmMidP <= test.harmLevel
    if whole {
      return "\(title) has fallen: \(movement), \(pairs.lost) lost and \(pairs.gained) gained "
        + "(\(evidence))"
    }
    let suites = groups.filter(\.isHarmed).map { group in
      "\(group.name) from \(RateText.rate(group.pairs.baseline)) to "
        + "\(RateText.rate(group.pairs.candidate)), \(group.pairs.lost) lost and \(group.pairs.gained) "
        + "gained (one-sided mid-p \(RateText.probability(group.correctedP ?? 1)) after Holm's "
        + "correction, at most \(RateText.level(suiteLevel)) fails)"
    }
    return "\(title) has fallen in \(suites.joined(separator: "; in "))"
  }

  /// `−15 points, from 50/60 83 % to 41/60 68 %`.
  private var movement: String {
    "\(Self.signed(pairs.change)) points, from \(RateText.rate(pairs.baseline)) to "
      + RateText.rate(pairs.candidate)
  }

  /// The statistic that fails.
  private var evidence: String {
    "one-sided mid-p \(RateText.probability(pairs.harmMidP)), at most "
      + "\(RateText.level(test.harmLevel)) fails"
  }

  /// Where episodes were lost, the worst place first.
  private var places: String? {
    let losing = cells.filter { $0.pairs.lost > $0.pairs.gained }
      .sorted { $0.pairs.lost - $0.pairs.gained > $1.pairs.lost - $1.pairs.gained }
    guard !losing.isEmpty else { return nil }
    let named = losing.prefix(4).map {
      "\($0.name) (\($0.pairs.lost) lost, \($0.pairs.gained) gained of \($0.pairs.count))"
    }
    let rest = losing.count > 4 ? " and \(losing.count - 4) more tasks" : ""
    return "where: \(named.joined(separator: ", "))\(rest)"
  }

  /// From the exact chances of this very test, at the churn that was seen.
  private func unseen(looks: [Int]?) -> String? {
    let power = 0.9
    let churn = 2 * Double(min(pairs.lost, pairs.gained)) / Double(pairs.count)
    let test = test.looking(at: looks ?? [pairs.count])
    guard let drop = test.visibleDrop(churn: churn, power: power) else {
      return "\(pairs.count) pairs are too few to show any drop nine times in ten"
    }
    return
      "a drop of \(RateText.decimal(100 * drop, places: 1)) points or more would have failed nine times in ten, a "
      + "smaller one less often"
  }

  /// The pairs that would likely decide, were the observed change the true one; nil where it lies on a border.
  private var pairsNeeded: Int? {
    func pairs(distance: Double, alpha: Double) -> Int? {
      distance <= 0.005
        ? nil
        : PairedSampleSize.pairs(
          discordance: self.pairs.discordance, change: self.pairs.change, distance: distance,
          alpha: alpha, power: 0.8)
    }
    let toPass = pairs(distance: test.margin + self.pairs.change, alpha: 1 - test.passConfidence)
    let toFail = pairs(distance: -self.pairs.change, alpha: test.harmLevel)
    return [toPass, toFail].compactMap { $0 }.min().map { max($0, self.pairs.count + 1) }
  }

  private var secondary: String {
    let credit =
      "mean partial credit \(RateText.decimal(progress.baseline, places: 2)) in the baseline, "
      + "\(RateText.decimal(progress.run, places: 2)) in the run"
    guard let delay else { return credit }
    let steps = RateText.decimal(abs(delay), places: 1)
    if steps == "0.0" { return credit + "; where both succeed, the goal is met as soon" }
    return credit + "; where both succeed, the goal is met \(steps) steps "
      + (delay < 0 ? "sooner" : "later")
  }

  /// Tango's lower bound of the change, at the confidence that passes.
  var lowerBound: Double { pairs.scoreLowerBound(confidence: test.passConfidence) }

  private static func signed(_ change: Double) -> String {
    let digits = RateText.decimal(abs(100 * change), places: 1)
    return (digits == "0.0" ? "" : change < 0 ? "−" : "+") + digits
  }

  private static func points(_ rate: Double) -> String { percent(rate) }

  /// Without decimals that are zero: 5, 2.5.
  private static func percent(_ rate: Double) -> String {
    let value = (1000 * rate).rounded() / 10
    return RateText.decimal(value, places: value == value.rounded() ? 0 : 1)
  }

  private static func episodes(_ count: Int) -> String {
    count == 1 ? "1 episode" : "\(count) episodes"
  }
}

extension GateReport {
  /// What to know of a policy besides its verdict, a sentence each.
  public func notes(on policy: Policy) -> [String] {
    policy.notes(looks: looks, onOtherMachine: !facts.machineFacts.isEmpty)
  }

  /// The verdict in one line: whatever is not a pass is named, whichever verdict outranks it.
  public var line: String {
    var parts: [String] = []
    if !obstacles.isEmpty {
      parts.append("NOT COMPARABLE: \(obstacles.joined(separator: "; "))")
    } else if policies.isEmpty {
      parts.append("NOT COMPARABLE: run and baseline share no policy")
    }
    for verdict in GateVerdict.byGravity {
      let own = policies.filter { $0.verdict == verdict }
      if own.isEmpty || verdict == .pass && !parts.isEmpty { continue }
      parts.append(
        "\(verdict.rawValue.uppercased()): \(own.map(\.headline).joined(separator: "; "))")
    }
    return parts.joined(separator: " · ")
  }
}
