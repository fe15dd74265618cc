import Foundation

/// The few shapes that the charts are drawn with; colors are classes of the style sheet.
enum SVG {
  static func picture(width: Double, height: Double, _ parts: [String]) -> String {
    HTML.element(
      "div", [("class", "wide")],
      HTML.element(
        "svg",
        [
          ("viewBox", "0 0 \(number(width)) \(number(height))"), ("role", "img"),
          ("width", number(width)), ("height", number(height)),
        ], parts.joined(separator: "\n")))
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String
  {
    HTML.element(
      "line",
      [
        ("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2)),
        ("class", style),
      ])
  }

  static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, style: String)
    -> String
  {
    HTML.element(
      "rect",
      [
        ("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)),
        ("class", style),
      ])
  }

  static func circle(_ x: Double, _ y: Double, _ radius: Double, style: String) -> String {
    HTML.element(
      "circle",
      [("cx", number(x)), ("cy", number(y)), ("r", number(radius)), ("class", style)])
  }

  static func polyline(_ points: [(x: Double, y: Double)], style: String) -> String {
    HTML.element("polyline", [("points", list(points)), ("class", style)])
  }

  static func polygon(_ points: [(x: Double, y: Double)], style: String) -> String {
    HTML.element("polygon", [("points", list(points)), ("class", style)])
  }

  private static func list(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  static func text(_ x: Double, _ y: Double, _ text: String, anchor: String, style: String)
    -> String
  {
    HTML.element(
      "text",
      [("x", number(x)), ("y", number(y)), ("text-anchor", anchor), ("class", style)],
      HTML.escaped(text))
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
