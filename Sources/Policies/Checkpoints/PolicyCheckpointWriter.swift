import Foundation
import Networks

/// Writes what a policy's folder holds beside the network: tokenizer, statistics, and the keys of `config.json`.
public struct PolicyCheckpointWriter {
  private let tokenizer: SentencePieceTokenizer
  private let statistics: [String: DatasetStatistics]
  private let own: PolicyConfiguration.Own

  public init(
    tokenizer: SentencePieceTokenizer, statistics: [String: DatasetStatistics],
    grounding: Grounding, locationBins: Int, actionChoices: [TokenChoice]? = nil,
    executedLength: Int?
  ) {
    self.tokenizer = tokenizer
    self.statistics = statistics
    own = PolicyConfiguration.Own(
      grounding: grounding, locationBins: locationBins, prompt: .openVLA,
      actionChoices: actionChoices, executedLength: executedLength)
  }

  /// Writes the folder.
  ///
  /// - Parameter network: Writes the network's own files; gets the JSON object whose keys join its `config.json`.
  public func write(to folder: URL, network: (URL, Data) throws -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let extra = Extra(statistics: statistics, own: own)
    try network(folder, encoder.encode(extra))
    try tokenizer.model.write(
      to: folder.appendingPathComponent("tokenizer.model"), options: .atomic)
    try encoder.encode(statistics).write(
      to: folder.appendingPathComponent("dataset_statistics.json"), options: .atomic)
  }

  private struct Extra: Encodable {
    let architectures = ["OpenVLAForActionPrediction"]
    let actionBins = 256
    let padToMultipleOf = 64
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
