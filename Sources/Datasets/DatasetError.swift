/// A dataset that cannot be written.
public enum DatasetError: Error, Hashable, Sendable {
  /// A file or folder could not be read or written, with the system's reason.
  case file(path: String, reason: String)
  /// The folder holds something else than the export that is to go on.
  case foreignFolder(path: String, reason: String, mend: String)
  /// The Python step did not do what it was asked.
  case python(command: String, reason: String, mend: String)
  /// An episode does not fit the description.
  case badEpisode(id: String, reason: String)
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .foreignFolder(let path, let reason, let mend): "\(path): \(reason); \(mend)"
    case .python(let command, let reason, let mend): "\(command): \(reason); \(mend)"
    case .badEpisode(let id, let reason): "episode \(id): \(reason)"
    }
  }
}
