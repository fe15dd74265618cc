import EnvironmentInterface
import Statistics

extension ResultTable {
  /// The content of `summary.json`: sorted keys, four decimals.
  public func json() throws(EvaluationError) -> String {
    String(decoding: try RunFiles.encode(self), as: UTF8.self)
  }
}

extension ResultTable: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schema, seed, policies
    case trainingSeeds = "training_seeds"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Summary.schema, forKey: .schema)
    try values.encode(seed, forKey: .seed)
    try values.encode(
      policies.map { name, kind in
        PolicyDocument(
          name: name, kind: kind, facts: policyFacts[name],
          suites: sections.compactMap { section in
            section.rows.first { $0.policy == name }.map {
              SuiteDocument(section: section, row: $0)
            }
          })
      }, forKey: .policies)
    let seeds = trainingSeeds
    if !seeds.isEmpty { try values.encode(seeds.map(SeedsDocument.init), forKey: .trainingSeeds) }
  }

  private struct PolicyDocument: Encodable {
    let name: String
    let kind: ContestantKind
    let facts: PolicyFacts?
    let suites: [SuiteDocument]
  }

  /// Trainings of one recipe under several seeds.
  private struct SeedsDocument: Encodable {
    struct Policy: Encodable {
      let name: String
      let seed: UInt64
    }

    struct Suite: Encodable {
      let name: String
      let rates: [Double]
      let mean: Double
      let standardDeviation: Double

      enum CodingKeys: String, CodingKey {
        case name, rates, mean
        case standardDeviation = "standard_deviation"
      }
    }

    let policies: [Policy]
    let suites: [Suite]

    init(_ seeds: TrainingSeeds) {
      policies = seeds.policies.map { Policy(name: $0.name, seed: $0.seed) }
      suites = seeds.suites.map {
        Suite(
          name: $0.suite, rates: $0.rates.map(\.roundedForReport), mean: $0.mean.roundedForReport,
          standardDeviation: $0.standardDeviation.roundedForReport)
      }
    }
  }

  private struct SuiteDocument: Encodable {
    let section: Section
    let row: Row

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CellKeys.self)
      try values.encode(section.suite, forKey: .name)
      try values.encode(row.mean)
      try values.encodeIfPresent(row.bothOfPair.map(BothDocument.init), forKey: .bothOfPair)
      try values.encodeIfPresent(row.change.map(ChangeDocument.init), forKey: .clean)
      try values.encodeIfPresent(
        row.mean?.acrossTasks.map(AcrossDocument.init), forKey: .acrossTasks)
      try values.encodeIfPresent(
        row.change?.acrossTasks.map(AcrossDocument.init), forKey: .changeAcrossTasks)
      let tasks = section.tasks.compactMap { task -> TaskDocument? in
        guard case .rate(let rate)? = row.cells[task.column] else { return nil }
        return TaskDocument(
          name: task.name, rate: rate, solvability: section.solvability[task.name])
      }
      try values.encode(tasks, forKey: .tasks)
      if !row.errorMessages.isEmpty { try values.encode(row.errorMessages, forKey: .errorMessages) }
    }
  }

  private struct TaskDocument: Encodable {
    let name: String
    let rate: Rate
    let solvability: TaskSolvability?

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CellKeys.self)
      try values.encode(name, forKey: .name)
      try values.encodeIfPresent(solvability, forKey: .solvability)
      try values.encode(rate)
    }
  }

  /// `interval` is that of the change; the twins' own rate is `successes` of `episodes`.
  private struct ChangeDocument: Encodable {
    let change: Change

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CellKeys.self)
      try values.encode(change.clean.count.count, forKey: .episodes)
      try values.encode(change.clean.count.successes, forKey: .successes)
      try values.encode(change.clean.errors, forKey: .errors)
      try values.encode(change.pairs.count, forKey: .pairs)
      try values.encode(change.pairs.change.roundedForReport, forKey: .change)
      try values.encode(change.interval, forKey: .interval)
    }
  }

  /// Pairs of episodes with one first state and two instructions.
  private struct BothDocument: Encodable {
    let both: Both

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CellKeys.self)
      try values.encode(both.count.count, forKey: .pairs)
      try values.encode(both.count.successes, forKey: .successes)
      try values.encode(both.count.rate.roundedForReport, forKey: .rate)
      try values.encode(both.interval, forKey: .interval)
      try values.encodeIfPresent(both.acrossDraws.map(AcrossDocument.init), forKey: .acrossTasks)
    }
  }

  /// A statement on tasks like these.
  struct AcrossDocument: Encodable {
    let across: AcrossTasks

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CellKeys.self)
      try values.encode(across.mean.clusters, forKey: .tasks)
      try values.encode(across.mean.mean.roundedForReport, forKey: .mean)
      try values.encode(across.interval, forKey: .interval)
      try values.encode(across.mean.designEffect.roundedForReport, forKey: .designEffect)
    }
  }
}

/// The keys of a cell.
private enum CellKeys: String, CodingKey {
  case name, episodes, successes, errors, rate, interval, progress
  case clean, change, pairs, tasks, mean, solvability
  case paperScore = "paper_score"
  case paperError = "paper_score_standard_error"
  case bothOfPair = "both_of_a_pair"
  case designEffect = "design_effect"
  case errorMessages = "error_messages"
  case acrossTasks = "tasks_like_these"
  case changeAcrossTasks = "change_tasks_like_these"
}

extension KeyedEncodingContainer<CellKeys> {
  fileprivate mutating func encode(_ rate: ResultTable.Rate?) throws {
    try encode(rate?.count.count ?? 0, forKey: .episodes)
    try encode(rate?.count.successes ?? 0, forKey: .successes)
    try encode(rate?.errors ?? 0, forKey: .errors)
    // Without a single episode there is no rate: JSON has no NaN.
    guard let rate else { return }
    try encode(rate.count.rate.roundedForReport, forKey: .rate)
    try encode(rate.credit.roundedForReport, forKey: .progress)
    try encodeIfPresent(rate.paper?.mean.roundedForReport, forKey: .paperScore)
    try encodeIfPresent(rate.paper?.standardError?.roundedForReport, forKey: .paperError)
    try encode(rate.interval, forKey: .interval)
  }

  fileprivate mutating func encode(_ interval: Interval, forKey key: CellKeys) throws {
    try encode([interval.lower.roundedForReport, interval.upper.roundedForReport], forKey: key)
  }
}
