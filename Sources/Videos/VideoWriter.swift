import EnvironmentInterface
import Files
import Foundation

/// Writes one H.264 video in an MP4 file, a frame at a time, through ffmpeg as a child process.
///
/// The file has its name when it is whole. The same frames give the same bytes with one version of ffmpeg.
public final class VideoWriter {
  private let path: String
  private let partial: String
  private let size: (height: Int, width: Int)
  private let process = Process()
  private let input: FileHandle
  private let complaints: FileHandle
  private var isFinished = false

  /// - Parameters:
  ///   - path: the file, replaced if it is there; its folder must be.
  ///   - size: of every frame [pixels].
  ///   - rate: frames a second.
  /// - Throws: `VideoError.notWritten`.
  public init(
    _ path: String, size: (height: Int, width: Int), rate: Double, with ffmpeg: FFmpeg
  ) throws(VideoError) {
    self.path = path
    self.size = size
    partial = "\(path).partial-\(getpid())"
    // What it complains of goes into a file without a name: a pipe that nobody reads would stop it.
    guard let file = tmpfile() else {
      throw .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
    let descriptor = dup(fileno(file))
    fclose(file)
    complaints = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let pipe = Pipe()
    input = pipe.fileHandleForWriting
    process.executableURL = URL(fileURLWithPath: ffmpeg.program)
    process.arguments = [
      "-nostdin", "-loglevel", "error", "-y",
      "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "\(size.width)x\(size.height)",
      "-framerate", "\(rate)", "-i", "pipe:0",
      // Players want even sides. One thread, no dates and no names: the same bytes every time.
      "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast", "-crf",
      "23", "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
      "-movflags", "+faststart", "-f", "mp4", "file:\(partial)",
    ]
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = complaints
    do {
      try process.run()
    } catch {
      // `deinit` runs, and must not end what has not begun.
      isFinished = true
      throw .notWritten(path: path, reason: "ffmpeg does not start (\(error.localizedDescription))")
    }
    try? pipe.fileHandleForReading.close()
  }

  deinit {
    guard !isFinished else { return }
    // Without its end the file is none.
    process.terminate()
    try? input.close()
    process.waitUntilExit()
    unlink(partial)
  }

  /// Adds a frame.
  ///
  /// - Throws: `VideoError.notWritten` where ffmpeg takes no more, with its own words.
  public func write(_ frame: Image) throws(VideoError) {
    precondition(
      frame.height == size.height && frame.width == size.width,
      "a frame of \(frame.height)×\(frame.width) in a video of \(size.height)×\(size.width)")
    var rest = frame.pixels[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.write(input.fileDescriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = String(cString: strerror(errno))
        throw failure(orElse: reason)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until the video is whole and on the disk, and gives it its name.
  ///
  /// - Throws: `VideoError.notWritten`.
  public func finish() throws(VideoError) {
    try? input.close()
    process.waitUntilExit()
    // A trailer that finds no room is an error that it tells and exits 0 after: silence is part of success.
    guard process.terminationReason == .exit, process.terminationStatus == 0, complaint == nil
    else { throw failure(orElse: "ffmpeg ended without a word") }
    let file = open(partial, O_RDONLY | O_CLOEXEC)
    let isSafe = file >= 0 && fsync(file) == 0
    let reason = String(cString: strerror(errno))
    if file >= 0 { close(file) }
    guard isSafe, rename(partial, path) == 0 else { throw failure(orElse: reason) }
    isFinished = true
    AtomicFile.syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
  }

  /// Ends ffmpeg and says what it said, or how it ended.
  private func failure(orElse reason: String) -> VideoError {
    try? input.close()
    process.waitUntilExit()
    isFinished = true
    unlink(partial)
    if let complaint { return .notWritten(path: path, reason: "ffmpeg says: \(complaint)") }
    if process.terminationReason == .uncaughtSignal {
      return .notWritten(
        path: path, reason: "ffmpeg was ended by signal \(process.terminationStatus)")
    }
    return .notWritten(path: path, reason: reason)
  }

  /// The last that it said on standard error.
  private var complaint: String? {
    lseek(complaints.fileDescriptor, 0, SEEK_SET)
    let text = String(decoding: complaints.readDataToEndOfFile(), as: UTF8.self)
    return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .last { !$0.isEmpty }
  }
}
