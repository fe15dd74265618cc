import Files
import Foundation
import Networks

/// Writes what a policy's folder holds beside the network: tokenizer, statistics, and the keys of `config.json`.
public struct PolicyCheckpointWriter {
  private let tokenizer: SentencePieceTokenizer
  private let statistics: [String: DatasetStatistics]
  private let own: PolicyConfiguration.Own
  private let adapted: PolicyCheckpoint?

  /// The file of a head that reads chunks off the network's hidden states.
  public static let actionHeadName = "action_head.safetensors"

  /// - Parameters:
  ///   - chunkLength: Actions that are decoded in parallel; nil where they are not.
  ///   - executedLength: Actions of a chunk that are executed; nil for all.
  ///   - actionNormalization: What scales the actions; nil for the percentiles.
  ///   - adapted: A checkpoint whose other keys of `config.json` and whose preprocessor file are kept.
  public init(
    tokenizer: SentencePieceTokenizer, statistics: [String: DatasetStatistics],
    template: PromptTemplate = .openVLA, instructions: InstructionUse = .read,
    grounding: Grounding, locationBins: Int, cropsCenter: Bool = false,
    actionChoices: [TokenChoice]? = nil, chunkLength: Int? = nil, executedLength: Int?,
    actionNormalization: ActionNormalization? = nil,
    adapted: PolicyCheckpoint? = nil
  ) {
    self.tokenizer = tokenizer
    self.statistics = statistics
    self.adapted = adapted
    own = PolicyConfiguration.Own(
      grounding: grounding, locationBins: locationBins, prompt: template,
      instructions: instructions == .read ? nil : instructions,
      cropsCenter: cropsCenter ? true : nil,
      actionChoices: actionChoices, executedLength: executedLength,
      actionNormalization: actionNormalization,
      parallelDecoding: chunkLength.map { .init(imageCount: 1, chunkLength: $0) })
  }

  /// Writes the folder.
  ///
  /// - Parameter network: Writes the network's own files; gets the JSON object whose keys join its `config.json`.
  public func write(to folder: URL, network: (URL, Data) throws -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try network(folder, extraKeys(encoder))
    try keepPreprocessor(in: folder)
    try AtomicFile.write(tokenizer.model, to: folder.appendingPathComponent("tokenizer.model"))
    try AtomicFile.write(
      encoder.encode(statistics), to: folder.appendingPathComponent("dataset_statistics.json"))
  }

  private func extraKeys(_ encoder: JSONEncoder) throws -> Data {
    let data = try encoder.encode(
      Extra(
        actionBins: adapted?.configuration.actionBins ?? 256,
        padToMultipleOf: adapted?.configuration.padToMultipleOf ?? 64, statistics: statistics,
        own: own))
    guard let adapted else { return data }
    let kept = try adapted.data(of: Self.configuration, for: "the model's sizes")
    guard var keys = try JSONSerialization.jsonObject(with: kept) as? [String: Any],
      let new = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return data }
    keys.merge(new) { $1 }
    return try JSONSerialization.data(withJSONObject: keys)
  }

  private func keepPreprocessor(in folder: URL) throws {
    guard let source = adapted?.folder.appendingPathComponent(Self.preprocessor),
      FileManager.default.fileExists(atPath: source.path)
    else { return }
    try AtomicFile.write(
      try FileContents.read(source.path), to: folder.appendingPathComponent(Self.preprocessor))
  }

  private static let configuration = "config.json"
  private static let preprocessor = "preprocessor_config.json"

  private struct Extra: Encodable {
    let architectures = ["OpenVLAForActionPrediction"]
    let actionBins: Int
    let padToMultipleOf: Int
    let statistics: [String: DatasetStatistics]
    let own: PolicyConfiguration.Own

    enum CodingKeys: String, CodingKey {
      case architectures
      case actionBins = "n_action_bins"
      case padToMultipleOf = "pad_to_multiple_of"
      case statistics = "norm_stats"
      case own = "policy"
    }
  }
}
