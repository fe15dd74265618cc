import Evaluation
import Statistics

/// A success rate over the strength of a factor: a line with its intervals as a band, drawn as SVG.
struct CurveChart {
  let curve: RobustnessCurve.Policy
  /// A class of the style sheet, which sets the color.
  let style: String

  private enum Layout {
    static let left = 60.0
    static let plot = 560.0
    static let height = 220.0
    static let top = 10.0
    static let right = 30.0
    static let axis = 40.0
  }

  func svg() -> String {
    var parts: [String] = []
    for tick in stride(from: 0, through: 100, by: 25) {
      let y = position(rate: Double(tick) / 100)
      parts.append(SVG.line(Layout.left, y, Layout.left + Layout.plot, y, style: "grid"))
      parts.append(SVG.text(Layout.left - 8, y + 4, "\(tick) %", anchor: "end", style: "tick"))
    }
    let bottom = Layout.top + Layout.height
    for point in curve.points {
      parts.append(
        SVG.text(
          position(strength: point.strength), bottom + 16, "\(point.strength)", anchor: "middle",
          style: "tick"))
    }
    parts.append(
      SVG.text(
        Layout.left + Layout.plot / 2, bottom + 34, "strength", anchor: "middle", style: "tick"))
    let upper = curve.points.map { place($0.strength, $0.interval.upper) }
    let lower = curve.points.map { place($0.strength, $0.interval.lower) }
    parts.append(SVG.polygon(upper + lower.reversed(), style: "band \(style)"))
    parts.append(
      SVG.polyline(
        curve.points.map { place($0.strength, $0.result.proportion.rate) }, style: "curve"))
    parts += curve.points.map(marker)
    return SVG.picture(
      width: Layout.left + Layout.plot + Layout.right,
      height: Layout.top + Layout.height + Layout.axis, parts)
  }

  private func marker(at point: RobustnessCurve.Point) -> String {
    let (x, y) = place(point.strength, point.result.proportion.rate)
    let value =
      "\(RateText.rate(point.result.proportion)) \(RateText.interval(point.result.proportion))"
    return HTML.element(
      "g", [],
      HTML.element("title", [], HTML.escaped("strength \(point.strength): \(value)"))
        + SVG.line(
          x, position(rate: point.interval.lower), x, position(rate: point.interval.upper),
          style: "whisker") + SVG.circle(x, y, 4, style: "point"))
  }

  private func place(_ strength: Double, _ rate: Double) -> (x: Double, y: Double) {
    (position(strength: strength), position(rate: rate))
  }

  private func position(strength: Double) -> Double { Layout.left + strength * Layout.plot }

  private func position(rate: Double) -> Double { Layout.top + (1 - rate) * Layout.height }
}
