/// One figure of trainings over the images that they learned from, drawn as SVG.
struct LearningChart {
  /// A list for each training, in the order of colors; empty where it lacks the figure.
  let curves: [[LearningReport.Point]]
  /// For each training, what share of the trivial answer's its stages' gates allow; nil for a stage without one.
  var gates: [[Double?]] = []
  let stages: [LearningReport.Stage]
  /// Where the axis ends.
  let lastImages: Int

  private enum Layout {
    static let left = 44.0
    static let plot = 340.0
    static let height = 150.0
    static let top = 18.0
    static let right = 16.0
    static let axis = 22.0
  }

  func svg() -> String {
    let edge = upperEdge
    var parts = ChartAxis.ticks(to: edge).flatMap { tick in
      let y = height(of: tick, under: edge)
      return [
        SVG.line(Layout.left, y, Layout.left + Layout.plot, y, style: "grid"),
        SVG.text(Layout.left - 6, y + 4, ChartAxis.label(tick), anchor: "end", style: "tick"),
      ]
    }
    let bottom = Layout.top + Layout.height
    parts += ChartAxis.ticks(to: Double(lastImages) / 1000).map { tick in
      SVG.text(
        place(of: tick * 1000), bottom + 16, tick == 0 ? "0" : "\(ChartAxis.label(tick))k",
        anchor: "middle", style: "tick")
    }
    var begin = 0
    for stage in stages {
      let x = place(of: Double(begin))
      if begin > 0 { parts.append(SVG.line(x, Layout.top, x, bottom, style: "grid")) }
      parts.append(SVG.text(x + 2, Layout.top - 6, stage.name, anchor: "start", style: "tick"))
      begin = stage.images
    }
    for (index, points) in curves.enumerated() {
      let style = LearningReport.style(index)
      let byStage = Dictionary(grouping: points, by: \.stage)
      for points in byStage.keys.sorted().compactMap({ byStage[$0] }) {
        let trivial = points.compactMap { point in point.trivial.map { (point.images, $0) } }
        parts.append(line(trivial, under: edge, style: "trivial \(style)"))
        let own = points.map { ($0.images, $0.own) }
        parts.append(line(own, under: edge, style: "learned \(style)"))
        parts.append(gate(of: index, after: points, under: edge))
      }
    }
    return SVG.picture(
      width: Layout.left + Layout.plot + Layout.right,
      height: Layout.top + Layout.height + Layout.axis, parts)
  }

  /// The gate at the end of a stage's looks; nothing where it has none.
  private func gate(of training: Int, after points: [LearningReport.Point], under edge: Double)
    -> String
  {
    guard let last = points.last, gates.indices.contains(training),
      gates[training].indices.contains(last.stage), let share = gates[training][last.stage],
      let trivial = last.trivial
    else { return "" }
    let (x, y) = (place(of: Double(last.images)), height(of: share * trivial, under: edge))
    let text = "gate: at most \(ChartAxis.text(share * trivial))"
    return HTML.element(
      "g", [],
      HTML.element("title", [], HTML.escaped(text))
        + SVG.line(x - 16, y, x, y, style: "gate \(LearningReport.style(training))"))
  }

  /// High enough for trivial answers, and for all but the first tenth of what was learned, which is often far above the rest.
  private var upperEdge: Double {
    let late = curves.flatMap { points in
      points.filter { $0.images > lastImages / 10 }.map(\.own)
    }
    let all = late.isEmpty ? curves.flatMap { $0.map(\.own) } : late
    let highest = (all + curves.flatMap { $0.compactMap(\.trivial) }).max() ?? 0
    return highest > 0 ? highest * 1.08 : 1
  }

  private func line(_ points: [(images: Int, value: Double)], under edge: Double, style: String)
    -> String
  {
    let places = points.map {
      (x: place(of: Double($0.images)), y: height(of: $0.value, under: edge))
    }
    // A figure of a single look, such as the successes at the end, is a point.
    guard places.count != 1 else { return SVG.circle(places[0].x, places[0].y, 4, style: style) }
    return places.isEmpty ? "" : SVG.polyline(places, style: style)
  }

  private func place(of images: Double) -> Double {
    Layout.left + images / Double(max(1, lastImages)) * Layout.plot
  }

  private func height(of value: Double, under edge: Double) -> Double {
    Layout.top + (1 - min(1, max(0, value / edge))) * Layout.height
  }
}
