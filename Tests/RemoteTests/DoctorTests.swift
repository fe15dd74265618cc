import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Remote

/// A task that a policy can do perfectly from what it sees: a red dot in the picture says which way to go, the robot's
/// position and orientation which way to turn, and the instruction whether to open the gripper.
private enum DotTask {
  static let side = 32

  static func samples(_ count: Int = 48) -> [ExpertSample] {
    var stream = RandomStream(seed: 5).named("dots")
    return (0..<count).map { index in
      let (column, row) = (
        6 + stream.integer(below: side - 12), 6 + stream.integer(below: side - 12)
      )
      var pixels = [UInt8](repeating: 20, count: side * side * 3)
      for y in row - 1...row + 1 {
        for x in column - 1...column + 1 { pixels[(y * side + x) * 3] = 240 }
      }
      let place = Vector3(
        stream.uniform(in: 0.1...0.4), stream.uniform(in: -0.2...0.2), stream.uniform(in: 0.1...0.3)
      )
      let observation = Observation(
        images: [CameraName.primary: Image(height: side, width: side, pixels: pixels)],
        instruction: index % 2 == 0 ? "open" : "close",
        proprioception: Proprioception(
          baseFromGripper: RigidTransform(
            rotation: Rotation(roll: stream.uniform(in: -0.5...0.5), pitch: 0.2, yaw: 0.4),
            translation: place), gripperWidth: 0.05, jointAngles: [0, 0, 0, 0, 0, 0]), step: 0)
      return ExpertSample(observation: observation, action: action(observation))
    }
  }

  /// What is right in a state.
  static func action(_ observation: Observation) -> Action {
    let image = observation.images[CameraName.primary]!
    var (weight, x, y) = (1e-9, 0.0, 0.0)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let start = (row * image.width + column) * 3
        let red = Double(image.pixels[start]) - Double(image.pixels[start + 2])
        guard red > 60 else { continue }
        weight += red
        x += red * Double(column)
        y += red * Double(row)
      }
    }
    let pose = observation.proprioception!.baseFromGripper
    let angles = pose.rotation.rollPitchYaw
    return Action(
      // Turns with the column, so that a few pixels to one side are another way to go.
      translation: Vector3(
        cos(x / weight * .pi / 10), sin(x / weight * .pi / 10), y / weight / 32) * 0.01,
      rotation: Vector3(angles.roll, pose.translation.y * 2, pose.translation.x - 0.2),
      gripper: observation.instruction == "open" ? 1 : 0)
  }
}

/// Does the task, after what it is shown or before what it answers has been spoilt.
private final class SpoiltPolicy: Policy {
  let name = "spoilt"
  let needs: ObservationNeeds = [.image, .instruction, .proprioception]
  var see: (Observation) -> Observation = { $0 }
  var answer: (Action, Int) -> [Action] = { action, _ in [action] }
  private var asked = 0

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try requests.map { request in
      asked += 1
      return .success(
        try ActionChunk(answer(DotTask.action(see(request.observation)), asked)))
    }
  }
}

private func changed(_ observation: Observation, _ input: (inout PictureInput) -> Void)
  -> Observation
{
  var picture = PictureInput(camera: CameraName.primary)
  input(&picture)
  var result = observation
  if let image = observation.images[CameraName.primary],
    let array = try? picture.array(of: image)
  {
    result.images[CameraName.primary] = Image(
      height: array.shape[0], width: array.shape[1], pixels: array.bytes)
  }
  return result
}

@Suite struct DoctorTests {
  private let doctor = Doctor(samples: DotTask.samples())

  @Test func aHealthyPolicyHasNothingWrong() throws {
    for finding in try doctor.examine(SpoiltPolicy()) {
      #expect(finding.verdict == .fine, "\(finding)")
    }
  }

  private static func spoil(_ policy: SpoiltPolicy, _ fault: String) {
    switch fault {
    case "gripper":
      policy.answer = { action, _ in [action.with { $0.gripper = 1 - $0.gripper }] }
    case "gripper range":
      policy.answer = { action, _ in [action.with { $0.gripper = 2 * $0.gripper - 1 }] }
    case "order of rotation":
      policy.answer = { action, _ in
        [action.with { $0.rotation = Vector3($0.rotation.z, $0.rotation.y, $0.rotation.x) }]
      }
    case "order of translation":
      policy.answer = { action, _ in
        [
          action.with {
            $0.translation = Vector3($0.translation.x, -$0.translation.y, $0.translation.z)
          }
        ]
      }
    case "units":
      policy.answer = { action, _ in [action.with { $0.translation = $0.translation * 100 }] }
    case "chunk length":
      policy.answer = { action, count in Array(repeating: action, count: 1 + count % 2) }
    case "determinism":
      policy.answer = { action, count in
        [action.with { $0.translation.x += 1e-4 * Double(count) }]
      }
    case "order of colors": policy.see = { changed($0) { $0.isBGR = true } }
    case "image flip": policy.see = { changed($0) { $0.isTurned = true } }
    case "crop":
      policy.see = {
        let wide = changed($0) {
          $0.height = 25
          $0.width = 25
        }
        var margin = [UInt8](repeating: 20, count: 32 * 32 * 3)
        let image = wide.images[CameraName.primary]!
        for row in 0..<25 {
          for index in 0..<75 {
            margin[((row + 3) * 32 + 3) * 3 + index] = image.pixels[row * 75 + index]
          }
        }
        var result = $0
        result.images[CameraName.primary] = Image(height: 32, width: 32, pixels: margin)
        return result
      }
    case "state layout":
      policy.see = {
        var result = $0
        let place = $0.proprioception!.baseFromGripper.translation
        result.proprioception?.baseFromGripper.translation = Vector3(place.y, place.x, place.z)
        return result
      }
    default: Issue.record("no fault called \(fault)")
    }
  }

  @Test(arguments: [
    "gripper", "gripper range", "order of rotation", "order of translation", "units",
    "chunk length", "determinism", "order of colors", "image flip", "crop", "state layout",
  ])
  func eachFaultOnPurposeIsFound(fault: String) throws {
    let policy = SpoiltPolicy()
    Self.spoil(policy, fault)
    let check = fault.replacingOccurrences(of: " range", with: "")
    let findings = try doctor.examine(policy)
    let finding = try #require(findings.first { $0.check == check })
    #expect(finding.verdict == .wrong && finding.mend != nil, "\(findings)")
  }

  @Test func aPolicyThatDoesSomethingElseIsUnclearAndNotWrong() throws {
    let policy = SpoiltPolicy()
    policy.answer = { action, count in
      let length = action.translation.length
      return [
        Action(translation: Vector3(0, 0, -length), rotation: .zero, gripper: 0.5)
      ]
    }
    let findings = try doctor.examine(policy)
    for check in ["image flip", "order of colors", "crop"] {
      #expect(findings.first { $0.check == check }?.verdict != .wrong, "\(findings)")
    }
  }
}

extension Action {
  fileprivate func with(_ change: (inout Action) -> Void) -> Action {
    var result = self
    change(&result)
    return result
  }
}
