import Files
import Foundation
import InputFiles

/// The files of a run that was written before.
public struct RunFiles: Sendable {
  /// As it was named: a folder, or its `episodes.jsonl`.
  public let path: String
  /// Nil where only the episodes are at hand.
  public let description: RunDescription?
  public let records: [EpisodeRecord]

  /// Reads a run's folder, or an `episodes.jsonl` alone.
  ///
  /// A folder's lines are checked against its `run.json`: they are the promised episodes in the promised order, though
  /// the last ones may be missing (`checkComplete`). Lines alone are of one seed and each of them another episode.
  ///
  /// - Throws: `EvaluationError` with file and line.
  public init(at path: String) throws(EvaluationError) {
    let stream = try EpisodeStream(at: path)
    self.path = path
    description = stream.description
    var records: [EpisodeRecord] = []
    do {
      try stream.forEach { records.append($0) }
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw .cannotRead(path: path, reason: EvaluationError.reason(error))
    }
    self.records = records
  }

  public init(path: String, description: RunDescription?, records: [EpisodeRecord]) {
    self.path = path
    self.description = description
    self.records = records
  }

  /// The names of the policies, in the order of their first episodes.
  public var policies: [String] { records.map(\.policy).uniqued() }

  /// The folder that holds the episodes.
  public var folder: String {
    FileContents.isFolder(path)
      ? path : URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
  }

  /// Writes a file beside runs or elsewhere, replacing an older one at once.
  public static func write(_ text: String, to path: String) throws(EvaluationError) {
    try RunFolder.write(Data(text.utf8), to: path)
  }

  // MARK: - Single files

  /// The largest `run.json` or baseline that is read, in bytes.
  private static let largestFile = 1 << 32

  static func data(at path: String) throws(EvaluationError) -> Data {
    do {
      return try FileContents.read(path, limit: largestFile)
    } catch {
      throw .cannotRead(path: path, reason: error.reason)
    }
  }

  static func description(at path: String) throws(EvaluationError) -> RunDescription {
    try decode(RunDescription.self, from: data(at: path), path: path, schema: RunDescription.schema)
  }

  /// Decodes a JSON file that says which version of its layout it has.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data, path: String, schema known: Int
  ) throws(EvaluationError) -> Value {
    let found: Int
    do throws(DecodingFault) {
      found = try JSONDecoder().decode(SchemaMark.self, from: data, under: []).schema
      if found == known { return try JSONDecoder().decode(type, from: data, under: []) }
    } catch {
      throw .brokenFile(path: path, line: nil, reason: error.description)
    }
    throw .unknownSchema(path: path, line: nil, found: found, known: known)
  }

  /// Readable JSON with sorted keys and a newline at the end.
  static func encode(_ value: some Encodable) throws(EvaluationError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(value) + Data("\n".utf8)
    } catch {
      throw .cannotWrite(path: "JSON", reason: String(describing: error))
    }
  }
}

// MARK: - Completeness

extension RunFiles {
  /// Checks that every promised episode is there; lines alone promise nothing.
  ///
  /// - Throws: `EvaluationError.unfinishedRun` with what is missing.
  public func checkComplete() throws(EvaluationError) {
    guard let missing else { return }
    throw .unfinishedRun(
      path: path, finished: missing.finished, of: missing.promised, next: missing.next)
  }

  /// What a run lacks that was stopped before its end; nil for a finished one and for lines without `run.json`.
  public var missing: MissingEpisodes? {
    guard let description, records.count < description.promisedEpisodes else { return nil }
    var order = PromisedOrder(description)
    for record in records where order.take(record) != nil { break }
    if order.mayBeComplete { return nil }
    return MissingEpisodes(
      finished: records.count, promised: description.promisedEpisodes,
      next: order.next ?? "nothing")
  }
}

/// How far a run is that was stopped before its end.
public struct MissingEpisodes: Hashable, Sendable {
  public let finished: Int
  /// What its `run.json` promises, of this shard.
  public let promised: Int
  /// The policy and block that come next.
  public let next: String
}

extension Sequence where Element: Hashable {
  /// The elements without repetitions, in the order in which they first come.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
