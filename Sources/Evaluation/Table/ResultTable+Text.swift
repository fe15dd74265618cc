import EnvironmentInterface
import Statistics

extension ResultTable {
  /// The tables that a terminal shows: one per suite, and an overview when there are several.
  ///
  /// - Parameter width: columns at hand; tables that do not fit stack their cells, then wrap.
  public func text(width: Int) -> String {
    if policies.isEmpty { return "no episodes\n" }
    var parts = sections.map { text(on: $0, width: width) }
    if sections.count > 1 { parts.append(overviewText(width: width)) }
    parts.append(legend(width: width))
    return parts.joined(separator: "\n")
  }

  // MARK: - Tables

  private func text(on section: Section, width: Int) -> String {
    let columns = section.columns.enumerated().map { index, column in
      TextColumn(
        name: section.title(of: column), cells: section.rows.map { Self.words($0.cells[index]) })
    }
    return "\(section.suite) (seed \(seed))\n\n"
      + Self.tables(
        of: section.rows.map { Self.label($0.policy, $0.kind) }, columns: columns, width: width)
      + TextTable.filled(section.acrossTasks, width: width)
      + TextTable.filled(section.solvabilityNote, width: width) + Self.errorText(section)
  }

  private func overviewText(width: Int) -> String {
    let columns = sections.flatMap { section in
      let rows = policies.map { policy in section.rows.first { $0.policy == policy.name } }
      let rate = TextColumn(
        name: section.suite, cells: rows.map { Self.words($0?.mean.map(Cell.rate)) })
      let change = TextColumn(
        name: "change", cells: rows.map { Self.words($0?.change.map(Cell.change)) })
      return section.hasChange ? [rate, change] : [rate]
    }
    return "all suites, means (seed \(seed))\n\n"
      + Self.tables(
        of: policies.map { Self.label($0.name, $0.kind) }, columns: columns, width: width)
  }

  /// Errors apart from rates: which policy, how many, and why.
  private static func errorText(_ section: Section) -> String {
    section.rows.compactMap { row -> String? in
      guard !row.errorMessages.isEmpty else { return nil }
      let count = row.errorMessages.values.reduce(0, +)
      let reasons = row.errorMessages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let shown = reasons.prefix(3).map { "\($0.value)× \($0.key)" }.joined(separator: "; ")
      let more = reasons.count > 3 ? "; and \(reasons.count - 3) other reasons" : ""
      return "errors of \(row.policy): \(count) of \(row.episodes) episodes: \(shown)\(more)\n"
    }.joined()
  }

  private func legend(width: Int) -> String {
    policyNotes.map { TextTable.filled($0, width: width) }.joined()
      + TextTable.filled(
        [
          "Cells: successes/episodes, rate, 95 % Wilson interval in percent; errors count as failures.",
          "Means hold for the tasks shown.",
          hasPairs ? Self.pairLegend : nil,
          hasPaperScores ? Self.paperLegend : nil,
          "Change: against the same episodes unperturbed, paired, 95 % Tango interval.",
          RateText.misses(of: intervalCount),
        ].compactMap { $0 }.joined(separator: " "), width: width)
  }

  // MARK: - Layout

  private struct TextColumn {
    let name: String
    /// A value and its interval, a row each.
    let cells: [(value: String, interval: String)]
  }

  private static func label(_ policy: String, _ kind: ContestantKind) -> String {
    kind == .entry ? policy : "\(policy) (\(kind.rawValue))"
  }

  private static func words(_ cell: Cell?) -> (value: String, interval: String) {
    cell?.words ?? ("–", "")
  }

  /// One line per row where that fits; else intervals below their rates; else several tables.
  private static func tables(of labels: [String], columns: [TextColumn], width: Int) -> String {
    let wide = table(labels, columns, stacked: false)
    if wide.width <= width { return wide.rendered() }

    var panels: [TextTable] = []
    var rest = columns[...]
    while !rest.isEmpty {
      var taken = rest.count
      while taken > 1, table(labels, Array(rest.prefix(taken)), stacked: true).width > width {
        taken -= 1
      }
      panels.append(table(labels, Array(rest.prefix(taken)), stacked: true))
      rest = rest.dropFirst(taken)
    }
    return panels.map { $0.rendered() }.joined(separator: "\n")
  }

  private static func table(_ labels: [String], _ columns: [TextColumn], stacked: Bool) -> TextTable
  {
    let cells = columns.map { column in
      column.cells.map { cell -> TextTable.Cell in
        if cell.interval.isEmpty { return [cell.value] }
        return stacked ? [cell.value, cell.interval] : ["\(cell.value) \(cell.interval)"]
      }
    }
    let headers = zip(columns, cells).map { column, cells in
      TextTable.wrapped(column.name, width: max(10, cells.joined().map(\.count).max() ?? 0))
    }
    return TextTable(
      columns: [["policy"]] + headers,
      rows: labels.indices.map { row in [[labels[row]]] + cells.map { $0[row] } })
  }
}
