import Foundation

/// The program that compresses videos.
public struct FFmpeg: Hashable, Sendable {
  let program: String

  /// Finds it on PATH and asks whether it can write H.264.
  ///
  /// - Throws: `VideoError.noProgram` or `.noEncoder`.
  public init(searching path: String? = ProcessInfo.processInfo.environment["PATH"])
    throws(VideoError)
  {
    let folders = (path ?? "").split(separator: ":").map(String.init)
    guard
      let program = folders.map({ "\($0)/ffmpeg" })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { throw .noProgram }
    self.program = program
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-hide_banner", "-encoders"]
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    guard (try? process.run()) != nil else { throw .noProgram }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard text.contains(" libx264 ") else { throw .noEncoder(program: program) }
  }
}
