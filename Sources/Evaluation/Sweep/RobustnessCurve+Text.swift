import Statistics

extension RobustnessCurve {
  /// The curve as a terminal shows it: a row a strength, two columns a policy.
  ///
  /// - Parameter width: columns at hand for sentences.
  public func text(width: Int) -> String {
    let table = TextTable(
      columns: [["strength"]]
        + policies.flatMap { [[$0.name], ["change from", number(strengths.first ?? 0)]] },
      rows: strengths.map { strength in
        [[number(strength)]] + policies.flatMap { Self.cells(of: $0, at: strength) }
      })
    return "\(suite), factor \(factor) alone (seed \(seed))\n\n" + table.rendered()
      + "\n"
      + TextTable.filled(
        "Cells: successes/episodes, rate, 95 % Wilson interval in percent. Change: against the same draws at the "
          + "weakest strength, paired, 95 % Tango interval in percentage points. "
          + RateText.misses(of: intervalCount), width: width)
  }

  private static func cells(of policy: Policy, at strength: Double) -> [TextTable.Cell] {
    guard let point = policy.points.first(where: { $0.strength == strength }) else {
      return [["–"], ["–"]]
    }
    let rate =
      "\(RateText.rate(point.result.proportion)) \(RateText.interval(point.result.proportion))"
    return [[rate], [change(at: point)]]
  }

  /// `−27 pp [−37, −18]`; a dash at the weakest strength.
  package static func change(at point: Point) -> String {
    guard let pairs = point.pairs, pairs.count > 0, let interval = point.changeInterval else {
      return "–"
    }
    return RateText.change(pairs) + " " + RateText.interval(interval, count: pairs.count)
  }

  private func number(_ strength: Double) -> String { "\(strength)" }

  /// A row per policy and strength; rates are fractions.
  public func csv() -> String {
    var rows = [
      [
        "suite", "factor", "policy", "kind", "strength", "episodes", "successes", "errors", "rate",
        "rate_lower", "rate_upper", "pairs", "change", "change_lower", "change_upper",
      ]
    ]
    for policy in policies {
      for point in policy.points {
        let change: [Double] =
          point.pairs.map { pairs in
            let interval = pairs.scoreInterval(confidence: RateText.confidence)
            return [pairs.change, interval.lower, interval.upper]
          } ?? []
        rows.append(
          [
            suite, factor, policy.name, policy.kind.rawValue, number(point.strength),
            "\(point.result.episodes)", "\(point.result.successes)", "\(point.result.errors)",
          ]
            + [point.result.proportion.rate, point.interval.lower, point.interval.upper]
            .map(CSVText.number)
            + [point.pairs.map { "\($0.count)" } ?? ""]
            + (change.isEmpty ? ["", "", ""] : change.map(CSVText.number)))
      }
    }
    return CSVText.lines(rows)
  }

  /// The curve as JSON with sorted keys.
  public func json() throws(EvaluationError) -> String {
    String(decoding: try RunFiles.encode(self), as: UTF8.self)
  }
}

extension RobustnessCurve: Encodable {
  private enum CodingKeys: String, CodingKey { case schema, suite, factor, seed, policies }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(1, forKey: .schema)
    try values.encode(suite, forKey: .suite)
    try values.encode(factor, forKey: .factor)
    try values.encode(seed, forKey: .seed)
    try values.encode(
      policies.map {
        PolicyDocument(
          name: $0.name, kind: $0.kind.rawValue, points: $0.points.map(PointDocument.init))
      },
      forKey: .policies)
  }

  private struct PolicyDocument: Encodable {
    let name: String
    let kind: String
    let points: [PointDocument]
  }

  private struct PointDocument: Encodable {
    let strength: Double
    let episodes: Int
    let successes: Int
    let errors: Int
    let rate: Double
    let interval: [Double]
    let change: Double?
    let changeInterval: [Double]?

    private enum CodingKeys: String, CodingKey {
      case strength, episodes, successes, errors, rate, interval, change
      case changeInterval = "change_interval"
    }

    init(_ point: Point) {
      strength = point.strength
      (episodes, successes) = (point.result.episodes, point.result.successes)
      errors = point.result.errors
      rate = point.result.proportion.rate.roundedForReport
      interval = [point.interval.lower.roundedForReport, point.interval.upper.roundedForReport]
      let pairs = point.pairs.flatMap { $0.count > 0 ? $0 : nil }
      change = pairs?.change.roundedForReport
      changeInterval = pairs.map {
        let interval = $0.scoreInterval(confidence: RateText.confidence)
        return [interval.lower.roundedForReport, interval.upper.roundedForReport]
      }
    }
  }
}
