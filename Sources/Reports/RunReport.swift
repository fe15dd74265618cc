import EnvironmentInterface
import Evaluation
import Statistics

/// A run, or two beside each other, as one HTML page that needs nothing but a browser.
///
/// A pure function of the runs' files: it holds no time, so that the same runs give the same bytes.
public struct RunReport {
  let run: RunFiles
  let table: ResultTable
  let explanation: Explanation
  /// The earlier run of two with what has changed since.
  let earlier: RunFiles?
  let comparisons: [Comparison]
  let flips: [FlipExplanation]

  /// - Parameter earlier: the run before, with which the run is compared episode by episode.
  /// - Throws: `EvaluationError` for a run without episodes, or two that share no policy.
  public init(on run: RunFiles, since earlier: RunFiles? = nil) throws(EvaluationError) {
    if run.records.isEmpty { throw .noEpisodes(run.path) }
    self.run = run
    self.earlier = earlier
    table = Summary(of: run.records).table
    explanation = Explanation(of: run.records)
    guard let earlier else {
      (comparisons, flips) = ([], [])
      return
    }
    comparisons = try Comparison.ofCommonPolicies(baseline: earlier, candidate: run)
    var flips: [FlipExplanation] = []
    for policy in earlier.policies where run.policies.contains(policy) {
      flips.append(try FlipExplanation(of: policy, from: earlier, to: run))
    }
    self.flips = flips
  }

  /// The page.
  public func html() -> String {
    let title = "Trestle: \(table.sections.map(\.suite).joined(separator: ", "))"
    let sections = [
      head(title), comparison, suites, changes, reasons, suspects, provenance, reading,
    ]
    return HTML.page(titled: title, sections)
  }

  private func head(_ title: String) -> String {
    let count = run.records.count
    let state =
      run.missing.map { " The run is unfinished: \($0.finished) of \($0.promised) episodes." } ?? ""
    return HTML.element("h1", [], HTML.escaped(title))
      + HTML.element(
        "p", [("class", "lead")],
        HTML.escaped(
          "\(count) episodes of \(table.policies.count) policies, seed \(table.seed).\(state)"))
  }
}
