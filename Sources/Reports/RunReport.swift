import EnvironmentInterface
import Evaluation
import Statistics

/// A run, or two beside each other, as one HTML page that needs nothing but a browser.
///
/// A pure function of the runs' files: it holds no time, so that the same runs give the same bytes.
public struct RunReport {
  let run: RunFiles
  /// Episodes of the policies that are shown.
  private let shownCount: Int
  let table: ResultTable
  let explanation: Explanation
  /// The earlier run of two with what has changed since.
  let earlier: RunFiles?
  let comparisons: [Comparison]
  let flips: [FlipExplanation]
  let exhibits: [FlipExhibit]

  /// - Parameters:
  ///   - earlier: the run before, with which the run is compared episode by episode.
  ///   - pairs: which policies of the two are compared, and alone shown; empty for all that both have.
  ///   - exhibits: flips to be looked at: between the runs, or between an episode and its clean twin.
  /// - Throws: `EvaluationError` for a run without episodes, or two that share no policy.
  public init(
    on run: RunFiles, since earlier: RunFiles? = nil, comparing pairs: [PolicyPair] = [],
    exhibits: [FlipExhibit] = []
  ) throws(EvaluationError) {
    if run.records.isEmpty { throw .noEpisodes(run.path) }
    self.run = run
    self.exhibits = exhibits
    self.earlier = earlier
    let shown =
      pairs.isEmpty
      ? run.records
      : run.records.filter { record in pairs.contains { $0.later == record.policy } }
    shownCount = shown.count
    table = Summary(of: shown, in: run.description).table
    explanation = Explanation(of: shown)
    var comparisons: [Comparison] = []
    var flips: [FlipExplanation] = []
    if let earlier {
      let pairs = try pairs.isEmpty ? PolicyPair.common(to: earlier, and: run) : pairs
      for pair in pairs {
        comparisons.append(
          try Comparison(of: pair.earlier, in: earlier, with: pair.later, in: run))
        flips.append(try FlipExplanation(of: pair, from: earlier, to: run))
      }
    }
    self.comparisons = comparisons
    self.flips = flips
  }

  /// The page.
  public func html() -> String {
    let title = "Trestle: \(table.sections.map(\.suite).joined(separator: ", "))"
    let sections = [
      head(title), comparison, suites, policies, changes, gallery, reasons, suspects, provenance,
      reading,
    ]
    return HTML.page(titled: title, sections)
  }

  private func head(_ title: String) -> String {
    let count = shownCount
    let state =
      run.missing.map { " The run is unfinished: \($0.finished) of \($0.promised) episodes." } ?? ""
    return HTML.element("h1", [], HTML.escaped(title))
      + HTML.element(
        "p", [("class", "lead")],
        HTML.escaped(
          "\(count) episodes of \(table.policies.count == 1 ? "1 policy" : "\(table.policies.count) policies"), "
            + "seed \(table.seed).\(state)"))
  }
}
