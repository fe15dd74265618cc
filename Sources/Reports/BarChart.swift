import Evaluation
import Statistics

/// Success rates as bars with their intervals, a row each, drawn as SVG.
struct BarChart {
  struct Bar {
    /// A class of the style sheet, which sets the color.
    let style: String
    let proportion: Proportion
    /// What the bar is, for whoever points at it.
    let title: String
  }

  struct Row {
    let name: String
    let bars: [Bar]
  }

  let rows: [Row]

  private enum Layout {
    static let names = 170.0
    static let plot = 380.0
    static let values = 180.0
    static let bar = 16.0
    static let gap = 10.0
    static let axis = 22.0
  }

  func svg() -> String {
    var y = 4.0
    var parts: [String] = []
    let bottom = rows.reduce(y) { $0 + Double($1.bars.count) * Layout.bar + Layout.gap }
    for tick in stride(from: 0, through: 100, by: 25) {
      let x = position(Double(tick) / 100)
      parts.append(SVG.line(x, 0, x, bottom, style: "grid"))
      parts.append(SVG.text(x, bottom + 14, "\(tick) %", anchor: "middle", style: "tick"))
    }
    for row in rows {
      let height = Double(row.bars.count) * Layout.bar
      parts.append(
        SVG.text(Layout.names - 8, y + height / 2 + 4, row.name, anchor: "end", style: "name"))
      for bar in row.bars {
        parts.append(draw(bar, at: y))
        y += Layout.bar
      }
      y += Layout.gap
    }
    return SVG.picture(
      width: Layout.names + Layout.plot + Layout.values, height: bottom + Layout.axis, parts)
  }

  private func position(_ rate: Double) -> Double { Layout.names + rate * Layout.plot }

  private func draw(_ bar: Bar, at y: Double) -> String {
    guard bar.proportion.count > 0 else { return "" }
    let rate = bar.proportion.rate
    let interval = bar.proportion.wilsonInterval(confidence: RateText.confidence)
    let middle = y + Layout.bar / 2
    let value = "\(RateText.rate(bar.proportion)) \(RateText.interval(bar.proportion))"
    return HTML.element(
      "g", [],
      HTML.element("title", [], HTML.escaped("\(bar.title): \(value)"))
        + SVG.rectangle(
          Layout.names, y + 2, max(1, rate * Layout.plot), Layout.bar - 4, style: bar.style)
        + SVG.line(
          position(interval.lower), middle, position(interval.upper), middle, style: "whisker")
        + SVG.text(
          Layout.names + Layout.plot + 8, middle + 4, value, anchor: "start", style: "value"))
  }
}
