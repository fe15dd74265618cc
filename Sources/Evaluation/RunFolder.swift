import Files
import Foundation
import Recordings

/// The folder of a run that is being written: `run.json`, `episodes.jsonl`, and the summaries.
///
/// Episodes are appended a block at a time and synced, so a run that is killed at any moment loses at
/// most the block in flight, and a resumed one ends with the same bytes as one that never stopped.
public final class RunFolder {
  public let path: String
  public let description: RunDescription
  /// All finished episodes, in the order of the file.
  public private(set) var records: [EpisodeRecord]
  private let episodes: AppendOnlyFile
  /// The block that is being written while the next is carried out.
  private var pending: (block: [EpisodeRecord], work: BackgroundWork)?
  /// The bytes of `run.json`, by which another run in this place is noticed.
  private let descriptionBytes: Data

  public static let descriptionName = "run.json"
  public static let episodesName = "episodes.jsonl"

  /// Opens the folder of a run, making it where needed.
  ///
  /// - Parameters:
  ///   - resuming: continue a run that is there; without it such a folder is an error, with it a new folder is fine.
  ///   - mixingMachines: go on though another processor, driver or library computed what is there; `run.json` lists both.
  /// - Throws: `EvaluationError` where the folder cannot be written, holds another run, is written by
  ///   another process, or has a broken file.
  public init(
    at path: String, describing description: RunDescription, resuming: Bool,
    mixingMachines: Bool = false
  ) throws(EvaluationError) {
    guard !path.isEmpty else {
      throw .cannotWrite(path: "the run's folder", reason: "its name is empty")
    }
    self.path = path
    let descriptionPath = "\(path)/\(Self.descriptionName)"
    let episodesPath = "\(path)/\(Self.episodesName)"
    try Self.makeFolder(path)
    if !resuming, FileContents.exists(descriptionPath) { throw .folderHoldsRun(path) }

    // What is there is read under the lock, so that nothing is added between reading and writing.
    episodes = try AppendOnlyFile(path: episodesPath, folder: path)
    let text = try episodes.contents()
    var description = description
    let kept: (records: [EpisodeRecord], size: Int)
    if FileContents.exists(descriptionPath) {
      guard resuming else { throw .folderHoldsRun(path) }
      let begun = try RunFiles.description(at: descriptionPath)
      let differences = description.differences(from: begun)
      guard differences.isEmpty else { throw .notTheSameRun(path: path, differences: differences) }
      kept = try Self.finishedBlocks(of: text, at: episodesPath, promisedBy: begun)
      let machines = MachineFacts.differences(
        from: begun.machine, to: description.machine, goingOn: true)
      // A run without a finished episode was computed nowhere yet.
      guard machines.isEmpty || mixingMachines || kept.records.isEmpty else {
        throw .otherMachine(path: path, differences: machines)
      }
      description.notes = begun.notes
      if !kept.records.isEmpty {
        description.machine = MachineFacts.joined(begun.machine, description.machine)
      }
    } else if !text.isEmpty {
      throw .brokenFile(
        path: episodesPath, line: nil,
        reason: "there are episodes without \(Self.descriptionName); write to another folder")
    } else {
      kept = ([], 0)
    }
    self.description = description
    records = kept.records
    descriptionBytes = try RunFiles.encode(description)
    if (try? RunFiles.data(at: descriptionPath)) != descriptionBytes {
      try Self.write(descriptionBytes, to: descriptionPath)
    }
    try episodes.cut(to: text.prefix(kept.size))
    RecordingFolder(ofRun: path).removeUnfinished()
    AtomicFile.syncFolder(path)
  }

  /// Appends the records of a finished block, with what was recorded of it.
  ///
  /// Without a recording it waits until all is on the disk. With one it waits for the block before; this one is written
  /// while the next is carried out.
  ///
  /// - Throws: `EvaluationError.folderChanged` where something else has written here meanwhile; what went wrong with the
  ///   block before.
  public func append(_ block: [EpisodeRecord], recording: Recording? = nil) throws(EvaluationError)
  {
    try finish()
    guard let recording else {
      try write(block, nil)
      records += block
      return
    }
    pending = (
      block,
      BackgroundWork { () throws(EvaluationError) in
        try self.write(block, recording)
      }
    )
  }

  /// Waits until all blocks are on the disk.
  ///
  /// - Throws: what went wrong with the last.
  public func finish() throws(EvaluationError) {
    guard let (block, work) = pending else { return }
    pending = nil
    try work.wait()
    records += block
  }

  private func write(_ block: [EpisodeRecord], _ recording: Recording?) throws(EvaluationError) {
    try checkDescription()
    // The recording first: a block whose records are there is not run again.
    if let recording { try write(recording) }
    do {
      try episodes.append(EpisodeLines.encode(block))
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw .cannotWrite(
        path: "\(path)/\(Self.episodesName)", reason: String(describing: error))
    }
  }

  private func write(_ recording: Recording) throws(EvaluationError) {
    let recordings = RecordingFolder(ofRun: path)
    do {
      try recordings.write(recording)
    } catch {
      throw .cannotWrite(
        path: (error as? FileFault)?.path ?? recordings.path, reason: EvaluationError.reason(error))
    }
  }

  /// Checks that the folder holds what this run wrote, to the byte, as before a summary.
  ///
  /// - Throws: `EvaluationError.folderChanged`.
  public func checkUnchanged() throws(EvaluationError) {
    try checkDescription()
    try episodes.checkWhole()
  }

  private func checkDescription() throws(EvaluationError) {
    let file = "\(path)/\(Self.descriptionName)"
    guard let found = try? RunFiles.data(at: file) else {
      throw .folderChanged(path: file, what: "is gone")
    }
    guard found == descriptionBytes else {
      throw .folderChanged(path: file, what: "describes another run")
    }
  }

  /// Writes a file of the folder, such as `summary.json`, replacing an older one at once.
  public func write(_ text: String, to name: String) throws(EvaluationError) {
    try Self.write(Data(text.utf8), to: "\(path)/\(name)")
  }

  static func write(_ data: Data, to path: String) throws(EvaluationError) {
    do {
      try AtomicFile.write(data, to: URL(fileURLWithPath: path))
    } catch {
      throw .cannotWrite(path: path, reason: EvaluationError.reason(error))
    }
  }

  /// Makes a folder and those above it, and makes their names durable.
  private static func makeFolder(_ path: String) throws(EvaluationError) {
    var missing: [String] = []
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    while !FileContents.exists(folder.path), folder.path != "/" {
      missing.append(folder.path)
      folder.deleteLastPathComponent()
    }
    for name in missing.reversed() where mkdir(name, 0o755) != 0 && errno != EEXIST {
      throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    for name in missing {
      AtomicFile.syncFolder(URL(fileURLWithPath: name).deletingLastPathComponent().path)
    }
    guard FileContents.isFolder(path) else {
      throw .cannotWrite(path: path, reason: String(cString: strerror(ENOTDIR)))
    }
  }

  // MARK: - Resuming

  /// The records of the finished blocks at the head of a file, and their length in bytes.
  ///
  /// A block is finished when all its lines are there. What follows the last finished one was being
  /// written when the run was killed: only its last line may be cut off, anything else is damage to be told.
  private static func finishedBlocks(
    of text: Data, at path: String, promisedBy description: RunDescription
  ) throws(EvaluationError) -> (records: [EpisodeRecord], size: Int) {
    var order = PromisedOrder(description)
    var kept: (records: [EpisodeRecord], size: Int) = ([], 0)
    var block: [EpisodeRecord] = []
    for line in EpisodeLines.lines(of: text) where line.isComplete {
      let record = try EpisodeLines.decode(line, path: path)
      if let fault = order.take(record) {
        throw EpisodeLines.damage(fault, path: path, line: line.number)
      }
      block.append(record)
      guard order.isBetweenBlocks else { continue }
      kept.records += block
      kept.size = line.end
      block = []
    }
    return kept
  }
}
