import Foundation
import Statistics

/// Rates as people read them: never without their count and their uncertainty.
package enum RateText {
  /// The confidence of every interval in summaries.
  package static let confidence = 0.95

  /// Count and rate: `18/30 60 %`.
  package static func rate(_ proportion: Proportion) -> String {
    "\(proportion.successes)/\(proportion.count) \(percent(proportion.rate, count: proportion.count)) %"
  }

  /// `[42–75]`, in percent.
  package static func interval(_ proportion: Proportion) -> String {
    let interval = proportion.wilsonInterval(confidence: confidence)
    let count = proportion.count
    return "[\(percent(interval.lower, count: count))–\(percent(interval.upper, count: count))]"
  }

  /// The change in percentage points: `−27 pp`.
  package static func change(_ pairs: PairedCounts) -> String {
    "\(points(pairs.change, count: pairs.count)) pp"
  }

  /// `[−37, −18]`, in percentage points.
  package static func interval(_ interval: Interval, count: Int) -> String {
    "[\(points(interval.lower, count: count)), \(points(interval.upper, count: count))]"
  }

  package static func percent(_ rate: Double, count: Int) -> String {
    decimal(100 * rate, places: places(count))
  }

  /// A signed number of percentage points with a true minus.
  package static func points(_ change: Double, count: Int) -> String {
    let digits = decimal(abs(100 * change), places: places(count))
    // What rounds to zero has no sign.
    if digits.allSatisfy({ $0 == "0" || $0 == "." }) { return digits }
    return (change < 0 ? "−" : "+") + digits
  }

  package static func decimal(_ value: Double, places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  /// `1,918,208`.
  package static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// What the number of intervals on a page means.
  package static func misses(of intervals: Int) -> String {
    intervals == 1
      ? "1 interval: one in twenty such misses the truth."
      : "\(intervals) intervals: about \(decimal(Double(intervals) * (1 - confidence), places: 1)) of them miss the truth."
  }

  /// `0.031`, `0.0019`, or `<0.0001`.
  package static func probability(_ p: Double) -> String {
    p < 0.0001 ? "<0.0001" : p < 0.01 ? decimal(p, places: 4) : decimal(p, places: 3)
  }

  /// A level of a test with the digits that it has: `0.0027`, `0.00028`.
  package static func level(_ level: Double) -> String { String(format: "%.2g", level) }

  /// A tenth of a percent is only shown where an episode is no more than that.
  private static func places(_ count: Int) -> Int { count >= 1000 ? 1 : 0 }
}

extension Double {
  /// Rounded to four decimals: what a rate of any realistic count supports, and free of the last bits
  /// in which mathematics libraries differ.
  var roundedForReport: Double {
    let rounded = (self * 1e4).rounded() / 1e4
    return rounded == 0 ? 0 : rounded  // no negative zero
  }
}
