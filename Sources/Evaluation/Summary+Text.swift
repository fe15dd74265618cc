import Statistics

extension Summary {
  /// The tables that a terminal shows: one per suite, and an overview when there are several.
  ///
  /// - Parameter width: columns at hand; tables that do not fit stack their cells, then wrap.
  public func text(width: Int) -> String {
    if policies.isEmpty { return "no episodes\n" }
    var parts = suites.map { suiteText($0, width: width) }
    if suites.count > 1 { parts.append(overviewText(width: width)) }
    parts.append(Self.legend(intervals: intervalCount, width: width))
    return parts.joined(separator: "\n")
  }

  // MARK: - Tables

  private func suiteText(_ suite: String, width: Int) -> String {
    let tasks = tasks(of: suite)
    let results = policies.filter { $0.suite(suite) != nil }
    var columns = tasks.map { task in
      Column(name: task, cells: results.map { Self.cell($0.suite(suite)?.task(task)?.result) })
    }
    columns.append(Column(name: "mean", cells: results.map { Self.cell($0.suite(suite)?.result) }))
    if results.contains(where: { $0.suite(suite)?.result.paper != nil }) {
      columns.append(
        Column(name: "paper score", cells: results.map { Self.cell($0.suite(suite)?.result.paper) })
      )
    }
    if results.contains(where: { $0.suite(suite)?.clean != nil }) {
      columns.append(
        Column(name: "change", cells: results.map { Self.cell($0.suite(suite)?.clean) }))
    }
    return "\(suite) (seed \(seed))\n\n"
      + Self.tables(of: results.map(Self.label), columns: columns, width: width)
      + Self.wrapped(acrossTasks(suite), width: width) + errorText(suite)
  }

  private func overviewText(width: Int) -> String {
    let columns = suites.flatMap { suite in
      let rate = Column(name: suite, cells: policies.map { Self.cell($0.suite(suite)?.result) })
      let change = Column(
        name: "change", cells: policies.map { Self.cell($0.suite(suite)?.clean) })
      return policies.contains { $0.suite(suite)?.clean != nil } ? [rate, change] : [rate]
    }
    return "all suites, means (seed \(seed))\n\n"
      + Self.tables(of: policies.map(Self.label), columns: columns, width: width)
  }

  /// Errors apart from rates: which policy, how many, and why.
  private func errorText(_ suite: String) -> String {
    policies.compactMap { policy -> String? in
      guard let result = policy.suite(suite), !result.errorMessages.isEmpty else { return nil }
      let count = result.errorMessages.values.reduce(0, +)
      let all = result.result.episodes + (result.clean?.result.episodes ?? 0)
      let reasons = result.errorMessages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let shown = reasons.prefix(3).map { "\($0.value)× \($0.key)" }.joined(separator: "; ")
      let more = reasons.count > 3 ? "; and \(reasons.count - 3) other reasons" : ""
      return "errors of \(policy.name): \(count) of \(all) episodes: \(shown)\(more)\n"
    }.joined()
  }

  private static func legend(intervals: Int, width: Int) -> String {
    let misses = RateText.decimal(Double(intervals) * (1 - RateText.confidence), places: 1)
    return wrapped(
      [
        "Cells: successes/episodes, rate, 95 % Wilson interval in percent; errors count as failures.",
        "Means hold for the tasks shown.",
        "Change: against the same episodes unperturbed, paired, 95 % Tango interval.",
        "\(intervals) intervals: about \(misses) of them miss the truth.",
      ].joined(separator: " "), width: width)
  }

  /// Lines of at most `width` columns, longer words left whole; nothing for no text.
  private static func wrapped(_ text: String, width: Int) -> String {
    if text.isEmpty { return "" }
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Layout

  private struct Column {
    let name: String
    /// A value and its interval, a row each.
    let cells: [(value: String, interval: String)]
  }

  private static func label(_ policy: PolicySummary) -> String {
    policy.kind == .entry ? policy.name : "\(policy.name) (\(policy.kind.rawValue))"
  }

  private static func cell(_ tally: Tally?) -> (value: String, interval: String) {
    guard let tally, tally.episodes > 0 else { return ("–", "") }
    return (RateText.rate(tally.proportion), RateText.interval(tally.proportion))
  }

  private static func cell(_ paper: PaperScore?) -> (value: String, interval: String) {
    paper.map { ($0.meanText, $0.errorText) } ?? ("–", "")
  }

  private static func cell(_ clean: CleanComparison?) -> (value: String, interval: String) {
    guard let clean, clean.pairs.count > 0 else { return ("–", "") }
    return (
      RateText.change(clean.pairs), RateText.interval(clean.interval, count: clean.pairs.count)
    )
  }

  /// One line per row where that fits; else intervals below their rates; else several tables.
  private static func tables(of labels: [String], columns: [Column], width: Int) -> String {
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

  private static func table(_ labels: [String], _ columns: [Column], stacked: Bool) -> TextTable {
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
