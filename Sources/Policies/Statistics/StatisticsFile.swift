import EnvironmentInterface
import Foundation
import InputFiles
import Networks

/// The statistics that a checkpoint holds, by dataset: `dataset_statistics.json` where it exists, else `norm_stats` of
/// `config.json`.
///
/// Only the dataset that is asked for is looked at; what other datasets say can't keep it from acting.
struct StatisticsFile {
  private let document: JSONDocument
  private let datasets: [JSONValue.Member]
  /// The keys above the datasets' names.
  private let place: String

  static let name = "dataset_statistics.json"

  /// Opens the file of a folder.
  ///
  /// - Parameter configuration: The folder's `config.json`.
  init(in folder: URL, configuration: JSONDocument) throws {
    let url = folder.appendingPathComponent(Self.name)
    if FileManager.default.fileExists(atPath: url.path) {
      let data = try InputFile.data(at: url)
      guard data.contains(where: { !Self.space.contains($0) }) else {
        throw CheckpointError.noStatistics(path: url.path)
      }
      let document = try JSONDocument(data, path: url.path)
      try self.init(document, value: document.root, place: "")
    } else if let value = configuration.root["norm_stats"], value != .null {
      try self.init(configuration, value: value, place: "norm_stats")
    } else {
      throw CheckpointError.missingFile(path: url.path, purpose: "action statistics")
    }
  }

  private static let space = Set(" \t\r\n".utf8)

  private init(_ document: JSONDocument, value: JSONValue, place: String) throws {
    guard case .object(let datasets) = value else {
      throw InputFileError(
        path: document.path,
        reason: "\(place.isEmpty ? "it" : "'\(place)'") is no object of datasets")
    }
    self.document = document
    self.datasets = datasets
    self.place = place
  }

  /// Keys of a dataset's `action` and `proprio`. Percentiles and mask are used; the rest describes the data.
  private static let knownKeys = KnownKeys(
    obeyed: ["q01", "q99", "mask"],
    inert: [
      "mean", "std", "var", "max", "min", "median", "count", "num_transitions",
      "num_trajectories", "q02", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q98",
    ])

  /// The action statistics of a dataset.
  ///
  /// - Parameters:
  ///   - key: The dataset's name; nil is allowed where there is only one.
  ///   - normalization: What scales actions: it stands in the place of the percentiles.
  /// - Throws: `CheckpointError` that lists the datasets or says what is wrong with the chosen one; `InputFileError`.
  func action(
    key: String?, normalization: ActionNormalization = .boundsQ99
  ) throws -> ActionStatistics {
    let dataset = try dataset(key)
    let statistics: ActionStatistics = try decoded("action", of: dataset)
    let flaw = statistics.flaw(count: Action.count, normalization: normalization)
    guard flaw == nil, let scaled = statistics.scaled(by: normalization) else {
      throw CheckpointError.badStatistics(
        path: document.path, key: dataset.key, reason: flaw ?? "its extremes are missing")
    }
    return scaled
  }

  /// What un-normalises the actions of episodes in some set-ups: a dataset's statistics, or, where none is named and each set-up
  /// has one of its name, those.
  func scales(key: String?, setups: [String]) throws -> ActionScales {
    let names = Set(datasets.map(\.key))
    guard key == nil, names.count > 1, !setups.isEmpty, names.isSuperset(of: setups) else {
      return ActionScales(try action(key: key))
    }
    return ActionScales(
      Dictionary(uniqueKeysWithValues: try Set(setups).map { ($0, try action(key: $0)) }))
  }

  /// The statistics of states of `count` numbers.
  func proprioception(key: String?, count: Int) throws -> ProprioceptionStatistics {
    let dataset = try dataset(key)
    guard dataset.value["proprio"] ?? .null != .null else {
      throw CheckpointError.badStatistics(
        path: document.path, key: dataset.key,
        reason: "'proprio' is missing, which scales the robot's state for the network")
    }
    let statistics: ProprioceptionStatistics = try decoded("proprio", of: dataset)
    if let flaw = statistics.flaw(count: count) {
      throw CheckpointError.badStatistics(path: document.path, key: dataset.key, reason: flaw)
    }
    return statistics
  }

  private func dataset(_ key: String?) throws -> JSONValue.Member {
    let known = datasets.map(\.key).sorted()
    guard !known.isEmpty else { throw CheckpointError.noStatistics(path: document.path) }
    guard let name = key ?? (known.count == 1 ? known[0] : nil) else {
      throw CheckpointError.ambiguousStatistics(known: known, path: document.path)
    }
    guard let dataset = datasets.first(where: { $0.key == name }) else {
      throw CheckpointError.unknownStatisticsKey(key: name, known: known, path: document.path)
    }
    return dataset
  }

  private func decoded<Statistics: Decodable>(
    _ part: String, of dataset: JSONValue.Member
  ) throws -> Statistics {
    let keys = (place.isEmpty ? [] : [place]) + [dataset.key, part]
    if let value = dataset.value[part] {
      try Self.knownKeys.check(value, in: document, at: keys.joined(separator: "."))
    }
    return try document.decoded(at: keys)
  }
}

extension PolicyCheckpoint {
  /// The action statistics: `dataset_statistics.json` where it exists, else `norm_stats` of `config.json`.
  public func statistics(key: String?) throws -> ActionStatistics {
    try StatisticsFile(in: folder, configuration: document).action(key: key)
  }

  /// What un-normalises the actions of episodes in `setups`: see `StatisticsFile`.
  func scales(key: String?, setups: [String]) throws -> ActionScales {
    try StatisticsFile(in: folder, configuration: document).scales(key: key, setups: setups)
  }

  /// The statistics of states of `count` numbers, from the file that the actions' are taken from.
  func proprioceptionStatistics(key: String?, count: Int) throws -> ProprioceptionStatistics {
    try StatisticsFile(in: folder, configuration: document).proprioception(key: key, count: count)
  }
}
