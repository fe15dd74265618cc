import Foundation

/// Statistics of actions and states over a whole dataset, as OpenVLA un-normalises actions with them.
///
/// The definitions are those of `get_dataset_statistics` in OpenVLA's loaders: NumPy's mean, population standard
/// deviation and linearly interpolated quantiles, per number.
public struct DatasetStatistics: Hashable, Sendable {
  public struct Series: Hashable, Sendable {
    public var mean: [Double]
    public var std: [Double]
    public var min: [Double]
    public var max: [Double]
    public var q01: [Double]
    public var q99: [Double]
  }

  public var action: Series
  public var state: Series
  public var frames: Int
  public var episodes: Int
  /// Which numbers of an action are normalised.
  public var mask: [Bool]

  /// - Parameters:
  ///   - actions: one array a frame, at least one.
  ///   - states: one array a frame, as many.
  init(actions: [[Double]], states: [[Double]], episodes: Int, mask: [Bool]) {
    action = Series(actions)
    state = Series(states)
    frames = actions.count
    self.episodes = episodes
    self.mask = mask
  }

  /// `dataset_statistics.json`.
  func json(name: String) throws -> Data {
    func object(_ series: Series) -> [String: Any] {
      [
        "mean": series.mean, "std": series.std, "min": series.min, "max": series.max,
        "q01": series.q01, "q99": series.q99,
      ]
    }
    var action = object(self.action)
    action["mask"] = mask
    return try JSONSerialization.data(
      withJSONObject: [
        name: [
          "action": action, "proprio": object(state), "num_transitions": frames,
          "num_trajectories": episodes,
        ]
      ], options: [.prettyPrinted, .sortedKeys])
  }
}

extension DatasetStatistics.Series {
  fileprivate init(_ rows: [[Double]]) {
    let columns = (rows.first ?? []).indices.map { column in rows.map { $0[column] }.sorted() }
    let count = Double(rows.count)
    mean = columns.map { $0.reduce(0, +) / count }
    std = zip(columns, mean).map { column, mean in
      (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
    min = columns.map { $0.first ?? 0 }
    max = columns.map { $0.last ?? 0 }
    q01 = columns.map { Self.quantile(0.01, of: $0) }
    q99 = columns.map { Self.quantile(0.99, of: $0) }
  }

  /// NumPy's default ("linear") quantile of sorted values.
  private static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    let position = fraction * Double(sorted.count - 1)
    let below = Int(position)
    guard below + 1 < sorted.count else { return sorted.last ?? 0 }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * (position - Double(below))
  }
}
