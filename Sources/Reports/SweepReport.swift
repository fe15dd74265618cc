import Evaluation
import Statistics

/// A sweep over the strength of one factor as one HTML page that needs nothing but a browser.
public struct SweepReport {
  private let runs: [RunFiles]
  private let curve: RobustnessCurve

  /// - Throws: `EvaluationError` for runs without episodes, and for those that differ in more than the strength.
  public init(on runs: [RunFiles], in path: String) throws(EvaluationError) {
    self.runs = runs
    curve = try RobustnessCurve(of: runs, in: path)
  }

  /// The page.
  public func html() -> String {
    let title = "Trestle: \(curve.suite), factor \(curve.factor)"
    let count = runs.reduce(0) { $0 + $1.records.count }
    let head =
      HTML.element("h1", [], HTML.escaped(title))
      + HTML.element(
        "p", [("class", "lead")],
        HTML.escaped(
          "\(count) episodes at \(curve.strengths.count) strengths of \(curve.factor) alone, seed "
            + "\(curve.seed)."))
    return HTML.page(
      titled: title, [head] + curve.policies.map(section) + [provenance, reading])
  }

  private func section(on policy: RobustnessCurve.Policy) -> String {
    HTML.element("h2", [], HTML.escaped(policy.name))
      + CurveChart(curve: policy, style: policy.kind.rawValue).svg()
      + HTML.table(
        ["strength", "solved", "95 % interval", "change from the weakest"],
        policy.points.map { point in
          [
            "\(point.strength)", RateText.rate(point.result.proportion),
            RateText.interval(point.result.proportion), RobustnessCurve.change(at: point),
          ]
        })
  }

  private var provenance: String {
    guard let description = runs.first?.description else { return "" }
    return HTML.element("h2", [], "How it was run")
      + HTML.table(
        ["fact", "value"],
        [description.facts, description.machine].flatMap { facts in
          facts.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        })
  }

  private var reading: String {
    HTML.element("h2", [], "How to read it")
      + HTML.element(
        "p", [("class", "note")],
        "Bands are 95 % Wilson intervals of each rate alone. Every strength has the same draws, so that the change "
          + "is paired (Tango, 95 %, percentage points): two bands may overlap and the change still be beyond "
          + "chance. " + RateText.misses(of: curve.intervalCount))
  }
}
