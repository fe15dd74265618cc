import EnvironmentInterface
import Foundation

/// What of a dataset's actions becomes −1 and 1, by OpenVLA-OFT's names.
public enum ActionNormalization: String, Hashable, Sendable, Codable, CaseIterable {
  /// The 1st and the 99th percentile; what lies beyond is clipped. Turns of more than a few degrees, where fewer than one
  /// step in a hundred makes one to a side, are then never learned.
  case boundsQ99 = "bounds_q99"
  /// The smallest and the largest, as Diffusion Policy's normalizer has it (Chi and others, 2023).
  case bounds
}

/// How a dataset's actions are spread, per number of an action: what normalises and un-normalises them.
///
/// The layout of `dataset_statistics.json` and of `norm_stats` in a published `config.json`. Acting needs the two
/// percentiles and the mask; the others are kept for those who read the file, and for training.
public struct ActionStatistics: Hashable, Sendable, Codable {
  public var mean: [Double]?
  public var std: [Double]?
  public var max: [Double]?
  public var min: [Double]?
  /// 1st percentile.
  public var q01: [Double]
  /// 99th percentile.
  public var q99: [Double]
  /// Which numbers are normalised; absent means all. The gripper's is false.
  public var mask: [Bool]?

  /// The statistics of actions.
  ///
  /// - Precondition: `actions` is not empty.
  public init(of actions: [[Double]], mask: [Bool]) {
    precondition(!actions.isEmpty, "statistics of no actions")
    let count = Double(actions.count)
    let columns = actions[0].indices.map { index in actions.map { $0[index] }.sorted() }
    let means = columns.map { $0.reduce(0, +) / count }
    mean = means
    std = zip(columns, means).map { column, mean in
      (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
    min = columns.map { $0[0] }
    max = columns.map { $0[$0.count - 1] }
    q01 = columns.map { Self.quantile(0.01, ofSorted: $0) }
    q99 = columns.map { Self.quantile(0.99, ofSorted: $0) }
    self.mask = mask
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    q01 = try values.decode([Double].self, forKey: .q01)
    q99 = try values.decode([Double].self, forKey: .q99)
    mask = try values.decodeIfPresent([Bool].self, forKey: .mask)
    // Whatever stands in what acting does not use can't harm it; JSON has no place for what is not finite.
    func unused(_ key: CodingKeys) -> [Double]? {
      let list = try? values.decodeIfPresent([Double].self, forKey: key)
      return list.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
    }
    (mean, std, max, min) = (unused(.mean), unused(.std), unused(.max), unused(.min))
  }

  /// The same with the extremes in the place of the percentiles, where actions are normalised by those; nil where the
  /// extremes are not known.
  public func scaled(by normalization: ActionNormalization) -> ActionStatistics? {
    guard normalization == .bounds else { return self }
    guard let min, let max else { return nil }
    var scaled = self
    (scaled.q01, scaled.q99) = (min, max)
    return scaled
  }

  /// NumPy's default quantile: linear between the two nearest order statistics.
  private static func quantile(_ q: Double, ofSorted values: [Double]) -> Double {
    let position = q * Double(values.count - 1)
    let low = Int(position.rounded(.down))
    let high = Swift.min(values.count - 1, low + 1)
    return values[low] + (values[high] - values[low]) * (position - Double(low))
  }

  /// The action in [−1, 1], as the published data loader makes it; numbers without spread become 0.
  ///
  /// - Precondition: The statistics are of actions, so that they hold the extremes too.
  public func normalized(_ action: [Double]) -> [Double] {
    action.indices.map { index in
      guard mask?[index] ?? true else { return action[index] }
      guard let max, let min, max[index] > min[index] else { return 0 }
      let scaled = 2 * (action[index] - q01[index]) / (q99[index] - q01[index] + 1e-8) - 1
      return Swift.min(1, Swift.max(-1, scaled))
    }
  }

  /// The action in metres and radians, as the published `predict_action` makes it.
  public func unnormalized(_ action: [Double]) -> [Double] {
    action.indices.map { index in
      guard mask?[index] ?? true else { return action[index] }
      return 0.5 * (action[index] + 1) * (q99[index] - q01[index]) + q01[index]
    }
  }

  /// What is wrong with statistics for actions of `count` numbers, as far as acting uses them; nil where nothing is.
  func flaw(count: Int, normalization: ActionNormalization = .boundsQ99) -> String? {
    let percentiles = Bounds(low: q01, high: q99, mask: mask)
    if let flaw = percentiles.flaw(count: count, of: "an action has") { return flaw }
    guard normalization == .bounds else { return nil }
    guard let min, let max else {
      return
        "'min' or 'max' is missing or not finite, which `action_normalization: bounds` scales by"
    }
    return Bounds(low: min, high: max, mask: mask, names: ("min", "max"))
      .flaw(count: count, of: "an action has")
  }
}

/// What becomes −1 and 1 of numbers that are scaled, and which are.
struct Bounds {
  var low: [Double]
  var high: [Double]
  var mask: [Bool]?
  /// Their keys in the file.
  var names = (low: "q01", high: "q99")

  /// - Parameters:
  ///   - thing: What has `count` numbers, for the message.
  ///   - prefix: What stands before the keys in the file.
  func flaw(count: Int, of thing: String, prefix: String = "") -> String? {
    for (name, length) in [
      (names.low, low.count), (names.high, high.count), ("mask", mask?.count ?? count),
    ] where length != count {
      return "'\(prefix)\(name)' holds \(length) numbers where \(thing) \(count)"
    }
    for index in 0..<count where mask?[index] ?? true {
      let (low, high) = (low[index], high[index])
      guard low.isFinite, high.isFinite, (high - low).isFinite else {
        return "number \(index) of '\(prefix)\(names.low)' and '\(prefix)\(names.high)' "
          + "(\(low) and \(high)) is not finite"
      }
      guard low <= high else {
        return "'\(prefix)\(names.low)' is above '\(prefix)\(names.high)' at number \(index) "
          + "(\(low) and \(high)); \(names.low) <= \(names.high) is needed"
      }
    }
    return nil
  }
}
