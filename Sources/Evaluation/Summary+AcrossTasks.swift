import Statistics

/// What a suite's tasks say of tasks like them: the intervals that a claim on more than these tasks needs.
extension Summary {
  /// A sentence on the policies of a suite; empty for a suite of one task.
  func acrossTasks(_ suite: String) -> String {
    var count = 0
    let parts = policies.compactMap { policy -> String? in
      guard let result = policy.suite(suite), let rate = result.acrossTasks else { return nil }
      count = max(count, rate.clusters)
      var text = "\(policy.name) \(Self.rate(rate))"
      if let change = result.changeAcrossTasks { text += ", change \(Self.change(change))" }
      return text
    }
    guard !parts.isEmpty else { return "" }
    return "Tasks like these (t over \(count) task means, 95 %; deff is the design effect): "
      + parts.joined(separator: "; ") + "."
  }

  /// `43 % [18–68] (deff 3.3)`.
  static func rate(_ mean: ClusteredMean) -> String {
    let interval = mean.interval(confidence: RateText.confidence, within: 0...1)
    let (lower, upper) = (
      RateText.percent(interval.lower, count: mean.count),
      RateText.percent(interval.upper, count: mean.count)
    )
    return "\(RateText.percent(mean.mean, count: mean.count)) % [\(lower)–\(upper)]\(effect(mean))"
  }

  /// `−37 pp [−76, +3] (deff 5.0)`.
  static func change(_ mean: ClusteredMean) -> String {
    let interval = mean.interval(confidence: RateText.confidence, within: -1...1)
    return "\(RateText.points(mean.mean, count: mean.count)) pp "
      + RateText.interval(interval, count: mean.count) + effect(mean)
  }

  private static func effect(_ mean: ClusteredMean) -> String {
    " (deff \(RateText.decimal(mean.designEffect, places: 1)))"
  }

  /// How many intervals the tables of this summary show.
  public var intervalCount: Int {
    policies.flatMap(\.suites).reduce(0) { count, suite in
      count + suite.tasks.count + 1 + (suite.clean == nil ? 0 : 1)
        + (suite.acrossTasks == nil ? 0 : 1) + (suite.changeAcrossTasks == nil ? 0 : 1)
    }
  }
}
