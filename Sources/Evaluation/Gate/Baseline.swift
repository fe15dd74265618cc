import EnvironmentInterface
import Foundation

/// What a run achieved, kept small: how every episode ended, and in which state.
public struct Baseline: Hashable, Sendable {
  public struct Policy: Hashable, Sendable {
    public var name: String
    public var kind: ContestantKind
    /// In the order in which they ran.
    public var episodes: [EpisodeOutcome]
  }

  /// The facts of the run behind it.
  public var facts: [String: String]
  public var policies: [Policy]
  /// Why a run was accepted that the gate would not have passed, oldest first.
  public var acceptances: [String]

  /// The version of the layout of the file.
  public static let schema = 2

  /// The baseline that a run makes.
  ///
  /// - Throws: `EvaluationError.noBaseline` for a run that is empty, unfinished or a shard, and
  ///   `.infrastructureErrors` where the environment failed in an episode, since such an episode says
  ///   nothing about a policy.
  public init(of run: RunFiles) throws(EvaluationError) {
    if let reason = run.reasonAgainstCompleteness { throw .noBaseline(run.path, reason: reason) }
    if run.description?.schedule != nil {
      throw .noBaseline(
        run.path, reason: "a gate stopped it as soon as it could answer; run all its episodes")
    }
    let faults = run.records.count { $0.error?.cause == .environment }
    guard faults == 0 else { throw .infrastructureErrors(count: faults, path: run.path) }
    facts = run.facts
    policies = run.policies.map { name in
      let records = run.records.filter { $0.policy == name }
      return Policy(
        name: name, kind: records.first?.kind ?? .entry, episodes: records.map(EpisodeOutcome.init))
    }
    acceptances = []
  }

  /// Reads a baseline file, or makes the baseline of a run's folder or `episodes.jsonl`.
  public init(at path: String) throws(EvaluationError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if (exists && isFolder.boolValue) || path.hasSuffix(".jsonl") {
      try self.init(of: RunFiles(at: path))
    } else {
      self = try RunFiles.decode(
        Baseline.self, from: RunFiles.data(at: path), path: path, schema: Self.schema)
    }
  }

  public var episodeCount: Int { policies.reduce(0) { $0 + $1.episodes.count } }

  /// The names of its suites, in the order of their first episodes.
  public var suites: [String] {
    policies.flatMap { $0.episodes.map(\.name.suite) }.uniqued()
  }
}

// MARK: - File

extension Baseline: Decodable {
  private enum CodingKeys: String, CodingKey { case schema, facts, policies, acceptances, episodes }

  private struct Row: Codable {
    let policy: String
    let outcome: EpisodeOutcome

    private enum CodingKeys: String, CodingKey { case policy }

    init(policy: String, outcome: EpisodeOutcome) {
      (self.policy, self.outcome) = (policy, outcome)
    }

    init(from decoder: any Decoder) throws {
      policy = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .policy)
      outcome = try EpisodeOutcome(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(policy, forKey: .policy)
      try outcome.encode(to: encoder)
    }
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    facts = try values.decode([String: String].self, forKey: .facts)
    acceptances = try values.decode([String].self, forKey: .acceptances)
    let contestants = try values.decode([ContestantDescription].self, forKey: .policies)
    let rows = try values.decode([Row].self, forKey: .episodes)
    func broken(_ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: .episodes, in: values, debugDescription: reason)
    }
    var seen: Set<[String]> = []
    for row in rows {
      guard contestants.contains(where: { $0.name == row.policy }) else {
        throw broken("an episode of \(row.policy), which is none of its policies")
      }
      guard seen.insert([row.policy, "\(row.outcome.name)"]).inserted else {
        throw broken("\(row.outcome.name) of \(row.policy) is there twice")
      }
    }
    policies = contestants.map { contestant in
      Policy(
        name: contestant.name, kind: contestant.kind,
        episodes: rows.filter { $0.policy == contestant.name }.map(\.outcome))
    }
    if let empty = policies.first(where: \.episodes.isEmpty) {
      throw broken("\(empty.name) has no episodes")
    }
    if policies.isEmpty { throw broken("it has no policies") }
  }

  /// The content of the file: sorted keys, and a line per episode, so that a change of it can be read.
  public func json() throws(EvaluationError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func line(_ value: some Encodable) throws(EvaluationError) -> String {
      do {
        return String(decoding: try encoder.encode(value), as: UTF8.self)
      } catch {
        throw .cannotWrite(path: "JSON", reason: String(describing: error))
      }
    }
    func list(_ lines: [String]) -> String {
      lines.isEmpty ? "[]" : "[\n  " + lines.joined(separator: ",\n  ") + "\n]"
    }
    var rows: [String] = []
    var contestants: [String] = []
    for policy in policies {
      contestants.append(try line(ContestantDescription(name: policy.name, kind: policy.kind)))
      for episode in policy.episodes {
        rows.append(try line(Row(policy: policy.name, outcome: episode)))
      }
    }
    var notes: [String] = []
    for acceptance in acceptances { notes.append(try line(acceptance)) }
    var factLines: [String] = []
    for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
      factLines.append("\(try line(key)): \(try line(value))")
    }
    let text =
      "{\n\"acceptances\": \(list(notes)),\n\"episodes\": \(list(rows)),\n"
      + "\"facts\": {\n  \(factLines.joined(separator: ",\n  "))\n},\n"
      + "\"policies\": \(list(contestants)),\n\"schema\": \(Self.schema)\n}\n"
    return Data(text.utf8)
  }

  /// Writes the file, replacing an older one at once.
  public func write(to path: String) throws(EvaluationError) {
    try RunFolder.write(json(), to: path)
  }
}

extension Baseline {
  /// Which of its policies a policy stands for.
  ///
  /// - Parameter asked: what the user says; without it the policy of the same name, or the only entry.
  /// - Throws: `EvaluationError.unknownPolicy` where there is none, or several could be meant.
  public func name(answeredBy policy: String, as asked: String?) throws(EvaluationError) -> String {
    let names = policies.map(\.name)
    if let asked, names.contains(asked) { return asked }
    if asked == nil, names.contains(policy) { return policy }
    let entries = policies.filter { $0.kind == .entry }.map(\.name)
    if asked == nil, entries.count == 1 { return entries[0] }
    throw .unknownPolicy(asked ?? policy, run: "the baseline", known: names)
  }
}
