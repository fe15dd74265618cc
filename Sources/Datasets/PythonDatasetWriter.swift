import Foundation

/// Hands parts to a Python step that writes them with the field's own libraries (pyarrow, h5py, ffmpeg).
///
/// The step is `Python/datasets/write.py`, which says what travels over the pipe. It runs in the user's interpreter, so
/// nothing of Python is linked into the program.
public final class PythonDatasetWriter: DatasetWriter {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let command: String

  /// Starts the step.
  ///
  /// - Parameters:
  ///   - python: the interpreter, a path or a name on `PATH`.
  ///   - script: `write.py`.
  ///   - video: whether pictures become video files; else they are PNG in the table.
  public init(
    format: String, in folder: URL, description: DatasetDescription, video: Bool, python: String,
    script: URL
  ) throws {
    // A step that dies must become an error of the next write, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    command = "\(python) \(script.path)"
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script.path]
    process.standardInput = input
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw failure("it does not start (\(error.localizedDescription))")
    }
    try send(Order(format: format, folder: folder.path, description: description, video: video))
  }

  deinit { try? input.fileHandleForWriting.close() }

  // MARK: - DatasetWriter

  public func write(_ episodes: [DatasetEpisode], place: DatasetPlace) throws {
    try send(PartHeader(place: place))
    for episode in episodes {
      try send(
        EpisodeHeader(
          id: episode.id, instruction: episode.instruction, isSuccess: episode.isSuccess))
      for frame in episode.frames {
        try send(
          FrameHeader(
            state: frame.state, action: frame.action, blobs: frame.images.map(\.count)),
          blobs: frame.images)
      }
      try send(Plain(kind: "episode_end"))
    }
    try send(Plain(kind: "part_end"))
    try awaitAnswer()
  }

  public func finish(_ parts: [DatasetPartSummary], statistics: DatasetStatistics) throws {
    var seen: Set<String> = []
    let instructions = parts.flatMap(\.episodes).map(\.instruction)
      .filter { seen.insert($0).inserted }
    try send(Finish(parts: parts, instructions: instructions))
    try awaitAnswer()
    let folder = URL(fileURLWithPath: order?.folder ?? "", isDirectory: true)
    try DatasetFiles.write(
      statistics.json(name: order?.description.name ?? ""),
      to: folder.appendingPathComponent("dataset_statistics.json"))
  }

  // MARK: - The pipe

  private var order: Order?

  private func send(_ header: some Encodable, blobs: [[UInt8]] = []) throws {
    if let order = header as? Order { self.order = order }
    let json = try JSONEncoder().encode(header)
    var message = Data(TFRecord.littleEndian(UInt32(json.count)))
    message += json
    for blob in blobs { message += blob }
    do {
      try input.fileHandleForWriting.write(contentsOf: message)
    } catch {
      // What it said before it ended says more than the broken pipe.
      try awaitAnswer()
      throw failure("it does not take more")
    }
  }

  private struct Answer: Decodable {
    var error: String?
    var mend: String?
  }

  private func awaitAnswer() throws {
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), let first = byte.first {
      if first == UInt8(ascii: "\n") { break }
      line.append(first)
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: line) else {
      throw failure("it ended without an answer")
    }
    if let error = answer.error {
      throw DatasetError.python(
        command: command, reason: error, mend: answer.mend ?? "see what it printed")
    }
  }

  private func failure(_ reason: String) -> DatasetError {
    .python(
      command: command, reason: reason,
      mend: "see what it printed, or name another interpreter with --python")
  }

  // MARK: - Messages

  private struct Order: Encodable {
    var kind = "order"
    var format: String
    var folder: String
    var description: DatasetDescription
    var video: Bool
  }

  private struct PartHeader: Encodable {
    var kind = "part"
    var place: DatasetPlace
  }

  private struct EpisodeHeader: Encodable {
    var kind = "episode"
    var id: String
    var instruction: String
    var isSuccess: Bool
  }

  private struct FrameHeader: Encodable {
    var kind = "frame"
    var state: [Double]
    var action: [Double]
    var blobs: [Int]
  }

  private struct Finish: Encodable {
    var kind = "finish"
    var parts: [DatasetPartSummary]
    var instructions: [String]
  }

  private struct Plain: Encodable {
    var kind: String
  }
}
