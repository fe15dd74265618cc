import EnvironmentInterface
import Files
import Foundation

/// The recordings of a run: `recordings/POLICY/SUITE-0003.safetensors`, a file for each block.
///
/// A file is written whole or not at all, before the block's records are, so a block with records has its recording.
public struct RecordingFolder: Sendable {
  public let path: String

  /// - Parameter run: the run's folder.
  public init(ofRun run: String) { path = "\(run)/recordings" }

  public var exists: Bool { FileContents.isFolder(path) }

  /// Where the recording of a block lies.
  public func file(policy: String, block: String) -> String {
    let name = block.split(separator: "/", omittingEmptySubsequences: false)
      .map { FileName.escaped(String($0)) }.joined(separator: "-")
    return "\(path)/\(FileName.escaped(policy))/\(name).safetensors"
  }

  /// Writes a recording and waits for the disk.
  ///
  /// - Throws: `FileFault`, or what encoding throws.
  public func write(_ recording: Recording) throws {
    try write(recording.encoded(), policy: recording.policy, block: recording.block)
  }

  /// Writes the bytes of a recording and waits for the disk.
  ///
  /// - Throws: `FileFault`.
  public func write(_ data: Data, policy: String, block: String) throws {
    let file = URL(fileURLWithPath: file(policy: policy, block: block))
    let folder = file.deletingLastPathComponent()
    for name in [path, folder.path] where !FileContents.isFolder(name) {
      guard mkdir(name, 0o755) == 0 || errno == EEXIST else { throw FileFault(name, .write) }
      AtomicFile.syncFolder(URL(fileURLWithPath: name).deletingLastPathComponent().path)
    }
    try AtomicFile.write(data, to: file)
  }

  /// - Throws: `RecordingError` with the file.
  public func recording(policy: String, block: String) throws(RecordingError) -> Recording {
    let file = file(policy: policy, block: block)
    let recording = try Recording(at: file)
    guard recording.policy == policy, recording.block == block else {
      throw .broken(
        path: file,
        reason:
          "it is of \(recording.policy) in block \(recording.block), not of \(policy) in \(block)")
    }
    return recording
  }

  /// What one policy did in one episode of a block.
  ///
  /// - Throws: `RecordingError` with the file.
  public func episode(_ episode: Episode, policy: String, block: String) throws(RecordingError)
    -> RecordedEpisode
  {
    let recording = try recording(policy: policy, block: block)
    guard let found = recording.episodes.first(where: { $0.episode == episode }) else {
      throw .broken(
        path: file(policy: policy, block: block),
        reason: "it lacks \(episode.task) #\(episode.index)\(episode.isCleanTwin ? " clean" : "")")
    }
    return found
  }

  /// Removes what writers left that were killed; for the one process that writes here.
  public func removeUnfinished() { FileName.removeUnfinished(in: path) }
}
