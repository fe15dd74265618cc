import EnvironmentInterface
import Files
import Foundation
import Testing

@testable import Videos

@Suite struct CaptionTests {
  private let picture = Image(
    height: 64, width: 480, pixels: (0..<64 * 480 * 3).map { UInt8($0 % 251) })

  private func frame(_ change: (inout FilmCaption) -> Void = { _ in }) -> Image {
    var caption = FilmCaption(
      instruction: "put the carrot on the plate", title: "expert · basic/carrot#0@0", step: 3,
      stepLimit: 10, action: Action(translation: .init(0.01, -0.002, 0), gripper: 1))
    change(&caption)
    return CaptionWriter().captioned(picture, caption)
  }

  @Test func thePictureStaysAndTheFootIsWrittenOn() {
    let frame = frame()
    #expect(frame.height == 64 + CaptionWriter.footHeight && frame.width == 480)
    #expect(frame.pixels.starts(with: picture.pixels))
    let foot = frame.pixels[picture.pixels.count...]
    #expect(foot.count { $0 > 200 } > 300, "letters")
  }

  @Test func everyPartOfTheCaptionShows() {
    let plain = frame()
    #expect(frame { $0.instruction = "lift the tape" } != plain)
    #expect(frame { $0.title = "openvla" } != plain)
    #expect(frame { $0.step = 4 } != plain)
    #expect(frame { $0.action?.gripper = 0 } != plain)
    let (success, failure) = (
      frame { $0.ending = .init(.success) }, frame { $0.ending = .init(.failure, reason: "late") }
    )
    #expect(success != plain && failure != plain && success != failure)
  }

  @Test func longTextsAreCutAndNothingIsWrittenOutside() {
    let long = String(repeating: "a very long instruction 漢字 \u{1F600} ", count: 20)
    let frame = frame {
      $0.instruction = long
      $0.title = long
      $0.ending = .init(.error, reason: long)
    }
    #expect(frame.pixels.starts(with: picture.pixels))
    // The margin at the right stays empty.
    let column = frame.width - 3
    for row in 64 + 6..<frame.height {
      let place = (row * frame.width + column) * 3
      #expect(frame.pixels[place] == Ink.paper.red)
    }
  }
}

@Suite struct VideoWriterTests {
  private let folder: String

  init() throws {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("videos-\(UInt64.random(in: 0...(.max)))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// A program called ffmpeg that says it can write H.264 and then does this.
  private func program(_ script: String) throws -> FFmpeg {
    let path = "\(folder)/ffmpeg"
    let text = "#!/bin/sh\ncase \"$2\" in -encoders) echo ' V libx264 '; exit;; esac\n\(script)\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o755)
    return try FFmpeg(searching: folder)
  }

  private func write(_ frames: Int, to path: String, with ffmpeg: FFmpeg) throws {
    let writer = try VideoWriter(path, size: (48, 65), rate: 5, with: ffmpeg)
    for frame in 0..<frames {
      try writer.write(
        Image(
          height: 48, width: 65,
          pixels: (0..<48 * 65 * 3).map { UInt8(($0 + 9 * frame) % 256) }))
    }
    try writer.finish()
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "ffmpeg" }
  }

  @Test func framesBecomeAVideoOfTheSameBytesEachTime() throws {
    let ffmpeg = try FFmpeg()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["a", "b"] { try write(12, to: "\(folder)/\(name).mp4", with: ffmpeg) }
    let data = try FileContents.read("\(folder)/a.mp4")
    #expect(try FileContents.read("\(folder)/b.mp4") == data)
    #expect(data.prefix(12).suffix(8) == Data("ftypisom".utf8))
    #expect(data.range(of: Data("avc1".utf8)) != nil)
    #expect(try files().sorted() == ["a.mp4", "b.mp4"])
  }

  struct Trouble: Sendable, CustomTestStringConvertible {
    let script: String
    let says: String
    var testDescription: String { script }
  }

  @Test(arguments: [
    Trouble(script: "kill -9 $$", says: "signal 9"),
    Trouble(script: "exec <&-; sleep 0.3; exit 3", says: "Broken pipe"),
    Trouble(
      script: "echo 'av_write: No space left on device' >&2; exit 1", says: "No space left"),
    Trouble(script: "cat >/dev/null; exit 0", says: "No such file"),
    Trouble(script: "ulimit -f 1; trap '' XFSZ; exec /usr/bin/ffmpeg \"$@\"", says: "ffmpeg says"),
  ])
  func whateverBecomesOfTheProgramIsASentence(_ trouble: Trouble) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    signal(SIGPIPE, SIG_IGN)
    let ffmpeg = try program(trouble.script)
    let path = "\(folder)/a.mp4"
    let error = try #require(throws: VideoError.self) { try write(200, to: path, with: ffmpeg) }
    #expect(
      error.description.contains(trouble.says) && error.description.contains(path), "\(error)")
    #expect(try files() == [], "nothing half is left")
  }

  /// It was there when it was looked for.
  @Test func aProgramThatHasGoneIsASentence() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ffmpeg = try program("exit 0")
    unlink("\(folder)/ffmpeg")
    let error = try #require(throws: VideoError.self) {
      try write(1, to: "\(folder)/a.mp4", with: ffmpeg)
    }
    #expect(error.description.contains("ffmpeg does not start"), "\(error)")
    #expect(try files() == [])
  }

  @Test func aVideoThatIsGivenUpLeavesNothing() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let writer = try VideoWriter("\(folder)/a.mp4", size: (8, 8), rate: 5, with: FFmpeg())
      try writer.write(Image(height: 8, width: 8, pixels: [UInt8](repeating: 9, count: 192)))
    }
    #expect(try files() == [])
  }

  @Test func aMissingProgramSaysWhatToInstall() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: VideoError.noProgram) { try FFmpeg(searching: folder) }
    #expect(VideoError.noProgram.description.contains("Debian package ffmpeg"))
    let path = "\(folder)/ffmpeg"
    try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o755)
    #expect(throws: VideoError.noEncoder(program: path)) { try FFmpeg(searching: folder) }
  }
}
