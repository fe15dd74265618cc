import Foundation
import Testing

@testable import Training

@Suite struct TrainingLogReadingTests {
  private func entries(_ text: String) throws -> [TrainingLogEntry] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try text.write(
      to: folder.appendingPathComponent(TrainingLogEntry.fileName), atomically: true,
      encoding: .utf8)
    return try TrainingLogEntry.entries(inFolder: folder.path)
  }

  private func line(_ images: Int, _ more: String = "") -> String {
    "{\"step\":\(images),\"stage\":\"robot\",\"loss\":0.5,\"learningRate\":0.001,\"images\":\(images),"
      + "\"seconds\":1\(more)}"
  }

  @Test func aLineThatIsBeingWrittenIsLeftOut() throws {
    #expect(try entries("\(line(1))\n\(line(2))\n{\"step\":3,\"sta").map(\.images) == [1, 2])
    #expect(try entries("\(line(1))\n\n\(line(2))").map(\.images) == [1, 2])
    #expect(throws: TrainingLogError.self) { try entries("") }
  }

  /// Each names its line: no look, a list too short to have z, images that go backwards.
  @Test(arguments: [
    "{\"step\":3}", "[]", "nothing", "\u{0}", "{\"step\":1e99}",
  ]) func aBrokenLineIsNamed(text: String) {
    let error = #expect(throws: TrainingLogError.self) {
      try entries("\(line(1))\n\(text)\n\(line(2))\n")
    }
    #expect(error?.line == 2)
  }

  @Test func numbersThatContradictEachOtherAreNamed() {
    for second in [line(1), line(0), line(-3), line(2, ",\"errorMillimetres\":[1,2]")] {
      let error = #expect(throws: TrainingLogError.self) { try entries("\(line(1))\n\(second)\n") }
      #expect(error?.line == 2)
    }
  }

  @Test func figuresAreErrorsBesideTheTrivialAnswer() throws {
    let look = try #require(
      try entries(
        line(
          1,
          ",\"yawDegrees\":1.5,\"zeroYawDegrees\":6,\"turnsFound\":0.75,\"gripperAccuracy\":0.9,"
            + "\"openGripperAccuracy\":0.6,\"successes\":9,\"episodes\":12")
      ).first)
    let figures = Dictionary(uniqueKeysWithValues: look.figures.map { ($0.name, $0) })
    func expect(_ name: String, _ own: Double, _ trivial: Double?) {
      let figure = figures[name]
      #expect(abs((figure?.own ?? .nan) - own) < 1e-9)
      #expect(
        figure?.trivial.map { abs($0 - (trivial ?? .nan)) < 1e-9 } ?? (trivial == nil), "\(name)")
    }
    expect("turn of the hand [°]", 1.5, 6)
    expect("turns of 10° or more missed [%]", 25, 100)
    expect("wrong gripper [%]", 10, 40)
    expect("episodes not solved [%]", 25, nil)
    #expect(figures["subgoal [px]"] == nil)
  }

  /// The line that `Docs/training.md` explains figure by figure is the last that the shipped `openvla` logged.
  @Test func theExplainedLineIsTheShippedOne() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let looks = try TrainingLogEntry.entries(
      inFolder: root.appendingPathComponent("Checkpoints/openvla").path)
    let page = try String(
      contentsOf: root.appendingPathComponent("Docs/training.md"), encoding: .utf8)
    let explained = try #require(
      page.components(separatedBy: "```\n").first { $0.hasPrefix("step ") })
    func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    #expect(words(explained) == words(try #require(looks.last).line))
  }
}
