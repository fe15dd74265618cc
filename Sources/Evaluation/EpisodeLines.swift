import Foundation
import InputFiles

/// The text of `episodes.jsonl`: one JSON object with sorted keys a line.
public enum EpisodeLines {
  /// The lines of these records, each ended by a newline.
  public static func encode(_ records: [EpisodeRecord]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = Data()
    for record in records {
      text.append(try encoder.encode(record))
      text.append(newline)
    }
    return text
  }

  // MARK: - Lines

  /// A line, its number from 1, and where it ends in the text, newline included.
  struct Line {
    let number: Int
    let text: Data
    let end: Int
    /// Whether the line has its newline.
    let isComplete: Bool
  }

  static func lines(of text: Data) -> [Line] {
    var lines: [Line] = []
    var start = text.startIndex
    while start < text.endIndex {
      let stop = text[start...].firstIndex(of: newline)
      let end = stop.map { $0 + 1 } ?? text.endIndex
      lines.append(
        Line(
          number: lines.count + 1, text: text[start..<(stop ?? end)],
          end: end - text.startIndex, isComplete: stop != nil))
      start = end
    }
    return lines
  }

  static func decode(_ line: Line, path: String) throws(EvaluationError) -> EpisodeRecord {
    try decode(line.text, number: line.number, path: path)
  }

  static func decode(_ text: Data, number: Int, path: String) throws(EvaluationError)
    -> EpisodeRecord
  {
    let decoder = JSONDecoder()
    let schema: Int
    do throws(DecodingFault) {
      schema = try decoder.decode(SchemaMark.self, from: text, under: []).schema
      if schema == EpisodeRecord.schema {
        return try decoder.decode(EpisodeRecord.self, from: text, under: [])
      }
    } catch {
      throw damage(error.description, path: path, line: number)
    }
    throw .unknownSchema(path: path, line: number, found: schema, known: EpisodeRecord.schema)
  }

  /// What makes a line an episode of its own.
  struct Identity: Hashable {
    private let policy: String
    private let suite: String
    private let task: String
    private let index: Int
    private let isCleanTwin: Bool

    init(_ record: EpisodeRecord) {
      policy = record.policy
      suite = record.episode.suite
      task = record.episode.task
      index = record.episode.index
      isCleanTwin = record.episode.isCleanTwin
    }
  }

  /// What a run leaves behind that was killed while writing.
  static func cutOff(path: String, line: Int) -> EvaluationError {
    .brokenFile(
      path: path, line: line, reason: "the last line is cut off; continue the run with --resume")
  }

  /// A line that cannot be read, or is not the promised episode.
  static func damage(_ fault: String, path: String, line: Int) -> EvaluationError {
    .brokenFile(
      path: path, line: line,
      reason: fault
        + "; restore the file, or delete this line and all after it and continue the run with "
        + "--resume")
  }

  private static let newline = UInt8(ascii: "\n")
}

/// The part of a file that says how to read the rest.
struct SchemaMark: Decodable {
  let schema: Int
}
