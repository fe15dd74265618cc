import EnvironmentInterface
import Files
import Foundation
import RandomNumbers
import TestSupport
import Testing

@testable import Recordings

@Suite struct RecordingTests {
  private static func episode(_ index: Int) -> Episode {
    Episode(
      suite: "semantic", task: "lift", index: index, seed: .max,
      factors: [FactorSetting(name: "height", strength: 0.1)], isCleanTwin: index == 1,
      instruction: "lift the “red” brick / тест", stepLimit: 9)
  }

  /// Two episodes that went and one that could not be started.
  private static let recording: Recording = {
    func one(_ index: Int, steps: Int) -> RecordedEpisode {
      let states = (0...steps).map { [Double($0) / 3, -.infinity, .leastNonzeroMagnitude] }
      return RecordedEpisode(
        episode: episode(index), outcome: index == 0 ? .success : .failure,
        stateNames: ["x", "y", "body_0_brick_x"], states: states,
        progress: states.indices.map { Double($0) / 10 },
        actions: (0..<steps).map { Action(translation: .init(0.1, Double($0), 0), gripper: 1 / 3) })
    }
    return Recording(
      policy: "my/policy", block: "semantic/0003",
      episodes: [
        one(0, steps: 4), one(1, steps: 0), RecordedEpisode(episode: episode(2), outcome: .error),
      ])
  }()

  @Test func whatIsWrittenIsReadToTheBit() throws {
    let data = try Self.recording.encoded()
    #expect(try Recording(data, path: "r") == Self.recording)
    #expect(try Self.recording.encoded() == data)
  }

  @Test func aFileThatIsCutAnywhereIsRefused() throws {
    let data = try Self.recording.encoded()
    for count in 0..<data.count {
      #expect(throws: RecordingError.self) { try Recording(data.prefix(count), path: "r") }
    }
    #expect(throws: RecordingError.self) { try Recording(data + [0], path: "r") }
  }

  @Test func aFileOfAnotherKindSaysWhich() throws {
    func with(_ key: String, _ value: String) throws -> Data {
      var arrays = try NumberArrays(Self.recording.encoded())
      arrays.metadata[key] = value
      return arrays.encoded()
    }
    #expect(
      throws: RecordingError.unknownVersion(path: "r", found: "2", known: "1")
    ) { try Recording(with("version", "2"), path: "r") }
    #expect(throws: RecordingError.self) { try Recording(with("format", "pt"), path: "r") }
    #expect(throws: RecordingError.self) { try Recording(with("episodes", "[{}]"), path: "r") }
  }

  /// Sizes that contradict each other, numbers that overflow, JSON that is none: an error or a recording, never a trap.
  @Test func brokenFilesNeverTrap() throws {
    let whole = [UInt8](try Self.recording.encoded())
    var chance = RandomStream(seed: 5).named("recordings")
    let header = 8 + Int(whole[0]) + Int(whole[1]) << 8
    let tally = Fuzz.trial(of: "recordings of trajectories", byDefault: 1500) { _ in
      var bytes = whole
      for _ in 0...chance.integer(below: 4) {
        // Mostly the header, where the promises are.
        let place = chance.integer(below: chance.chance(0.9) ? header : bytes.count)
        switch chance.integer(below: 3) {
        case 0: bytes[place] = UInt8(chance.integer(below: 256))
        case 1: bytes[place] = UInt8(ascii: "9")
        default: bytes.insert(UInt8(ascii: "9"), at: place)
        }
      }
      _ = try Recording(Data(bytes), path: "r.safetensors")
    } judging: {
      Refusal.fault($0, naming: "r.safetensors")
    }
    #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
  }

  @Test(arguments: [
    ("openvla", "openvla"), ("my/policy:1", "my%2Fpolicy%3A1"), ("..", "%2E."), ("", "%"),
    ("é", "%C3%A9"), ("50%", "50%25"),
  ])
  func namesOfPoliciesAreNamesOfFiles(name: String, file: String) {
    #expect(FileName.escaped(name) == file)
  }

  @Test func aFolderFindsWhatItWroteAndNothingElse() throws {
    let run = FileManager.default.temporaryDirectory
      .appendingPathComponent("recordings-\(UInt64.random(in: 0...(.max)))").path
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: run) }
    let folder = RecordingFolder(ofRun: run)
    try folder.write(Self.recording)
    let file = "\(run)/recordings/my%2Fpolicy/semantic-0003.safetensors"
    #expect(FileContents.exists(file))
    let found = try folder.episode(
      Self.episode(0), policy: "my/policy", block: "semantic/0003")
    #expect(found == Self.recording.episodes[0])
    #expect(throws: RecordingError.self) {
      try folder.recording(policy: "my/policy", block: "semantic/0004")
    }
    // One that was moved there is told from the block's own.
    try FileManager.default.copyItem(
      atPath: file, toPath: folder.file(policy: "my/policy", block: "semantic/0005"))
    #expect(throws: RecordingError.self) {
      try folder.recording(policy: "my/policy", block: "semantic/0005")
    }
    // What a writer left that was killed goes, what is whole stays. No process has this number.
    try Data([1]).write(to: URL(fileURLWithPath: file + ".partial-99999999"))
    folder.removeUnfinished()
    #expect(!FileContents.exists(file + ".partial-99999999") && FileContents.exists(file))
  }
}
