import Files
import Foundation

/// The records of a run's folder or of an `episodes.jsonl`, one after another: the file is never in memory as a whole.
///
/// Lines are checked as ``RunFiles`` checks them.
public struct EpisodeStream {
  /// As it was named.
  public let path: String
  /// Nil where only the episodes are at hand.
  public let description: RunDescription?
  private let episodesPath: String

  /// - Throws: `EvaluationError` where nothing is there, and for a `run.json` that cannot be read.
  public init(at path: String) throws(EvaluationError) {
    self.path = path
    guard FileContents.exists(path) else {
      throw .cannotRead(path: path, reason: "there is no such file or folder")
    }
    if FileContents.isFolder(path) {
      description = try RunFiles.description(at: "\(path)/\(RunFolder.descriptionName)")
      episodesPath = "\(path)/\(RunFolder.episodesName)"
    } else {
      description = nil
      episodesPath = path
    }
  }

  /// Takes every record in the order of the file.
  ///
  /// - Throws: `EvaluationError` with file and line; whatever `body` throws.
  public func forEach(_ body: (EpisodeRecord) throws -> Void) throws {
    var order = description.map(PromisedOrder.init)
    var lone = LoneLines()
    try LineFile.forEach(in: episodesPath) { number, text in
      let record = try EpisodeLines.decode(text, number: number, path: episodesPath)
      let fault = order == nil ? lone.take(record, line: number) : order?.take(record)
      if let fault { throw EpisodeLines.damage(fault, path: episodesPath, line: number) }
      try body(record)
    }
  }

  /// The summary of all records, in memory that does not grow with their number.
  public func summary() throws -> Summary {
    var counts = SummaryCounts()
    try forEach { counts.add($0) }
    return Summary(counts, in: description)
  }
}

/// Lines without a `run.json`: of one seed, and each of them another episode.
private struct LoneLines {
  private var lines: [EpisodeLines.Identity: Int] = [:]
  private var seed: UInt64?

  mutating func take(_ record: EpisodeRecord, line: Int) -> String? {
    if let first = lines.updateValue(line, forKey: EpisodeLines.Identity(record)) {
      return "here is the episode of line \(first) once more"
    }
    if let seed, record.episode.seed != seed {
      return "here is an episode of seed \(record.episode.seed) among those of seed \(seed)"
    }
    seed = record.episode.seed
    return record.contradiction
  }
}

/// Reads a text file line by line.
private enum LineFile {
  private static let piece = 1 << 18

  /// - Throws: `EvaluationError.cannotRead`, `.brokenFile` for a last line without its end.
  static func forEach(in path: String, _ body: (_ number: Int, _ text: Data) throws -> Void) throws
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault(path) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: piece)
    var rest: [UInt8] = []
    var number = 0
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw fault(path) }
      if count == 0 { break }
      var start = 0
      while let end = buffer[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        let text = Data(rest) + Data(buffer[start..<end])
        rest.removeAll(keepingCapacity: true)
        try body(number, text)
        start = end + 1
      }
      rest += buffer[start..<count]
      guard rest.count <= longestLine else {
        throw EvaluationError.brokenFile(
          path: path, line: number + 1, reason: "the line is longer than any episode's")
      }
    }
    guard rest.isEmpty else { throw EpisodeLines.cutOff(path: path, line: number + 1) }
  }

  /// A line holds one episode: far beyond any instruction and error message.
  private static let longestLine = 1 << 26

  private static func fault(_ path: String) -> EvaluationError {
    .cannotRead(path: path, reason: FileFault(path, .read).reason)
  }
}
