import Foundation

/// What was asked for: an export is resumed only as the same order.
public struct DatasetOrder: Hashable, Sendable, Codable {
  public var format: String
  public var description: DatasetDescription
  /// Everything else that the episodes follow from, such as suite, seed and policy; ends up in `trestle.json`.
  public var source: [String: String]
  /// How many parts there are.
  public var parts: Int

  public init(
    format: String, description: DatasetDescription, source: [String: String], parts: Int
  ) {
    self.format = format
    self.description = description
    self.source = source
    self.parts = parts
  }
}

/// Writes a dataset part by part, in constant memory, and goes on where it was stopped.
///
/// ```swift
/// let export = try DatasetExport(of: order, in: folder, resuming: false)
/// try export.run(with: RLDSWriter(in: folder, description: order.description)) { part in
///   try episodes(ofPart: part)
/// }
/// ```
public struct DatasetExport {
  private let order: DatasetOrder
  private let folder: URL
  private let journal: DatasetJournal
  private let isFinished: Bool

  /// - Throws: `DatasetError.foreignFolder` where the folder holds something else.
  public init(of order: DatasetOrder, in folder: URL, resuming: Bool) throws {
    self.order = order
    self.folder = folder
    journal = DatasetJournal(in: folder)
    let about = folder.appendingPathComponent(Self.aboutFile)
    isFinished = resuming && FileManager.default.fileExists(atPath: about.path)
    if isFinished {
      let finished = try JSONDecoder().decode(About.self, from: DatasetFiles.read(about))
      try Self.check(finished.order, against: order, folder: folder)
    } else if journal.exists {
      guard resuming else {
        throw DatasetError.foreignFolder(
          path: folder.path, reason: "an export was begun here",
          mend: "continue it with --resume, or name another folder")
      }
      try Self.check(journal.order(), against: order, folder: folder)
    } else {
      let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      guard content.isEmpty else {
        throw DatasetError.foreignFolder(
          path: folder.path, reason: "the folder isn't empty", mend: "name a new one")
      }
      try journal.begin(order)
    }
  }

  private static func check(
    _ found: DatasetOrder, against order: DatasetOrder, folder: URL
  ) throws {
    guard found != order else { return }
    let keys = Set(found.source.keys).union(order.source.keys).sorted()
    let different = keys.filter { found.source[$0] != order.source[$0] }.map {
      "\($0) \(found.source[$0] ?? "unset") there, \(order.source[$0] ?? "unset") here"
    }
    throw DatasetError.foreignFolder(
      path: folder.path,
      reason: "another export was begun here"
        + (different.isEmpty ? "" : " (\(different.joined(separator: "; ")))"),
      mend: "repeat its options, or name another folder")
  }

  /// Writes what is missing.
  ///
  /// - Parameters:
  ///   - episodes: the episodes of a part, as many as are to be kept; the same at each call.
  ///   - progress: is told how many parts are done.
  /// - Returns: how many episodes and frames the whole dataset holds.
  public func run(
    with writer: some DatasetWriter, progress: (_ parts: Int) -> Void = { _ in },
    episodes: (_ part: Int) throws -> [DatasetEpisode]
  ) throws -> (episodes: Int, frames: Int) {
    if isFinished {
      let about = folder.appendingPathComponent(Self.aboutFile)
      let finished = try JSONDecoder().decode(About.self, from: DatasetFiles.read(about))
      return (finished.episodes.count, finished.episodes.reduce(0) { $0 + $1.length })
    }
    var summaries = try journal.summaries(upTo: order.parts)
    progress(summaries.count)
    for part in summaries.count..<order.parts {
      let episodes = try episodes(part)
      for episode in episodes { try check(episode) }
      let summary = DatasetPartSummary(episodes)
      if !episodes.isEmpty {
        try writer.write(episodes, place: DatasetPlace(after: summaries, adding: summary))
      }
      try journal.add(summary, part: part, frames: episodes.flatMap(\.frames))
      summaries.append(summary)
      progress(summaries.count)
    }
    try finish(summaries, with: writer)
    let kept = summaries.flatMap(\.episodes)
    return (kept.count, kept.reduce(0) { $0 + $1.length })
  }

  private func finish(_ parts: [DatasetPartSummary], with writer: some DatasetWriter) throws {
    var states: [[Double]] = []
    var actions: [[Double]] = []
    for part in parts.indices {
      let numbers = try journal.numbers(part: part, description: order.description)
      states += numbers.states
      actions += numbers.actions
    }
    let kept = parts.flatMap(\.episodes)
    guard !kept.isEmpty else {
      throw DatasetError.foreignFolder(
        path: folder.path, reason: "no episode was kept, so there is no dataset",
        mend: "keep failures too with --keep all, or let another policy act")
    }
    try writer.finish(
      parts,
      statistics: DatasetStatistics(
        actions: actions, states: states, episodes: kept.count,
        mask: order.description.normalizedActions))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try DatasetFiles.write(
      encoder.encode(About(order: order, episodes: kept)),
      to: folder.appendingPathComponent(Self.aboutFile))
    try journal.remove()
  }

  private func check(_ episode: DatasetEpisode) throws(DatasetError) {
    let description = order.description
    func bad(_ reason: String) -> DatasetError { .badEpisode(id: episode.id, reason: reason) }
    guard !episode.frames.isEmpty else { throw bad("it has no frame") }
    for (index, frame) in episode.frames.enumerated() {
      guard frame.images.count == description.cameras.count,
        frame.state.count == description.stateNames.count,
        frame.action.count == description.actionNames.count
      else { throw bad("frame \(index) doesn't have the description's cameras and numbers") }
      guard (frame.state + frame.action).allSatisfy(\.isFinite) else {
        throw bad("frame \(index) holds a number that isn't finite")
      }
    }
  }

  // MARK: - trestle.json

  private static let aboutFile = "trestle.json"

  /// Where every episode comes from.
  private struct About: Codable {
    var order: DatasetOrder
    var episodes: [DatasetPartSummary.Episode]
  }
}
