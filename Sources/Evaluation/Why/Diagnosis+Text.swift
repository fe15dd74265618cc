import Foundation

extension Diagnosis {
  /// The diagnosis as a terminal shows it.
  ///
  /// - Parameter limit: how many episodes each cause names at most.
  public func text(listing limit: Int) -> String {
    ([successText, "", errorTable] + decisionLines + ["", causeText(listing: limit)])
      .joined(separator: "\n")
  }

  private var successText: String {
    let successes = records.count(where: \.isSuccess)
    return "\(successes) of \(records.count) episodes solved"
  }

  private var errorTable: String {
    func pair(_ value: MeanError, _ scale: Double) -> [String] {
      [String(format: "%.1f (%.1f)", value.own * scale, value.zero * scale)]
    }
    let rows = errors.map { phase, errors in
      [
        [phase], ["\(errors.steps)"], pair(errors.sideways, 1000), pair(errors.height, 1000),
        pair(errors.turn, 180 / .pi), [String(format: "%.0f %%", errors.fingers * 100)],
      ]
    }
    return TextTable(
      columns: [
        ["the expert's phase"], ["steps"], ["sideways mm"], ["height mm"], ["turn °"],
        ["fingers differ"],
      ], rows: rows
    ).rendered() + "Mean errors a step against the expert; in brackets those of an action of zeros."
  }

  private var decisionLines: [String] {
    func line(_ what: String, _ decisions: Decisions) -> String? {
      guard decisions.states > 0 else { return nil }
      func share(_ count: Int) -> String {
        String(format: "%.1f %%", 100 * Double(count) / Double(decisions.states))
      }
      return "\(what): \(share(decisions.policy)) of \(decisions.states) states, the expert "
        + share(decisions.expert)
    }
    return [
      line("turns the right way by over 5° where the expert turns by 10°", turns),
      line("turns the right way by over 1° there", slightTurns),
      line("closes 12 to 25 mm above the grasp", closings),
      line("opens fingers that are shut on nothing", openings),
      recoveryLine,
      pointing.map {
        String(
          format:
            "points %.1f %% of the picture's width beside the goal, %.1f %% beside the gripper "
            + "(medians)", $0[0] * 100, $0[1] * 100)
      },
    ].compactMap(\.self)
  }

  private var recoveryLine: String? {
    guard recovery.missed > 0 else { return nil }
    func share(_ solved: Int, _ count: Int) -> String {
      String(format: "%.0f %% of \(count)", 100 * Double(solved) / Double(max(1, count)))
    }
    return
      "solves \(share(recovery.missedSolved, recovery.missed)) episodes whose first closing missed, "
      + "\(share(recovery.othersSolved, recovery.others)) others"
  }

  private func causeText(listing limit: Int) -> String {
    guard !causes.isEmpty else { return "no failures" }
    return causes.map { cause in
      let named = cause.occurrences.prefix(limit).map { "\($0.episode) (step \($0.step))" }
      let rest = cause.occurrences.count - named.count
      return "\(cause.occurrences.count) \(cause.words): " + named.joined(separator: ", ")
        + (rest > 0 ? " and \(rest) more" : "")
    }.joined(separator: "\n")
  }
}
