import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Remote

/// A policy file of the test's own in a folder of its own.
private struct PolicyFile {
  let url: URL

  init(_ source: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appendingPathComponent("my_policy.py")
    try Data(source.utf8).write(to: url)
  }

  func policy(_ attribute: String = "P", _ change: (inout PythonSettings) -> Void = { _ in })
    throws -> PythonPolicy
  {
    var settings = PythonSettings()
    change(&settings)
    return try PythonPolicy(
      PythonPolicyName("\(url.path):\(attribute)"), name: "mine", settings: settings)
  }
}

private func request(slot: Int = 0, step: Int = 0, instruction: String = "lift the can")
  -> PolicyRequest
{
  let image = Image(height: 2, width: 2, pixels: [UInt8](0..<12))
  let robot = Proprioception(
    baseFromGripper: RigidTransform(translation: Vector3(0.1, 0.2, 0.3)), gripperWidth: 0.04,
    jointAngles: [1, 2, 3, 4, 5, 6])
  return PolicyRequest(
    slot: slot,
    observation: Observation(
      images: [CameraName.primary: image], instruction: instruction, proprioception: robot,
      step: step),
    randomness: RandomStream(seed: 7).numbered(slot))
}

private let briefing = EpisodeBriefing(
  id: "0123456789abcdef", instruction: "lift the can", stepLimit: 40, setup: "tabletop")

private func message(_ answer: Result<ActionChunk, PolicyError>) -> String {
  switch answer {
  case .success(let chunk): "\(chunk.actions.map(\.values))"
  case .failure(let error): error.description
  }
}

@Suite struct PythonPolicyTests {
  @Test func theAnswerOfAClassIsTheAction() throws {
    let policy = try PolicyFile(
      """
      class P:
          def act(self, observation):
              return [0.5, -0.25, 0, 0, 0, 0.125, 1]
      """
    ).policy()
    let answers = try policy.chunks(for: [request(), request(slot: 1)])
    let expected = try ActionChunk([Action([0.5, -0.25, 0, 0, 0, 0.125, 1])])
    #expect(answers == [.success(expected), .success(expected)])
  }

  @Test(arguments: ["P", "factory", "instance", "holder.inner"])
  func everyKindOfAttributeGivesAPolicy(attribute: String) throws {
    let policy = try PolicyFile(
      """
      class P:
          def act(self, observation):
              return [1] * 7
      def factory():
          return P()
      instance = P()
      class holder:
          inner = P
      """
    ).policy(attribute)
    #expect(message(try policy.chunks(for: [request()])[0]).hasPrefix("[[1.0, 1.0"))
  }

  @Test func argumentsReachTheClass() throws {
    let policy = try PolicyFile(
      """
      class P:
          def __init__(self, speed):
              self.speed = speed
          def act(self, observation):
              return [self.speed] * 7
      """
    ).policy { $0.arguments = #"{"speed": 0.75}"# }
    #expect(message(try policy.chunks(for: [request()])[0]).hasPrefix("[[0.75"))
  }

  /// Every part of the observation, with NumPy and without.
  @Test(arguments: ["exec python3 \"$@\"", "exec python3 -S \"$@\""])
  func theObservationIsWhole(interpreter: String) throws {
    let file = try PolicyFile(
      """
      class P:
          def act(self, observation):
              image = observation["image"]
              assert tuple(image.shape) == (2, 2, 3)
              assert observation["instruction"] == "lift the can"
              return [image[1, 0, 2], observation["position"][1], observation["gripper_width"][0],
                      observation["joint_angles"][5], observation["quaternion_wxyz"][0],
                      observation["step"], observation["slot"]]
      """)
    let script = file.url.deletingLastPathComponent().appendingPathComponent("python")
    // By another process: a child that another test forks meanwhile would hold this one's open file, which is then too busy to run.
    let write = #"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#
    try Process.run(
      URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", write, "sh", script.path, interpreter]
    ).waitUntilExit()
    let policy = try file.policy { $0.python = script.path }
    if interpreter.contains("-S") { #expect(policy.facts["numpy"] == "none") }
    let answer = try policy.chunks(for: [request(slot: 0), request(slot: 3, step: 9)])[1].get()
    let values = answer.actions[0].values
    #expect(abs(values[1] - 0.2) < 1e-6 && abs(values[2] - 0.04) < 1e-6)  // float32 in NumPy
    #expect([values[0], values[3], values[4], values[5], values[6]] == [8, 6, 1, 9, 3])
  }

  @Test func aBatchIsAskedTogetherAndChunksKeepTheirLength() throws {
    let policy = try PolicyFile(
      """
      class P:
          def reset(self, slot):
              pass
          def act_batch(self, observations):
              return [[[len(observations)] * 7] * (o["slot"] + 1) for o in observations]
      """
    ).policy()
    #expect(policy.episodesAtOnce > 1)
    let answers = try policy.chunks(for: [request(slot: 0), request(slot: 2)])
    #expect(try answers.map { try $0.get().actions.count } == [1, 3])
    #expect(try answers[0].get().actions[0].gripper == 2)
  }

  @Test func anObjectWithResetAloneRemembersOneEpisode() throws {
    let policy = try PolicyFile(
      """
      class P:
          def reset(self):
              self.steps = 0
          def act(self, observation):
              self.steps += 1
              return [self.steps] * 7
      """
    ).policy()
    #expect(policy.episodesAtOnce == 1)
    for _ in 0..<2 {
      policy.begin(slot: 0, episode: briefing)
      let steps = try (0..<3).map { try policy.chunks(for: [request(step: $0)])[0].get() }
      #expect(steps.map(\.actions[0].gripper) == [1, 2, 3])
    }
  }

  @Test func anExceptionIsItsEpisodesErrorWithItsTraceback() throws {
    let policy = try PolicyFile(
      """
      class P:
          def act(self, observation):
              if observation["slot"] == 1:
                  return self.missing_part
              return [0] * 7
      """
    ).policy()
    let answers = try policy.chunks(for: (0..<3).map { request(slot: $0) })
    #expect((try? answers[0].get()) != nil && (try? answers[2].get()) != nil)
    let text = message(answers[1])
    #expect(text.contains("AttributeError") && text.contains("return self.missing_part"))
    #expect(!text.contains("trestle worker"))
  }

  @Test func printsAndReadsDoNotDisturbTheChannel() throws {
    let policy = try PolicyFile(
      """
      import os, sys
      class P:
          def act(self, observation):
              print("hello " * 3000)
              os.write(1, b"raw")
              assert sys.stdin.read() == ""
              return [0] * 7
      """
    ).policy()
    for _ in 0..<3 { #expect((try? policy.chunks(for: [request()])[0].get()) != nil) }
  }

  struct BadAnswer: CustomTestStringConvertible, Sendable {
    var python: String
    var said: String
    var testDescription: String { python }
  }

  @Test(arguments: [
    BadAnswer(python: "[0] * 6", said: "the answer is 6, where an action has 7 numbers"),
    BadAnswer(python: "[[[0] * 7] * 2] * 2", said: "2×2×7"),
    BadAnswer(python: "3", said: "a single number"),
    BadAnswer(python: "[float('nan')] * 7", said: "must be finite"),
    BadAnswer(python: "[]", said: "the answer is 0"),
    BadAnswer(python: "None", said: "answered None"),
    BadAnswer(python: "'left'", said: "ValueError"),
    BadAnswer(python: "{'motion': [0] * 7}", said: "neither 'actions' nor 'action'"),
    BadAnswer(python: "[[0] * 7, [0] * 6]", said: "Error"),
  ])
  func aBadAnswerIsThePolicysError(bad: BadAnswer) throws {
    let policy = try PolicyFile("class P:\n    def act(self, o):\n        return \(bad.python)\n")
      .policy()
    let answer = try policy.chunks(for: [request()])[0]
    #expect((try? answer.get()) == nil)
    #expect(message(answer).contains(bad.said))
  }

  @Test func aLateAnswerIsAnErrorAndTheNextOneIsNot() throws {
    let policy = try PolicyFile(
      """
      import time
      class P:
          def act(self, observation):
              if observation["step"] == 1:
                  time.sleep(60)
              return [0] * 7
      """
    ).policy { $0.timeout = 0.5 }
    #expect(throws: RemoteError.self) { try policy.chunks(for: [request(step: 1)]) }
    #expect((try? policy.chunks(for: [request(step: 0)])[0].get()) != nil)
  }

  @Test func aWorkerThatDiesIsStartedAgain() throws {
    let file = try PolicyFile(
      """
      import os, pathlib
      mark = pathlib.Path(__file__).with_name("died")
      class P:
          def act(self, observation):
              if observation["step"] == 5 and not mark.exists():
                  mark.touch()
                  os._exit(9)
              return [0] * 7
      class Q(P):
          def reset(self):
              pass
      """)
    // Without a memory the question is asked again.
    let forgetful = try file.policy("P")
    #expect((try? forgetful.chunks(for: [request(step: 5)])[0].get()) != nil)
    // With one the episode is over, and the next one begins well.
    try FileManager.default.removeItem(
      at: file.url.deletingLastPathComponent().appendingPathComponent("died"))
    let remembering = try file.policy("Q")
    remembering.begin(slot: 0, episode: briefing)
    #expect((try? remembering.chunks(for: [request(step: 0)])[0].get()) != nil)
    let text = message(try remembering.chunks(for: [request(step: 5)])[0])
    #expect(text.contains("interrupted") && text.contains("exit code 9"))
    remembering.begin(slot: 0, episode: briefing)
    #expect((try? remembering.chunks(for: [request(step: 0)])[0].get()) != nil)
  }

  @Test func whatCannotBeLoadedSaysWhy() throws {
    let file = try PolicyFile("import nowhere_to_be_found\nclass P: pass\n")
    #expect {
      _ = try file.policy()
    } throws: {
      "\($0)".contains("ModuleNotFoundError") && "\($0)".contains("import nowhere_to_be_found")
    }
    #expect {
      _ = try PolicyFile("class P: pass\n").policy()
    } throws: {
      "\($0)".contains("neither act nor act_batch")
    }
    #expect {
      _ = try file.policy { $0.python = "/nowhere/python3" }
    } throws: {
      "\($0)".contains("--python")
    }
  }

  @Test func needsAreReadFromTheObject() throws {
    let source =
      "class P:\n    needs = [\"instruction\"]\n    def act(self, o):\n        return []\n"
    #expect(try PolicyFile(source).policy().needs == [.instruction])
    #expect(throws: RemoteError.self) {
      try PolicyFile(source.replacingOccurrences(of: "instruction", with: "sonar")).policy()
    }
  }
}

@Suite struct PythonPolicyNameTests {
  @Test func namesAreToldFromOtherPolicies() {
    for text in ["my.py", "my.py:P", "a/b.py:make", "package.module:attr", "m:A.b"] {
      #expect(PythonPolicyName.matches(text), "\(text)")
    }
    for text in ["openvla", "ws://host:8000", "Checkpoints/x", "host:8000", "C:/x", "a-b:c"] {
      #expect(!PythonPolicyName.matches(text) || (try? PythonPolicyName(text)) == nil, "\(text)")
    }
  }

  @Test func aMissingAttributeIsAskedFor() {
    #expect {
      _ = try PythonPolicyName("my.py")
    } throws: {
      "\($0)".contains("my.py:NAME")
    }
  }
}
