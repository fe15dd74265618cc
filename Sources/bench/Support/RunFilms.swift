import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import Recordings

/// The videos of a run: `videos/POLICY/SUITE/TASK-3.mp4`, `-clean` for a clean twin.
final class RunFilms {
  private let folder: String
  private let film: Film
  private let recordings: RecordingFolder
  /// Carries out what was not recorded.
  private let again: ((EpisodeRecord) throws -> Trajectory<TabletopState>)?
  /// The recording that was read last: episodes of a block follow each other.
  private var block: Recording?

  /// - Parameters:
  ///   - folder: the run's.
  ///   - again: carries out an episode that was not recorded; nil where only recordings are filmed.
  init(
    ofRun folder: String, with film: Film,
    again: ((EpisodeRecord) throws -> Trajectory<TabletopState>)? = nil
  ) {
    self.folder = folder
    self.film = film
    self.again = again
    recordings = RecordingFolder(ofRun: folder)
  }

  /// Where the video of an episode lies, from the run's folder.
  static func name(of record: EpisodeRecord) -> String {
    let episode = record.episode
    let parts = [record.policy, episode.suite].map(FileName.escaped)
    let last =
      "\(FileName.escaped(episode.task))-\(episode.index)\(episode.isCleanTwin ? "-clean" : "")"
    return "videos/\(parts[0])/\(parts[1])/\(last).mp4"
  }

  /// Writes the videos that are not there yet.
  ///
  /// - Returns: their files, those that were there included.
  /// - Throws: at the first that cannot be written; those before it are whole.
  func write(_ records: [EpisodeRecord]) throws -> [String] {
    FileName.removeUnfinished(in: "\(folder)/videos")
    let line = StatusLine()
    var files: [String] = []
    for record in records where record.content != nil {
      let path = "\(folder)/\(Self.name(of: record))"
      files.append(path)
      if FileContents.exists(path) { continue }
      line.show(
        "videos  \(Bar.text(files.count, of: records.count)) \(files.count)/\(records.count)")
      let trajectory = try trajectory(of: record)
      try makeFolder(of: path)
      try film.write(trajectory, of: record, to: path)
    }
    line.finish("videos: \(files.count) in \(folder)/videos")
    return files
  }

  private func trajectory(of record: EpisodeRecord) throws -> Trajectory<TabletopState> {
    if let again,
      !FileContents.exists(recordings.file(policy: record.policy, block: record.block))
    {
      return try again(record)
    }
    if block?.policy != record.policy || block?.block != record.block {
      block = try recordings.recording(policy: record.policy, block: record.block)
    }
    guard let found = block?.episodes.first(where: { $0.episode == record.episode }) else {
      throw RecordingError.broken(
        path: recordings.file(policy: record.policy, block: record.block),
        reason: "it lacks \(EpisodeName(of: record.episode))")
    }
    return try found.trajectory(in: film.environment)
  }

  private func makeFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw FileFault(folder.path, .write)
    }
  }
}
