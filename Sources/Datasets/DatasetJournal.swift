import Foundation

/// What an export has written so far: a small file for each finished part, in `.export/` of the dataset's folder.
///
/// A part's summary is written after the part's own files, so a part with a summary is whole. Beside each summary lie
/// the part's states and actions, from which the statistics are made at the end.
struct DatasetJournal {
  private let folder: URL

  init(in dataset: URL) { folder = dataset.appendingPathComponent(".export", isDirectory: true) }

  private var orderFile: URL { folder.appendingPathComponent("order.json") }
  private func summaryFile(_ part: Int) -> URL {
    folder.appendingPathComponent("part-\(part).json")
  }
  private func numbersFile(_ part: Int) -> URL { folder.appendingPathComponent("part-\(part).f64") }

  var exists: Bool { FileManager.default.fileExists(atPath: orderFile.path) }

  // MARK: - The order

  func begin(_ order: DatasetOrder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try DatasetFiles.write(encoder.encode(order), to: orderFile)
  }

  func order() throws -> DatasetOrder {
    try decode(DatasetOrder.self, orderFile)
  }

  // MARK: - Parts

  /// The summaries of the first finished parts, up to the first that is missing.
  func summaries(upTo count: Int) throws -> [DatasetPartSummary] {
    var summaries: [DatasetPartSummary] = []
    while summaries.count < count,
      FileManager.default.fileExists(atPath: summaryFile(summaries.count).path)
    {
      summaries.append(try decode(DatasetPartSummary.self, summaryFile(summaries.count)))
    }
    return summaries
  }

  func add(_ summary: DatasetPartSummary, part: Int, frames: [DatasetFrame]) throws {
    let numbers = frames.flatMap { $0.state + $0.action }
    try DatasetFiles.write(
      numbers.withUnsafeBytes { Data($0) }, to: numbersFile(part))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try DatasetFiles.write(encoder.encode(summary), to: summaryFile(part))
  }

  /// The states and actions of every frame of a part.
  func numbers(part: Int, description: DatasetDescription) throws -> (
    states: [[Double]], actions: [[Double]]
  ) {
    let data = try DatasetFiles.read(numbersFile(part))
    let values = data.withUnsafeBytes { raw in
      (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
    }
    let stateCount = description.stateNames.count
    let width = stateCount + description.actionNames.count
    guard data.count % (width * 8) == 0 else {
      throw DatasetError.foreignFolder(
        path: numbersFile(part).path, reason: "the file was cut short",
        mend: "remove it and its neighbour part-\(part).json, then resume")
    }
    let rows = stride(from: 0, to: values.count, by: width).map { values[$0..<$0 + width] }
    return (
      rows.map { Array($0.prefix(stateCount)) }, rows.map { Array($0.suffix(width - stateCount)) }
    )
  }

  func remove() throws(DatasetError) {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      throw .file(path: folder.path, reason: error.localizedDescription)
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ url: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: DatasetFiles.read(url))
    } catch is DecodingError {
      throw DatasetError.foreignFolder(
        path: url.path, reason: "not a journal of this version", mend: "export into a new folder")
    }
  }
}
