import Statistics

extension ResultTable {
  /// The content of `summary.csv`: a row per policy and task, and one per suite with an empty task.
  ///
  /// Rates are fractions; the change is against clean twins; the last columns are intervals for tasks like these.
  public func csv() -> String {
    var rows = [Self.csvColumns]
    for policy in policies {
      for section in sections {
        guard let row = section.rows.first(where: { $0.policy == policy.name }) else { continue }
        let place = [policy.name, policy.kind.rawValue, section.suite]
        rows.append(
          place + [""] + Self.cells(row.mean) + Self.cells(row.change)
            + [row.mean?.acrossTasks, row.change?.acrossTasks].flatMap(Self.cells))
        for task in section.tasks {
          guard case .rate(let rate)? = row.cells[task.column] else { continue }
          rows.append(
            place + [task.name] + Self.cells(rate) + Self.cells(nil as Change?)
              + Array(repeating: "", count: 4))
        }
      }
    }
    return CSVText.lines(rows)
  }

  private static let csvColumns = [
    "policy", "kind", "suite", "task", "episodes", "successes", "errors", "rate", "rate_lower",
    "rate_upper", "clean_successes", "pairs", "change", "change_lower", "change_upper",
    "tasks_like_these_lower", "tasks_like_these_upper",
    "change_tasks_like_these_lower", "change_tasks_like_these_upper",
  ]

  private static func cells(_ across: AcrossTasks?) -> [String] {
    across.map { [$0.interval.lower, $0.interval.upper].map(CSVText.number) } ?? ["", ""]
  }

  private static func cells(_ rate: Rate?) -> [String] {
    guard let rate else { return ["0", "0", "0", "", "", ""] }
    return ["\(rate.count.count)", "\(rate.count.successes)", "\(rate.errors)"]
      + [rate.count.rate, rate.interval.lower, rate.interval.upper].map(CSVText.number)
  }

  private static func cells(_ change: Change?) -> [String] {
    guard let change else { return ["", "", "", "", ""] }
    return ["\(change.clean.count.successes)", "\(change.pairs.count)"]
      + [change.pairs.change, change.interval.lower, change.interval.upper].map(CSVText.number)
  }
}
