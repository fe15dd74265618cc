import EnvironmentInterface

/// Why a recording cannot be read or played: what, where, and the mend.
public enum RecordingError: Error, Equatable, Sendable {
  /// There is no file for this block, or it cannot be read.
  case cannotRead(path: String, reason: String)
  /// The file is no recording, or a damaged one.
  case broken(path: String, reason: String)
  /// The file is of another version of the layout.
  case unknownVersion(path: String, found: String, known: String)
  /// The episode could not be started when it was recorded.
  case nothingRecorded(Episode)
  /// The same actions lead elsewhere now.
  case otherWorld(Episode, step: Int)
}

extension RecordingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read the recording \(path): \(reason); run with --record to have one"
    case .broken(let path, let reason):
      "\(path) is no whole recording: \(reason); restore it, or run again with --record"
    case .unknownVersion(let path, let found, let known):
      "\(path) is a recording whose 'version' is \(found), and \(known) is read here; use the version of the "
        + "bench that wrote it"
    case .nothingRecorded(let episode):
      "\(episode.suite)/\(episode.task) #\(episode.index) could not be started when it was recorded: nothing of it "
        + "can be shown"
    case .otherWorld(let episode, let step):
      "\(episode.suite)/\(episode.task) #\(episode.index): the recorded actions lead to another state at step "
        + "\(step): scenes or program have changed since; check out the commit that its run.json notes"
    }
  }
}
