import Evaluation

/// How the episodes of each policy ended: solved, and by reason where not, as one bar of shares.
struct ReasonChart {
  struct Row {
    let name: String
    let episodes: Int
    let successes: Int
    let reasons: [FailureReason: Int]

    /// Failures of which nobody recorded why, errors among them.
    var unexplained: Int { episodes - successes - reasons.values.reduce(0, +) }
  }

  let rows: [Row]

  private enum Layout {
    static let names = 170.0
    static let plot = 530.0
    static let row = 26.0
  }

  func svg() -> String {
    var parts: [String] = []
    for (number, row) in rows.enumerated() where row.episodes > 0 {
      let y = Double(number) * Layout.row
      parts.append(SVG.text(Layout.names - 8, y + 17, row.name, anchor: "end", style: "name"))
      var x = Layout.names
      for (name, style, count) in Self.shares(of: row) where count > 0 {
        let width = Double(count) / Double(row.episodes) * Layout.plot
        var bar = HTML.element("title", [], HTML.escaped("\(name): \(count) of \(row.episodes)"))
        bar += SVG.rectangle(x, y + 4, width, Layout.row - 8, style: style)
        if width > 22 {
          bar += SVG.text(x + width / 2, y + 17, "\(count)", anchor: "middle", style: "inside")
        }
        parts.append(HTML.element("g", [], bar))
        x += width
      }
    }
    return SVG.picture(
      width: Layout.names + Layout.plot + 20, height: Double(rows.count) * Layout.row, parts)
  }

  /// The colors with their meanings.
  func legend() -> String {
    let present = rows.flatMap { Self.shares(of: $0) }.filter { $0.count > 0 }.map(\.style)
    let items = Self.shares(of: Row(name: "", episodes: 0, successes: 0, reasons: [:]))
      .filter { present.contains($0.style) }
      .map { name, style, _ in
        HTML.element("span", [("class", "key \(style)")]) + HTML.escaped(" \(name)")
      }
    return HTML.element("p", [("class", "legend")], items.joined(separator: " &ensp; "))
  }

  private static func shares(of row: Row) -> [(name: String, style: String, count: Int)] {
    [("solved", "solved", row.successes)]
      + FailureReason.allCases.enumerated().map { number, reason in
        (reason.words, "reason\(number)", row.reasons[reason] ?? 0)
      } + [("failed, no reason recorded", "unexplained", row.unexplained)]
  }
}
