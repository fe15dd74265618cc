import Statistics

extension Explanation {
  /// The explanation as a terminal shows it.
  ///
  /// - Parameter limit: how many features are named at most.
  public func text(listing limit: Int) -> String {
    policies.map { $0.text(listing: limit) }.joined(separator: "\n")
  }

  /// What it means that so many features were looked at: the lower end of a 95 % interval lies above the truth one time
  /// in forty.
  package static func caution(_ considered: Int) -> String {
    "\(considered == 1 ? "1 feature was" : "\(considered) features were") looked at, each alone: about "
      + "\(RateText.decimal(Double(considered) / 40, places: 1)) of them stand out by chance."
  }
}

extension Explanation.Policy {
  func text(listing limit: Int) -> String {
    let all = Proportion(successes: failures, of: episodes)
    guard failures > 0 else { return "\(name): no failure in \(episodes) episodes\n" }
    var text = "\(name): failed \(RateText.rate(all)) \(RateText.interval(all))\n\n"
    let reasons = FailureReason.allCases.filter { (self.reasons[$0] ?? 0) > 0 }
    if !reasons.isEmpty {
      let failing = rows.filter { $0.failures > 0 }
      text += TextTable(
        columns: [["task"], ["failed"]] + reasons.map { TextTable.words($0.words) },
        rows: failing.map { row in
          [[row.name], ["\(row.failures)/\(row.episodes)"]]
            + reasons.map { [row.reasons[$0].map(String.init) ?? "·"] }
        }
          + [
            [["all"], ["\(failures)/\(episodes)"]]
              + reasons.map { ["\(self.reasons[$0] ?? 0)"] }
          ]
      ).rendered()
    }
    let unexplained = rows.reduce(0) { $0 + $1.unexplained }
    if unexplained > 0 { text += "\(unexplained) failures have no recorded reason\n" }
    return text
      + Self.suspectText(
        suspects, of: considered, title: "fails more than the rest", limit: limit)
  }

  /// - Parameters:
  ///   - considered: how many features were looked at.
  ///   - counted: what is counted of each feature's episodes.
  static func suspectText(
    _ suspects: [Explanation.Feature], of considered: Int, title: String,
    counted: String = "failed", limit: Int
  ) -> String {
    guard !suspects.isEmpty, limit > 0 else { return "" }
    return "\n"
      + TextTable(
        columns: [[title], [counted], ["95 % interval"], ["lift, 95 % interval"], [""]],
        rows: suspects.prefix(limit).map { feature in
          [
            [feature.name], [RateText.rate(feature.failures)],
            [RateText.interval(feature.failures)],
            [feature.liftWords],
            [feature.isBeyondChance ? "beyond chance" : ""],
          ]
        }
      ).rendered()
      + Explanation.caution(considered) + "\n"
  }
}

extension Explanation.Feature {
  /// `×1.80 [1.20–2.40]`.
  package var liftWords: String {
    let (lower, upper) = (
      RateText.decimal(liftInterval.lower, places: 2),
      RateText.decimal(liftInterval.upper, places: 2)
    )
    return "×\(RateText.decimal(lift, places: 2)) [\(lower)–\(upper)]"
  }
}

extension TextTable {
  /// A head of several words, a line each.
  static func words(_ text: String) -> Cell { text.split(separator: " ").map(String.init) }
}
