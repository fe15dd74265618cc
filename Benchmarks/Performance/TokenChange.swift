import Console
import EnvironmentInterface
import Environments
import Foundation
import Networks
import Policies
import Torch

/// How the shipped OpenVLA's action tokens change when its weights are kept in fewer bits, over rendered observations.
///
/// `performance tokens [ROOT]` prints a Markdown table. bfloat16 is what the others are compared with, float32 included.
enum TokenChange {
  private static let observationCount = 300

  static func measure(root: String) throws {
    let (images, instructions) = try moments(root: root)
    func tokens(_ loading: CheckpointLoading) throws -> [[Int]] {
      let folder = URL(fileURLWithPath: root).appendingPathComponent("Checkpoints/openvla")
      return try OpenVLAPolicy(
        name: "openvla", checkpoint: PolicyCheckpoint(at: folder), loading: loading,
        statisticsKey: nil
      ).predictions(images: images, instructions: instructions).map(\.tokens)
    }
    let reference = try tokens(CheckpointLoading(device: .cpu, dtype: .bfloat16))
    let others: [(String, CheckpointLoading)] = [
      ("float32", CheckpointLoading(device: .cpu, dtype: .float32)),
      ("int8", CheckpointLoading(device: .cpu, quantization: .int8)),
      ("int4", CheckpointLoading(device: .cpu, quantization: .int4)),
    ]
    StandardStreams.print(
      """
      | weights | tokens unlike bfloat16's | median step [bins] | 95 % within [bins] | other gripper |
      | --- | ---: | ---: | ---: | ---: |

      """)
    for (name, loading) in others {
      let answers = try tokens(loading)
      // Neighbouring ids are neighbouring bins.
      let motion = zip(answers, reference).flatMap {
        zip($0.dropLast(), $1.dropLast()).map { abs($0 - $1) }
      }
      let gripper = zip(answers, reference).map { abs(($0.last ?? 0) - ($1.last ?? 0)) }
      let steps = (motion + gripper).filter { $0 > 0 }.count
      let sorted = motion.sorted()
      // Open and closed are 255 bins apart.
      let turned = gripper.filter { $0 > 127 }.count
      StandardStreams.print(
        "| \(name) | \(percent(steps, motion.count + gripper.count)) | \(sorted[sorted.count / 2]) "
          + "| \(sorted[sorted.count * 95 / 100]) | \(percent(turned, gripper.count)) |\n")
    }
  }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    String(format: "%.1f %%", 100 * Double(part) / Double(whole))
  }

  /// Moments of the expert's episodes in distribution: every third step, all tasks in turn.
  private static func moments(root: String) throws -> ([Image], [String]) {
    let environment = try TabletopEnvironment(root: root)
    let tasks = environment.suites.first { $0.name == "in-distribution" }?.tasks ?? []
    var images: [Image] = []
    var instructions: [String] = []
    for index in 0... {
      let episode = try environment.episode(
        suite: "in-distribution", task: tasks[index % tasks.count], index: index, seed: 21,
        strength: 1)
      var state = try environment.start(episode)
      for step in 0..<episode.stepLimit where !environment.status(of: state).isSuccess {
        if step.isMultiple(of: 3) {
          let observation = try environment.observations(
            of: [state], needs: [.image, .instruction])[0]
          guard let image = observation.primaryImage, let instruction = observation.instruction
          else {
            continue
          }
          images.append(image)
          instructions.append(instruction)
          if images.count == observationCount { return (images, instructions) }
        }
        environment.step(&state, applying: environment.expertAction(in: state))
      }
    }
    return (images, instructions)
  }
}
