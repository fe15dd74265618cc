/// What trainings saw of themselves, as one HTML page that needs nothing but a browser: each figure over the images that were learned
/// from, beside the trivial answer that it has to beat.
public struct LearningReport {
  /// One figure of a training over its looks.
  public struct Curve: Sendable {
    /// With its unit; curves of one name share a chart.
    public var name: String
    public var points: [Point]

    public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }
  }

  /// A figure at one look.
  public struct Point: Sendable {
    /// Which of the stages looked: each has frames of its own, so that no line goes from one to the next.
    public var stage: Int
    /// Images that were learned from until then.
    public var images: Int
    public var own: Double
    /// What the trivial answer has there; nil where there is none.
    public var trivial: Double?

    public init(stage: Int = 0, images: Int, own: Double, trivial: Double? = nil) {
      (self.stage, self.images, self.own, self.trivial) = (stage, images, own, trivial)
    }
  }

  /// A stretch of training on one mixture.
  public struct Stage: Sendable {
    public var name: String
    /// Images that were learned from by its last look.
    public var images: Int
    /// By a figure's name, the share of the trivial answer's that it may have at the stage's end.
    public var gates: [String: Double]

    public init(name: String, images: Int, gates: [String: Double] = [:]) {
      (self.name, self.images, self.gates) = (name, images, gates)
    }
  }

  /// One training.
  public struct Training: Sendable {
    public var name: String
    /// What it says of itself: images, minutes, seed.
    public var summary: String
    public var stages: [Stage]
    public var curves: [Curve]

    public init(name: String, summary: String, stages: [Stage], curves: [Curve]) {
      (self.name, self.summary, self.stages, self.curves) = (name, summary, stages, curves)
    }
  }

  private let trainings: [Training]

  /// - Parameter trainings: At most two are told apart by their colors.
  public init(on trainings: [Training]) { self.trainings = trainings }

  /// The page.
  public func html() -> String {
    let title = "Trestle: training of " + trainings.map(\.name).joined(separator: " and ")
    let head =
      HTML.element("h1", [], HTML.escaped(title))
      + trainings.enumerated().map { index, training in
        HTML.element(
          "p", [("class", "lead")],
          HTML.element("span", [("class", "key \(Self.style(index))")])
            + HTML.escaped(" \(training.name): \(training.summary)"))
      }.joined()
    let charts = names.map { name in
      HTML.element(
        "div", [],
        HTML.element("h3", [], HTML.escaped(name))
          + LearningChart(
            curves: trainings.map { $0.curves.first { $0.name == name }?.points ?? [] },
            gates: trainings.map { $0.stages.map { $0.gates[name] } },
            stages: longestStages, lastImages: lastImages
          ).svg())
    }
    return HTML.page(
      titled: title,
      [
        head, HTML.element("div", [("class", "charts")], charts.joined(separator: "\n")), ends,
        reading,
      ])
  }

  /// The class that colors a training.
  static func style(_ index: Int) -> String { index == 0 ? "entry" : "control" }

  /// The names of all figures, in the order in which they first came.
  private var names: [String] {
    var names: [String] = []
    for curve in trainings.flatMap(\.curves) where !names.contains(curve.name) {
      names.append(curve.name)
    }
    return names
  }

  /// The stages of the training that is farthest: those of one under way name but a part of the charts.
  private var longestStages: [Stage] {
    trainings.map(\.stages).max { ($0.last?.images ?? 0) < ($1.last?.images ?? 0) } ?? []
  }

  private var lastImages: Int {
    trainings.flatMap { $0.curves.compactMap { $0.points.last?.images } }.max() ?? 0
  }

  /// The last look at each figure.
  private var ends: String {
    HTML.element("h2", [], "At the last look")
      + HTML.table(
        ["figure"] + trainings.flatMap { [$0.name, "trivial answer"] },
        names.map { name in
          [name]
            + trainings.flatMap { training in
              let last = training.curves.first { $0.name == name }?.points.last
              return [last?.own, last?.trivial].map { $0.map(ChartAxis.text) ?? "" }
            }
        })
  }

  private var reading: String {
    HTML.element("h2", [], "How to read it")
      + HTML.element(
        "p", [("class", "note")],
        "Every figure is an error and should fall. The three losses are of the images that were learned from, all else of frames "
          + "that training never sees, other ones in each stage. The dashed line is the trivial answer: an action of zeros, "
          + "fingers that are always open, the best one angle for all, or always making the mistake. A figure that stays near it "
          + "was not learned. A thick bar at a stage's end is its gate: the figure has to be no higher there. Names at the top "
          + "stand where a stage begins, of two trainings in the one that has learned from more images. What lies above a chart is "
          + "drawn at its upper edge.")
  }
}
