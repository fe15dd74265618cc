import Foundation
import Statistics

extension Summary {
  /// The content of `summary.json`: sorted keys, four decimals.
  public func json() throws(EvaluationError) -> String {
    String(decoding: try RunFiles.encode(self), as: UTF8.self)
  }
}

extension Summary: Encodable {
  private enum CodingKeys: String, CodingKey { case schema, seed, policies }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schema, forKey: .schema)
    try values.encode(seed, forKey: .seed)
    try values.encode(policies, forKey: .policies)
  }
}

extension PolicySummary: Encodable {
  private enum CodingKeys: String, CodingKey { case name, kind, suites }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(kind, forKey: .kind)
    try values.encode(suites, forKey: .suites)
  }
}

/// The keys of a row of counts with its rate.
private enum TallyKeys: String, CodingKey {
  case name, episodes, successes, errors, rate, interval, progress
  case paperScore = "paper_score"
  case paperError = "paper_score_standard_error"
  case clean, change, pairs, tasks
  case errorMessages = "error_messages"
  case acrossTasks = "tasks_like_these"
  case changeAcrossTasks = "change_tasks_like_these"
}

/// What a suite says of tasks like its own.
private struct AcrossTasks: Encodable {
  let mean: ClusteredMean
  let range: ClosedRange<Double>

  private enum CodingKeys: String, CodingKey {
    case mean, interval, tasks
    case designEffect = "design_effect"
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let interval = mean.interval(confidence: RateText.confidence, within: range)
    try values.encode(mean.clusters, forKey: .tasks)
    try values.encode(mean.mean.roundedForReport, forKey: .mean)
    try values.encode(
      [interval.lower.roundedForReport, interval.upper.roundedForReport], forKey: .interval)
    try values.encode(mean.designEffect.roundedForReport, forKey: .designEffect)
  }
}

extension KeyedEncodingContainer<TallyKeys> {
  fileprivate mutating func encode(_ tally: Tally) throws {
    try encode(tally.episodes, forKey: .episodes)
    try encode(tally.successes, forKey: .successes)
    try encode(tally.errors, forKey: .errors)
    // Without a single episode there is no rate: JSON has no NaN.
    guard tally.episodes > 0 else { return }
    try encode(tally.proportion.rate.roundedForReport, forKey: .rate)
    try encode(tally.progress.roundedForReport, forKey: .progress)
    try encodeIfPresent(tally.paper?.mean.roundedForReport, forKey: .paperScore)
    try encodeIfPresent(
      tally.paper?.standardError?.roundedForReport, forKey: .paperError)
    try encode(
      tally.proportion.wilsonInterval(confidence: RateText.confidence), forKey: .interval)
  }

  fileprivate mutating func encode(_ interval: Interval, forKey key: TallyKeys) throws {
    try encode(
      [interval.lower.roundedForReport, interval.upper.roundedForReport], forKey: key)
  }
}

extension SuiteSummary: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: TallyKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(result)
    try values.encodeIfPresent(clean, forKey: .clean)
    try values.encodeIfPresent(
      acrossTasks.map { AcrossTasks(mean: $0, range: 0...1) }, forKey: .acrossTasks)
    try values.encodeIfPresent(
      changeAcrossTasks.map { AcrossTasks(mean: $0, range: -1...1) }, forKey: .changeAcrossTasks)
    try values.encode(tasks, forKey: .tasks)
    if !errorMessages.isEmpty { try values.encode(errorMessages, forKey: .errorMessages) }
  }
}

extension TaskSummary: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: TallyKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(result)
  }
}

extension CleanComparison: Encodable {
  /// `interval` is that of the change; the twins' own rate is `successes` of `episodes`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: TallyKeys.self)
    try values.encode(result.episodes, forKey: .episodes)
    try values.encode(result.successes, forKey: .successes)
    try values.encode(result.errors, forKey: .errors)
    try values.encode(pairs.count, forKey: .pairs)
    guard pairs.count > 0 else { return }
    try values.encode(pairs.change.roundedForReport, forKey: .change)
    try values.encode(interval, forKey: .interval)
  }
}
