import EnvironmentInterface
import Environments
import Foundation

/// How fast what a training learns from is made: `performance demonstrations [ROOT]`.
enum DemonstrationRates {
  static func measure(root: String) throws {
    var figures: [String: Double] = [:]
    let environment = try TabletopEnvironment(root: root)
    let source = TabletopDemonstrations(environment: environment)
    let requests = [
      (
        "vision",
        DemonstrationRequest(
          content: .vision, seed: 1, decisionsPerFrame: 0, questionsPerFrame: 5, patchGrid: 8,
          chunkLength: 1)
      ),
      (
        "vision_unlabelled",
        DemonstrationRequest(
          content: .vision, seed: 1, decisionsPerFrame: 0, questionsPerFrame: 0, patchGrid: 0,
          chunkLength: 1)
      ),
      (
        "robot",
        DemonstrationRequest(
          content: .robot, seed: 1, decisionsPerFrame: 4, questionsPerFrame: 1, patchGrid: 8,
          chunkLength: 1, turnNoise: 0.8, turnShare: 3, mishaps: 0.05, variedLooks: 0.4)
      ),
    ]
    for (name, request) in requests {
      _ = try source.frames(0..<64, of: request)
      let begin = Date()
      let count = 640
      for start in stride(from: 64, to: 64 + count, by: 16) {
        _ = try source.frames(start..<start + 16, of: request)
      }
      figures["demonstration_frames_\(name)"] = Double(count) / Date().timeIntervalSince(begin)
    }
    try Performance.printJSON(figures, [.sortedKeys])
  }
}
