import Evaluation
import Foundation
import Statistics

/// Paired changes as points with two intervals: for these tasks, thick, and for tasks like these, thin.
struct ChangeChart {
  struct Row {
    let name: String
    let change: Double
    let pooled: Interval
    let acrossTasks: Interval?
    let label: String
  }

  let rows: [Row]

  private enum Layout {
    static let names = 250.0
    static let plot = 330.0
    static let values = 190.0
    static let row = 24.0
  }

  /// From where to where the axis goes: whole tenths around all that is drawn, zero included.
  private var range: ClosedRange<Double> {
    let ends = rows.flatMap { row -> [Double] in
      let across = row.acrossTasks ?? row.pooled
      return [row.pooled.lower, row.pooled.upper, across.lower, across.upper]
    }
    let lower = (10 * min(-0.1, ends.min() ?? 0)).rounded(.down) / 10
    let upper = (10 * max(0.1, ends.max() ?? 0)).rounded(.up) / 10
    return max(-1, lower)...min(1, upper)
  }

  func svg() -> String {
    let range = range
    func position(_ change: Double) -> Double {
      let share = (change - range.lowerBound) / (range.upperBound - range.lowerBound)
      return Layout.names + share * Layout.plot
    }
    let bottom = Double(rows.count) * Layout.row + 4
    let step = range.upperBound - range.lowerBound > 1 ? 0.5 : 0.2
    var parts: [String] = []
    for tick in stride(from: -1.0, through: 1.0, by: step / 2)
    where range.contains(tick + 1e-9) || range.contains(tick - 1e-9) {
      let x = position(tick)
      let isZero = abs(tick) < 1e-9
      parts.append(SVG.line(x, 0, x, bottom, style: isZero ? "zero" : "grid"))
      parts.append(
        SVG.text(
          x, bottom + 14, isZero ? "0" : RateText.points(tick, count: 1), anchor: "middle",
          style: "tick"))
    }
    for (number, row) in rows.enumerated() {
      let y = Double(number) * Layout.row + Layout.row / 2
      parts.append(SVG.text(Layout.names - 8, y + 4, row.name, anchor: "end", style: "name"))
      if let wide = row.acrossTasks {
        parts.append(
          SVG.line(position(wide.lower), y, position(wide.upper), y, style: "whisker"))
      }
      parts.append(
        SVG.line(position(row.pooled.lower), y, position(row.pooled.upper), y, style: "range"))
      parts.append(SVG.circle(position(row.change), y, 4, style: "point"))
      parts.append(
        SVG.text(
          Layout.names + Layout.plot + 8, y + 4, row.label, anchor: "start", style: "value"))
    }
    return SVG.picture(
      width: Layout.names + Layout.plot + Layout.values, height: bottom + 22, parts)
  }
}
