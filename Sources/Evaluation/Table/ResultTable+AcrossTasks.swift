import Statistics

/// What a suite's tasks say of tasks like them: the intervals that a claim on more than these tasks needs.
extension ResultTable.Section {
  /// A sentence on the policies of the suite; empty for a suite of one task.
  package var acrossTasks: String {
    var count = 0
    let parts = rows.compactMap { row -> String? in
      guard let rate = row.mean?.acrossTasks else { return nil }
      count = max(count, rate.mean.clusters)
      var text = "\(row.policy) \(rate.rateText)"
      if let both = row.bothOfPair?.acrossDraws {
        text += ", both of a pair over \(both.mean.clusters) kinds of scenes \(both.rateText)"
      }
      if let change = row.change?.acrossTasks { text += ", change \(change.changeText)" }
      return text
    }
    guard !parts.isEmpty else { return "" }
    return "Tasks like these (t over \(count) task means, 95 %; deff is the design effect): "
      + parts.joined(separator: "; ") + "."
  }
}

extension ResultTable.AcrossTasks {
  /// `43 % [18–68] (deff 3.3)`.
  fileprivate var rateText: String {
    let (lower, upper) = (
      RateText.percent(interval.lower, count: mean.count),
      RateText.percent(interval.upper, count: mean.count)
    )
    return "\(RateText.percent(mean.mean, count: mean.count)) % [\(lower)–\(upper)]\(effect)"
  }

  /// `−37 pp [−76, +3] (deff 5.0)`.
  package var changeText: String {
    "\(RateText.points(mean.mean, count: mean.count)) pp "
      + RateText.interval(interval, count: mean.count) + effect
  }

  private var effect: String { " (deff \(RateText.decimal(mean.designEffect, places: 1)))" }
}
