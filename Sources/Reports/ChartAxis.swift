import Foundation

/// The numbers beside a chart's axis, which begins with zero.
enum ChartAxis {
  /// Round steps, three to six of them, up to a maximum; zero alone where that is not above zero.
  static func ticks(to maximum: Double) -> [Double] {
    guard maximum > 0, maximum.isFinite else { return [0] }
    let power = pow(10, floor(log10(maximum / 3)))
    guard power > 0, power.isFinite else { return [0] }
    let step = [1, 2, 5, 10].map { $0 * power }.last { maximum / $0 >= 3 } ?? power
    return Array(stride(from: 0, through: maximum, by: step).prefix(12))
  }

  /// With as many digits as tell its size.
  static func text(_ value: Double) -> String {
    String(
      format: value != 0 && abs(value) < 0.1 ? "%.2g" : abs(value) < 10 ? "%.2f" : "%.1f", value)
  }

  /// A tick's label: no digit that says nothing.
  static func label(_ value: Double) -> String { String(format: "%g", value) }
}
