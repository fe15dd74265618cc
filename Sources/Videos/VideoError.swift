/// Why there is no video: what, where, and the mend.
public enum VideoError: Error, Equatable, Sendable {
  /// There is no ffmpeg on PATH.
  case noProgram
  /// The ffmpeg that is there cannot write H.264.
  case noEncoder(program: String)
  /// ffmpeg did not write the file; the reason is its own or the system's.
  case notWritten(path: String, reason: String)
}

extension VideoError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noProgram:
      "there is no ffmpeg on PATH, which writes the videos; install the Debian package ffmpeg, or leave out --video"
    case .noEncoder(let program):
      "\(program) has no encoder libx264; install the Debian package ffmpeg, or leave out --video"
    case .notWritten(let path, let reason):
      "cannot write the video \(path): \(reason); what was run is whole, so mend that and say bench video RUN"
    }
  }
}
