import Statistics

extension ResultTable {
  /// The content of `summary.md`: a table per suite with full names.
  public func markdown() -> String {
    var text = ""
    for section in sections {
      text += "## \(section.suite)\n\n"
      text += Self.row(["policy"] + section.columns.map(section.title(of:)))
      text += Self.row(["---"] + section.columns.map { _ in "---:" })
      for row in section.rows {
        let name = row.kind == .entry ? row.policy : "\(row.policy) (\(row.kind))"
        text += Self.row([name] + row.cells.map(Self.cell))
      }
      let across = section.acrossTasks
      for note in [across, section.solvabilityNote] where !note.isEmpty { text += "\n\(note)\n" }
      let errors = section.rows.compactMap { row -> String? in
        let count = row.errorMessages.values.reduce(0, +)
        return count > 0 ? "\(row.policy) \(count)" : nil
      }
      if !errors.isEmpty {
        text += "\nEpisodes that ended as errors: \(errors.joined(separator: ", ")).\n"
      }
      text += "\n"
    }
    if !policyNotes.isEmpty { text += policyNotes.map { "- \($0)\n" }.joined() + "\n" }
    return text + """
      Seed \(seed). Cells: successes/episodes, rate and its 95 % Wilson interval in percent; errors \
      count as failures. Means hold for the tasks shown. \(hasPairs ? Self.pairLegend + " " : "")\(hasPaperScores ? Self.paperLegend + " " : "")Change: against the same episodes \
      unperturbed, paired, with Tango's 95 % score interval in percentage points. \(RateText.misses(of: intervalCount))

      """
  }

  private static func cell(_ cell: Cell?) -> String {
    guard let words = cell?.words else { return "–" }
    return "\(words.value) \(words.interval)"
  }

  static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }
}
