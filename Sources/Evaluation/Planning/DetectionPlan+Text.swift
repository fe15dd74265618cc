import Statistics

extension DetectionPlan {
  /// The plan as a terminal shows it.
  ///
  /// - Parameters:
  ///   - pace: how long episodes take here; nil leaves times out.
  ///   - source: where the rate is from, such as `36/84 in Runs/1`.
  ///   - tasks: how many tasks share the episodes; nil where that is not known.
  ///   - standard: the suite's own number of episodes; nil where no suite is asked for.
  ///   - width: columns at hand.
  public func text(
    pace: EpisodePace?, source: String, tasks: Int? = nil, standard: Int? = nil, width: Int
  ) -> String {
    let points = Self.points(drop)
    let question =
      "To tell a drop of \(points) points \(Self.percent(power)) % of the time, of a policy that solves "
      + "\(Self.percent(rate)) % (\(source)):"
    var text = TextTable.filled(question, width: width) + "\n"
    let columns: [TextTable.Cell] = [
      ["pairs that differ", "besides the drop"], ["pairs,", "fixed number"],
      ["gate:", "FAIL"], ["", "PASS"], ["nobody", "can say"], ["mean", "pairs"],
      ["unchanged:", "mean pairs"],
    ]
    text += TextTable(
      columns: pace == nil ? columns : columns + [["time,", "fixed"], ["time,", "gate"]],
      rows: rows.map { row in
        let cells: [TextTable.Cell] = [
          [Self.name(of: row)], [row.fixedPairs.map { "\($0)" } ?? "> 20000"],
          [Self.chance(row.fallen.fail)], [Self.chance(row.fallen.pass)],
          [Self.chance(row.fallen.undecided)],
          [RateText.decimal(row.fallen.meanPairs, places: 0)],
          [RateText.decimal(row.unchanged.meanPairs, places: 0)],
        ]
        guard let pace else { return cells }
        return cells + [
          [row.fixedPairs.map { Self.duration(Double($0) * pace.secondsPerEpisode) } ?? "–"],
          [Self.duration(row.fallen.meanPairs * pace.secondsPerEpisode)],
        ]
      }
    ).rendered()
    text += "\n" + TextTable.filled(reading, width: width)
    text += "\n" + TextTable.filled(timing(pace: pace, tasks: tasks), width: width)
    guard let standard else { return text }
    return text + TextTable.filled(Self.precision(of: standard), width: width)
  }

  /// How well a suite's own number of episodes knows any rate.
  private static func precision(of episodes: Int) -> String {
    let worst = Proportion.halfWidth(rate: 0.5, trials: episodes, confidence: RateText.confidence)
    return "The suite's own \(episodes) episodes know any rate to "
      + "\(RateText.decimal(100 * worst, places: 1)) points either way or better."
  }

  private var reading: String {
    "Fixed number: one-sided mid-p McNemar test at \(RateText.level(level)). Gate: bench regress, looks at "
      + "\(gate.looks.map(String.init).joined(separator: ", ")) pairs, margin "
      + "\(Self.points(gate.margin)) points. A policy that does the very same is answered at the first look. All "
      + "chances are exact."
  }

  private func timing(pace: EpisodePace?, tasks: Int?) -> String {
    var text =
      "The rate alone to \(Self.points(halfWidth)) points either way (95 % Wilson): \(rateEpisodes) episodes"
    if let tasks, tasks > 0 {
      text += ", \((rateEpisodes + tasks - 1) / tasks) for each of \(tasks) tasks"
    }
    guard let pace else { return text + "." }
    return text
      + ", \(Self.duration(Double(rateEpisodes) * pace.secondsPerEpisode)). \(pace.policy) takes "
      + "\(Self.milliseconds(pace.secondsPerEpisode)) ms an episode of \(pace.suite) here, "
      + "timed on \(pace.episodes). A pair is one more episode of the policy, and two where both sides are still "
      + "to be run."
  }

  private static func name(of row: Row) -> String {
    let share = "\(percent(row.share)) %"
    return switch row.churn {
    case .share: share
    case .independent: "\(share), as if unrelated"
    case .measured: "\(share), as these runs show"
    }
  }

  private static func chance(_ p: Double) -> String {
    p > 0 && p < 0.0005 ? "<0.001" : RateText.decimal(p, places: 3)
  }

  private static func points(_ rate: Double) -> String { percent(rate) }

  /// Without decimals that are zero.
  private static func percent(_ rate: Double) -> String {
    let value = (1000 * rate).rounded() / 10
    return RateText.decimal(value, places: value == value.rounded() ? 0 : 1)
  }

  private static func milliseconds(_ seconds: Double) -> String {
    RateText.decimal(1000 * seconds, places: seconds < 0.01 ? 1 : 0)
  }

  /// `45 s`, `3 min`, `2.5 h`.
  private static func duration(_ seconds: Double) -> String {
    if seconds < 90 { return "\(RateText.decimal(seconds, places: seconds < 10 ? 1 : 0)) s" }
    if seconds < 5400 { return "\(RateText.decimal(seconds / 60, places: 0)) min" }
    return "\(RateText.decimal(seconds / 3600, places: 1)) h"
  }
}

extension DetectionPlan {
  /// The plan as JSON with sorted keys.
  public func json(pace: EpisodePace?, source: String) throws(EvaluationError) -> String {
    String(
      decoding: try RunFiles.encode(Document(plan: self, pace: pace, source: source)),
      as: UTF8.self)
  }

  private struct Document: Encodable {
    let plan: DetectionPlan
    let pace: EpisodePace?
    let source: String

    private enum CodingKeys: String, CodingKey {
      case drop, power, level, rate, source, rows, episodes
      case halfWidth = "half_width"
      case secondsPerEpisode = "seconds_per_episode"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(plan.drop, forKey: .drop)
      try values.encode(plan.power, forKey: .power)
      try values.encode(plan.level, forKey: .level)
      try values.encode(plan.rate.roundedForReport, forKey: .rate)
      try values.encode(source, forKey: .source)
      try values.encode(plan.halfWidth, forKey: .halfWidth)
      try values.encode(plan.rateEpisodes, forKey: .episodes)
      try values.encode(plan.rows.map(RowDocument.init), forKey: .rows)
      try values.encodeIfPresent(
        pace?.secondsPerEpisode.roundedForReport, forKey: .secondsPerEpisode)
    }
  }

  private struct RowDocument: Encodable {
    let churn: Double
    let pairs: Int?
    let fallen: Outcomes
    let unchanged: Outcomes

    init(_ row: Row) {
      churn = row.share.roundedForReport
      pairs = row.fixedPairs
      (fallen, unchanged) = (Outcomes(row.fallen), Outcomes(row.unchanged))
    }
  }

  private struct Outcomes: Encodable {
    let fail: Double
    let pass: Double
    let inconclusive: Double
    let meanPairs: Double

    private enum CodingKeys: String, CodingKey {
      case fail, pass, inconclusive
      case meanPairs = "mean_pairs"
    }

    init(_ outcomes: GroupSequentialTest.Outcomes) {
      fail = outcomes.fail.roundedForReport
      pass = outcomes.pass.roundedForReport
      inconclusive = outcomes.undecided.roundedForReport
      meanPairs = outcomes.meanPairs.roundedForReport
    }
  }
}
