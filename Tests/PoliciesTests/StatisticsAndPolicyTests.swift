import EnvironmentInterface
import Foundation
import RandomNumbers
import Testing

@testable import Policies

@Suite struct ActionStatisticsTests {
  static let actions = (0...100).map { step -> [Double] in
    [Double(step), 0, 5, -Double(step), 0, 0.5, step % 2 == 0 ? 1 : 0]
  }
  let statistics = ActionStatistics(
    of: Self.actions, mask: [true, true, true, true, true, true, false])

  /// NumPy's `quantile` of 0…100 at 0.01 and 0.99.
  @Test func quantilesAreNumPys() {
    #expect(abs(statistics.q01[0] - 1) < 1e-12)
    #expect(abs(statistics.q99[0] - 99) < 1e-12)
  }

  @Test func normalizedActionsComeBackWhereTheyAreNotClamped() {
    for action in Self.actions[1...99] {
      let back = statistics.unnormalized(statistics.normalized(action))
      for (a, b) in zip(action, back) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func theGripperIsNotNormalized() {
    #expect(statistics.normalized(Self.actions[0])[6] == 1)
    #expect(statistics.unnormalized([0, 0, 0, 0, 0, 0, 0.99608])[6] == 0.99608)
  }

  @Test func numbersWithoutSpreadStayWhatTheyAre() {
    #expect(statistics.normalized(Self.actions[3])[2] == 0)
    #expect(statistics.unnormalized([0, 0, 0, 0, 0, 0, 0])[2] == 5)
  }
}

@Suite struct RandomPolicyTests {
  let policy = RandomPolicy(translation: 0.03, rotation: 0.25)

  func request(_ number: Int) -> PolicyRequest {
    PolicyRequest(
      slot: number, observation: Observation(step: 0),
      randomness: RandomStream(seed: 3).numbered(number))
  }

  @Test func anAnswerDoesNotDependOnTheBatch() throws {
    let together = try policy.chunks(for: (0..<8).map(request))
    for number in 0..<8 {
      #expect(try policy.chunks(for: [request(number)])[0].get() == together[number].get())
    }
  }

  @Test func actionsStayWithinTheLimits() throws {
    for answer in try policy.chunks(for: (0..<200).map(request)) {
      let action = try answer.get().actions[0]
      #expect(action.translation.x.magnitude <= 0.03)
      #expect(action.rotation.z.magnitude <= 0.25)
      #expect([0, 1].contains(action.gripper))
    }
  }
}

@Suite struct CheckpointTests {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trestle-checkpoint-\(UInt64.random(in: 0...(.max)))")

  func write(_ text: String, _ name: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  @Test func aFolderWithoutConfigurationNamesTheFile() throws {
    #expect { try PolicyCheckpoint(at: folder) } throws: {
      "\($0)".contains("config.json: no such file")
    }
  }

  struct BrokenCase: Sendable, CustomTestStringConvertible {
    let text: String
    let expected: String
    var testDescription: String { expected }
  }

  @Test(arguments: [
    BrokenCase(text: "{", expected: "not valid JSON"),
    BrokenCase(text: "{}", expected: "lacks the key 'model_type'"),
    BrokenCase(text: #"{"model_type": "llava"}"#, expected: "'llava' can't be used here"),
    BrokenCase(
      text: #"{"model_type": "openvla", "policy": {"location_bins": "many"}}"#,
      expected: "policy.location_bins"),
  ])
  func brokenConfigurationsAreClearErrors(_ broken: BrokenCase) throws {
    try write(broken.text, "config.json")
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect { try PolicyCheckpoint(at: folder) } throws: { "\($0)".contains(broken.expected) }
  }

  @Test func theHashFollowsTheFiles() throws {
    try write(#"{"model_type": "openvla"}"#, "config.json")
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoint = try PolicyCheckpoint(at: folder)
    let first = try checkpoint.weightsHash()
    #expect(try checkpoint.weightsHash() == first)
    try write("{}", "dataset_statistics.json")
    #expect(try checkpoint.weightsHash() != first)
  }
}
