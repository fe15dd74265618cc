import EnvironmentInterface
import Foundation
import InputFiles
import Torch

extension PolicyCheckpoint {
  /// Where a training writes what it was.
  public static let trainingFactsName = "training.json"

  /// How many numbers its weights have, and what they were trained on where the folder says it.
  ///
  /// - Throws: `InputFileError` for a `training.json` that is broken; whatever opening the weights throws.
  public func facts() throws -> PolicyFacts {
    let parts = try openedParts()
    let weights = [try Checkpoint(folder: folder), parts.head, parts.projector].compactMap(\.self)
    let parameters = weights.reduce(0) { sum, weights in
      weights.names.reduce(sum) { $0 + (weights.shape(of: $1)?.reduce(1, *) ?? 0) }
    }
    return PolicyFacts(parameters: parameters, training: try Self.trainingFacts(in: folder))
  }

  /// What the weights of a folder were trained on; nil where it does not say.
  ///
  /// Checkpoints of before there was a `training.json` have the last line of their log.
  ///
  /// - Throws: `InputFileError` with file and key.
  public static func trainingFacts(in folder: URL) throws(InputFileError) -> TrainingFacts? {
    let url = folder.appendingPathComponent(trainingFactsName)
    guard FileManager.default.fileExists(atPath: url.path) else { return loggedFacts(in: folder) }
    let document = try JSONDocument(contentsOf: url)
    let facts: TrainingFacts = try document.decoded()
    if let flaw = facts.flaw { throw document.failure(at: flaw.key, flaw.reason) }
    return facts
  }

  /// Images and time of the log's last line; nil where there is none of ours.
  private static func loggedFacts(in folder: URL) -> TrainingFacts? {
    struct Line: Decodable {
      var images: Int
      var seconds: Double
    }
    let url = folder.appendingPathComponent("training.jsonl")
    guard let text = try? InputFile.data(at: url), let last = text.split(separator: 0x0A).last,
      let line = try? JSONDecoder().decode(Line.self, from: Data(last))
    else { return nil }
    let facts = TrainingFacts(images: line.images, seconds: line.seconds)
    return facts.flaw == nil ? facts : nil
  }
}
