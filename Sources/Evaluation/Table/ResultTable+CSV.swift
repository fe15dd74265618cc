import EnvironmentInterface
import Statistics

extension ResultTable {
  /// The content of `summary.csv`: a row per policy and task, and one per suite with an empty task.
  ///
  /// Rates are fractions; the change is against clean twins; then come intervals for tasks like these, and pairs of
  /// episodes with one first state, of which both were solved, and what is known of the policy.
  public func csv() -> String {
    var rows = [Self.csvColumns]
    for policy in policies {
      for section in sections {
        guard let row = section.rows.first(where: { $0.policy == policy.name }) else { continue }
        let place = [policy.name, policy.kind.rawValue, section.suite]
        rows.append(
          place + [""] + Self.cells(row.mean) + Self.cells(row.change)
            + [row.mean?.acrossTasks, row.change?.acrossTasks].flatMap(Self.cells)
            + Self.cells(row.bothOfPair) + cells(policyFacts[policy.name]))
        for task in section.tasks {
          guard case .rate(let rate)? = row.cells[task.column] else { continue }
          rows.append(
            place + [task.name] + Self.cells(rate) + Self.cells(nil as Change?)
              + Array(repeating: "", count: 4) + Self.cells(nil as Both?)
              + cells(policyFacts[policy.name]))
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
    "scene_pairs", "both_of_a_pair", "both_of_a_pair_rate", "both_of_a_pair_lower",
    "both_of_a_pair_upper", "parameters", "training_images", "training_robot_images",
    "training_minutes", "training_seed",
  ]

  private static func cells(_ across: AcrossTasks?) -> [String] {
    across.map { [$0.interval.lower, $0.interval.upper].map(CSVText.number) } ?? ["", ""]
  }

  private static func cells(_ rate: Rate?) -> [String] {
    guard let rate else { return ["0", "0", "0", "", "", ""] }
    return ["\(rate.count.count)", "\(rate.count.successes)", "\(rate.errors)"]
      + [rate.count.rate, rate.interval.lower, rate.interval.upper].map(CSVText.number)
  }

  private func cells(_ facts: PolicyFacts?) -> [String] {
    let training = facts?.training
    return [
      facts?.parameters.map(String.init), (training?.images).map(String.init),
      (training?.robotImages).map(String.init),
      (training?.seconds).map { RateText.decimal($0 / 60, places: 1) },
      (training?.seed).map { String($0) },
    ].map { $0 ?? "" }
  }

  private static func cells(_ both: Both?) -> [String] {
    guard let both else { return ["", "", "", "", ""] }
    return ["\(both.count.count)", "\(both.count.successes)"]
      + [both.count.rate, both.interval.lower, both.interval.upper].map(CSVText.number)
  }

  private static func cells(_ change: Change?) -> [String] {
    guard let change else { return ["", "", "", "", ""] }
    return ["\(change.clean.count.successes)", "\(change.pairs.count)"]
      + [change.pairs.change, change.interval.lower, change.interval.upper].map(CSVText.number)
  }
}
