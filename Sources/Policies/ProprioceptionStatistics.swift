import Foundation

/// How a dataset's proprioception is spread: what normalizes a robot's state for an OpenVLA-OFT checkpoint.
///
/// The layout of `proprio` in `dataset_statistics.json` and `norm_stats`, as far as it is used.
public struct ProprioceptionStatistics: Hashable, Sendable, Decodable {
  /// 1st percentile.
  public var q01: [Double]
  /// 99th percentile.
  public var q99: [Double]
  /// Which numbers are scaled; absent means all.
  public var mask: [Bool]?

  /// The state in [−1, 1], as the published `normalize_proprio` makes it; numbers without a mask are clamped alone.
  ///
  /// - Precondition: `state` is as long as the statistics.
  public func normalized(_ state: [Double]) -> [Double] {
    state.indices.map { index in
      let scaled =
        mask?[index] ?? true
        ? 2 * (state[index] - q01[index]) / (q99[index] - q01[index] + 1e-8) - 1 : state[index]
      return min(1, max(-1, scaled))
    }
  }

  /// What is wrong with statistics for states of `count` numbers, nil where nothing is.
  func flaw(count: Int) -> String? {
    for (name, length) in [
      ("q01", q01.count), ("q99", q99.count), ("mask", mask?.count ?? count),
    ] where length != count {
      return "'proprio.\(name)' holds \(length) numbers where the projector takes \(count)"
    }
    return (q01 + q99).allSatisfy(\.isFinite) ? nil : "'proprio' holds a number that is not finite"
  }
}

extension PolicyCheckpoint {
  private struct Dataset: Decodable {
    var proprioception: ProprioceptionStatistics?
    enum CodingKeys: String, CodingKey { case proprioception = "proprio" }
  }

  private struct Configuration: Decodable {
    var statistics: [String: Dataset]?
    enum CodingKeys: String, CodingKey { case statistics = "norm_stats" }
  }

  /// The statistics of states of `count` numbers, from the file that `statistics(key:)` takes the actions' from.
  func proprioceptionStatistics(key: String?, count: Int) throws -> ProprioceptionStatistics {
    let purpose = "proprioception statistics"
    let own = "dataset_statistics.json"
    let hasOwn = FileManager.default.fileExists(atPath: folder.appendingPathComponent(own).path)
    let file = hasOwn ? own : "config.json"
    let all =
      hasOwn
      ? try decoded([String: Dataset].self, from: own, for: purpose)
      : try decoded(Configuration.self, from: file, for: purpose).statistics ?? [:]
    let path = folder.appendingPathComponent(file).path
    let known = all.keys.sorted()
    guard let name = key ?? (known.count == 1 ? known[0] : nil) else {
      throw CheckpointError.ambiguousStatistics(known: known, path: path)
    }
    guard let statistics = all[name]?.proprioception else {
      throw CheckpointError.badStatistics(
        path: path, key: name, reason: "'proprio' is missing, which the proprio_projector needs")
    }
    if let flaw = statistics.flaw(count: count) {
      throw CheckpointError.badStatistics(path: path, key: name, reason: flaw)
    }
    return statistics
  }
}
