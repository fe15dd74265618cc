import Statistics

extension Summary {
  /// The content of `summary.md`: a table per suite with full names.
  public func markdown() -> String {
    var text = ""
    for suite in suites {
      let tasks = tasks(of: suite)
      let results = policies.filter { $0.suite(suite) != nil }
      let hasTwins = results.contains { $0.suite(suite)?.clean != nil }
      text += "## \(suite)\n\n"
      let hasPaper = results.contains { $0.suite(suite)?.result.paper != nil }
      let last = ["mean"] + (hasPaper ? ["paper score"] : []) + (hasTwins ? ["change"] : [])
      text += Self.row(["policy"] + tasks + last)
      text += Self.row(["---"] + (tasks + last).map { _ in "---:" })
      for policy in results {
        let result = policy.suite(suite)
        var cells = [policy.kind == .entry ? policy.name : "\(policy.name) (\(policy.kind))"]
        cells += tasks.map { Self.cell(result?.task($0)?.result) }
        cells.append(Self.cell(result?.result))
        if hasPaper {
          cells.append(
            result?.result.paper.map { "\($0.meanText) \($0.errorText)" } ?? "–")
        }
        if hasTwins { cells.append(Self.cell(result?.clean)) }
        text += Self.row(cells)
      }
      let across = acrossTasks(suite)
      if !across.isEmpty { text += "\n\(across)\n" }
      let errors = results.compactMap { policy -> String? in
        let count = policy.suite(suite)?.errorMessages.values.reduce(0, +) ?? 0
        return count > 0 ? "\(policy.name) \(count)" : nil
      }
      if !errors.isEmpty {
        text += "\nEpisodes that ended as errors: \(errors.joined(separator: ", ")).\n"
      }
      text += "\n"
    }
    return text + """
      Seed \(seed). Cells: successes/episodes, rate and its 95 % Wilson interval in percent; errors \
      count as failures. Means hold for the tasks shown. Change: against the same episodes \
      unperturbed, paired, with Tango's 95 % score interval in percentage points. \(intervalCount) intervals: about \
      \(RateText.decimal(Double(intervalCount) * (1 - RateText.confidence), places: 1)) of them miss the truth.

      """
  }

  private static func cell(_ tally: Tally?) -> String {
    guard let tally, tally.episodes > 0 else { return "–" }
    return "\(RateText.rate(tally.proportion)) \(RateText.interval(tally.proportion))"
  }

  private static func cell(_ clean: CleanComparison?) -> String {
    guard let clean, clean.pairs.count > 0 else { return "–" }
    return RateText.change(clean.pairs) + " "
      + RateText.interval(clean.interval, count: clean.pairs.count)
  }

  static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }
}
