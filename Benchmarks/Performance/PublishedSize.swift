import Console
import EnvironmentInterface
import Foundation
import Networks
import Policies
import Torch

/// Loads one checkpoint and lets it act on a gray image; prints one JSON object. `openvla_7b.py` sets it beside PyTorch.
///
/// `performance act FOLDER bfloat16|int8|int4 ID,ID,… REPEATS`
enum PublishedSize {
  struct Figures: Encodable {
    /// Seconds to load, of the first action, and of the fastest one.
    var load: Double
    var first: Double
    var action: Double
    var tokens: [Int]
    var peakGigabytes: Double
    var weightGigabytes: Double

    enum CodingKeys: String, CodingKey {
      case load, first, action, tokens
      case peakGigabytes = "peak_gb"
      case weightGigabytes = "weights_gb"
    }
  }

  static func measure(_ arguments: [String]) throws {
    guard arguments.count == 4, let repeats = Int(arguments[3]), repeats > 0 else {
      StandardStreams.say("usage: performance act FOLDER bfloat16|int8|int4 ID,ID,... REPEATS\n")
      exit(2)
    }
    keepFreedMemory()
    let ids = arguments[2].split(separator: ",").compactMap { Int($0) }
    let image = Image(
      height: 224, width: 224, pixels: [UInt8](repeating: 128, count: 224 * 224 * 3))
    var predictor: ActionPredictor?
    let load = try seconds {
      predictor = try ActionPredictor(
        checkpoint: PolicyCheckpoint(at: URL(fileURLWithPath: arguments[0], isDirectory: true)),
        loading: CheckpointLoading(
          device: .cpu, quantization: WeightQuantization(rawValue: arguments[1])),
        statisticsKey: nil)
    }
    guard let predictor else { return }
    var tokens: [Int] = []
    let times = try (0..<repeats).map { _ in
      try seconds { tokens = try predictor.prediction(image: image, inputIDs: ids).tokens }
    }
    let figures = Figures(
      load: load, first: times[0], action: times.min() ?? 0, tokens: tokens,
      peakGigabytes: Performance.peakMemory() / 1e9,
      weightGigabytes: Double(predictor.network.weightByteCount) / 1e9)
    try Performance.printJSON(figures, [.sortedKeys])
  }

  private static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(work)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
