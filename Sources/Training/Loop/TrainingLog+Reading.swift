import Files
import Foundation

extension TrainingLogEntry {
  /// The log's name, in a checkpoint's folder and in that of a training that is under way.
  public static let fileName = "training.jsonl"

  /// The log that lies in a folder, in the order of its steps; a last line that was not written to its end is left out.
  ///
  /// - Throws: `FileFault` where there is none, `TrainingLogError` for a line that is no look of a training, and for a log without looks.
  public static func entries(inFolder folder: String) throws -> [TrainingLogEntry] {
    let path = "\(folder)/\(fileName)"
    let text = try FileContents.read(path, limit: 1 << 30, isRegular: true)
    let decoder = JSONDecoder()
    var entries: [TrainingLogEntry] = []
    for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      func fault(_ problem: String) -> TrainingLogError {
        TrainingLogError(path: path, line: index + 1, problem: problem, mend: "remove the line")
      }
      guard let entry = try? decoder.decode(TrainingLogEntry.self, from: Data(line)) else {
        if line.endIndex == text.endIndex { break }
        throw fault("it is no look of a training")
      }
      guard [entry.errorMillimetres, entry.zeroMillimetres].allSatisfy({ $0?.count ?? 3 == 3 })
      else { throw fault("errors are of x, y and z") }
      guard entry.images > entries.last?.images ?? -1 else {
        throw fault("it has no more images than the look before it")
      }
      guard entry.figures.allSatisfy({ $0.isMeasurable }) else {
        throw fault("a figure is beyond all measure")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else {
      throw TrainingLogError(
        path: path, problem: "it holds no look at unseen frames yet",
        mend: "wait until the training has taken one")
    }
    return entries
  }
}

/// A training's log that cannot be used.
public struct TrainingLogError: Error, Hashable, CustomStringConvertible {
  public var path: String
  /// From 1; nil where the trouble is the whole file.
  public var line: Int?
  public var problem: String
  public var mend: String

  public var description: String {
    "\(path)\(line.map { ":\($0)" } ?? ""): \(problem); \(mend)"
  }
}
