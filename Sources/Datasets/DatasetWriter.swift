/// Writes episodes in one format. A part is written whole or not at all, and twice the same with the same bytes, so
/// that an export that was cut short goes on with the first part that its journal lacks.
public protocol DatasetWriter {
  /// Writes the episodes of a part, at least one.
  func write(_ episodes: [DatasetEpisode], place: DatasetPlace) throws

  /// Writes what describes the whole, after the last part.
  func finish(_ parts: [DatasetPartSummary], statistics: DatasetStatistics) throws
}

/// Where a part lies in the whole dataset.
public struct DatasetPlace: Hashable, Sendable, Codable {
  /// How many parts with episodes come before it.
  public var file: Int
  /// How many episodes come before it.
  public var firstEpisode: Int
  /// How many frames come before it.
  public var firstFrame: Int
  /// Every instruction so far in the order of its first use, this part's included: their numbers are the task indices.
  public var instructions: [String]
}

/// What a written part holds, as the journal keeps it.
public struct DatasetPartSummary: Hashable, Sendable, Codable {
  public struct Episode: Hashable, Sendable, Codable {
    public var id: String
    public var instruction: String
    public var isSuccess: Bool
    /// How many frames it has.
    public var length: Int
  }

  public var episodes: [Episode]

  init(_ episodes: [DatasetEpisode]) {
    self.episodes = episodes.map {
      Episode(
        id: $0.id, instruction: $0.instruction, isSuccess: $0.isSuccess, length: $0.frames.count)
    }
  }
}

extension DatasetPlace {
  /// The place after some parts, for one more.
  init(after parts: [DatasetPartSummary], adding part: DatasetPartSummary) {
    let before = parts.flatMap(\.episodes)
    file = parts.count { !$0.episodes.isEmpty }
    firstEpisode = before.count
    firstFrame = before.reduce(0) { $0 + $1.length }
    var seen: Set<String> = []
    instructions = (before + part.episodes).map(\.instruction).filter { seen.insert($0).inserted }
  }
}
