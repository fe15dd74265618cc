import EnvironmentInterface
import Evaluation
import Statistics

extension RunReport {
  // MARK: - Rates

  /// A chart and a table by task for each suite.
  var suites: String {
    table.sections.map { section in
      let chart = BarChart(
        rows: section.rows.map { row in BarChart.Row(name: row.policy, bars: bars(of: row)) })
      let tasks = section.columns.enumerated().compactMap { index, column -> [String]? in
        switch column {
        case .task, .bothOfPair: break
        case .mean, .paper, .change: return nil
        }
        return [column.name]
          + section.rows.map { row in
            row.cells[index].map { "\($0.words.value) \($0.words.interval)" } ?? "–"
          }
      }
      let key =
        section.columns.contains(.change)
        ? HTML.element(
          "p", [("class", "legend")],
          "Solid: as the suite asks. Pale: the same episodes without their perturbation.") : ""
      let notes = [section.acrossTasks, section.solvabilityNote].filter { !$0.isEmpty }
      let pairs =
        section.columns.contains(.bothOfPair)
        ? HTML.element("p", [("class", "note")], HTML.escaped(ResultTable.pairLegend)) : ""
      return HTML.element("h2", [], HTML.escaped(section.suite)) + chart.svg() + key
        + notes.map { HTML.element("p", [("class", "note")], HTML.escaped($0)) }.joined()
        + HTML.table(["task"] + section.rows.map(\.policy), tasks) + pairs
    }.joined(separator: "\n")
  }

  /// What is known of the policies: sizes, trainings, and how far trainings of one recipe are apart.
  var policies: String {
    let notes = table.policyNotes
    guard !notes.isEmpty else { return "" }
    return HTML.element("h2", [], "What the policies are")
      + HTML.element(
        "ul", [], notes.map { HTML.element("li", [], HTML.escaped($0)) }.joined(separator: "\n"))
  }

  private func bars(of row: ResultTable.Row) -> [BarChart.Bar] {
    [
      row.mean.map {
        BarChart.Bar(style: row.kind.rawValue, proportion: $0.count, title: "as the suite asks")
      },
      row.change.map {
        BarChart.Bar(style: "clean", proportion: $0.clean.count, title: "clean twins")
      },
    ].compactMap { $0 }
  }

  // MARK: - Changes

  /// The change against the clean twins, with both intervals.
  var changes: String {
    let rows = table.policies.flatMap { policy in
      table.sections.compactMap { section -> ChangeChart.Row? in
        let row = section.rows.first { $0.policy == policy.name }
        guard let change = row?.change else { return nil }
        return ChangeChart.Row(
          name: "\(policy.name), \(section.suite)", change: change.pairs.change,
          pooled: change.interval, acrossTasks: change.acrossTasks?.interval,
          label: "\(change.words.value) \(change.words.interval)")
      }
    }
    guard !rows.isEmpty else { return "" }
    return HTML.element("h2", [], "What the perturbation costs")
      + ChangeChart(rows: rows).svg()
      + Self.changeLegend("against the same episodes unperturbed")
  }

  private static func changeLegend(_ since: String) -> String {
    HTML.element(
      "p", [("class", "legend")],
      "Percentage points \(since). Thick: for these tasks (Tango, 95 %). Thin: for tasks like these (t over task means, "
        + "95 %).")
  }

  // MARK: - Two runs

  /// What has changed since the earlier run.
  var comparison: String {
    guard let earlier else { return "" }
    var text = HTML.element("h2", [], HTML.escaped("Since \(earlier.path)"))
    let rows = comparisons.flatMap { comparison in
      comparison.rows.map { row in
        ChangeChart.Row(
          name: "\(comparison.policy), \(row.name)", change: row.pairs.change,
          pooled: row.pairs.scoreInterval(confidence: RateText.confidence),
          acrossTasks: row.acrossTasks?.interval,
          label: "\(row.pairs.lost) lost, \(row.pairs.gained) gained of \(row.pairs.count)")
      }
    }
    text +=
      rows.isEmpty
      ? HTML.element("p", [], "The two runs share no episode.")
      : ChangeChart(rows: rows).svg() + Self.changeLegend("since the earlier run")
    for difference in comparisons.first?.facts.all ?? [] {
      let words = difference.words(inOne: "the earlier run", inOther: "this one")
      text += HTML.element("p", [("class", "note")], HTML.escaped("Differs: \(words)"))
    }
    for (comparison, flip) in zip(comparisons, flips) {
      text += names("\(flip.name): lost", comparison.lost)
      text += names("\(flip.name): gained", comparison.gained)
      if !flip.lost.isEmpty {
        text += HTML.element("p", [], HTML.escaped("\(flip.name) lost more than the rest:"))
        text += features(flip.lost) + Self.caution(flip.considered.lost)
      }
      if !flip.gained.isEmpty {
        text += HTML.element("p", [], HTML.escaped("\(flip.name) gained more than the rest:"))
        text += features(flip.gained) + Self.caution(flip.considered.gained)
      }
    }
    return text
  }

  /// A list of episodes that can be watched by their names.
  private func names(_ title: String, _ names: [EpisodeName]) -> String {
    let most = 200
    guard !names.isEmpty else { return "" }
    let items = names.prefix(most).map {
      HTML.element("li", [], HTML.element("code", [], HTML.escaped("\($0)")))
    }.joined()
    let more = names.count > most ? ", the first \(most)" : ""
    return HTML.element(
      "details", names.count <= 12 ? [("open", "")] : [],
      HTML.element("summary", [], HTML.escaped("\(title) \(names.count)\(more)"))
        + HTML.element("ul", [("class", "names")], items))
  }

  /// Flips beside each other.
  var gallery: String {
    guard !exhibits.isEmpty else { return "" }
    let all =
      earlier == nil
      ? "An episode and its clean twin, of which one succeeded and the other did not."
      : "The same episode in both runs, of which one solved it and the other did not."
    return HTML.element("h2", [], "Flips, side by side")
      + HTML.element("p", [("class", "legend")], HTML.escaped(all))
      + exhibits.map { $0.html() }.joined(separator: "\n") + FlipExhibit.script
  }

  // MARK: - Why

  /// How episodes ended, by reason.
  var reasons: String {
    let rows = explanation.policies.map {
      ReasonChart.Row(
        name: $0.name, episodes: $0.episodes, successes: $0.episodes - $0.failures,
        reasons: $0.reasons)
    }
    guard rows.contains(where: { !$0.reasons.isEmpty }) else { return "" }
    let chart = ReasonChart(rows: rows)
    return HTML.element("h2", [], "Why episodes failed") + chart.svg() + chart.legend()
  }

  /// What fails more than the rest.
  var suspects: String {
    let parts = explanation.policies.compactMap { policy -> String? in
      let beyond = Self.beyondChance(of: policy)
      guard !beyond.isEmpty else { return nil }
      return HTML.element("p", [], HTML.escaped(policy.name)) + features(beyond)
        + Self.caution(policy.considered)
    }
    guard !parts.isEmpty else { return "" }
    return HTML.element("h2", [], "What fails more than the rest") + parts.joined()
  }

  /// Those that the page names.
  private static func beyondChance(of policy: Explanation.Policy) -> [Explanation.Feature] {
    Array(policy.suspects.filter(\.isBeyondChance).prefix(8))
  }

  private static func caution(_ considered: Int) -> String {
    HTML.element("p", [("class", "note")], HTML.escaped(Explanation.caution(considered)))
  }

  private func features(_ features: [Explanation.Feature]) -> String {
    HTML.table(
      ["shared by the episodes", "share", "95 % interval", "lift"],
      features.map {
        [
          $0.name, RateText.rate($0.failures), RateText.interval($0.failures),
          $0.liftWords,
        ]
      })
  }

  // MARK: - Provenance

  /// What the run was and where it ran.
  var provenance: String {
    guard let description = run.description else { return "" }
    var rows = [
      ["seed", "\(description.seed)"], ["strength", "\(description.strength)"],
      [
        "policies",
        description.contestants.map { "\($0.name) (\($0.kind))" }.joined(separator: ", "),
      ],
    ]
    for facts in [description.facts, description.machine, description.notes] {
      rows += facts.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    }
    return HTML.element("h2", [], "How it was run")
      + HTML.element(
        "div", [("class", "wide")],
        HTML.element(
          "table", [],
          rows.map { row in
            HTML.element("tr", [], row.map { HTML.element("td", [], HTML.escaped($0)) }.joined())
          }.joined(separator: "\n")))
  }

  /// How many intervals the page shows: of the table, of clean twins, of changes since the earlier run, of features.
  var intervalCount: Int {
    let twins = table.sections.flatMap(\.rows).count { $0.change != nil }
    let changes = comparisons.flatMap(\.rows).reduce(0) { $0 + ($1.acrossTasks == nil ? 1 : 2) }
    let features =
      explanation.policies.reduce(0) { $0 + Self.beyondChance(of: $1).count }
      + flips.reduce(0) { $0 + $1.lost.count + $1.gained.count }
    return table.intervalCount + twins + changes + features
  }

  /// What the numbers mean.
  var reading: String {
    HTML.element("h2", [], "How to read it")
      + HTML.element(
        "p", [("class", "note")],
        "Rates have 95 % Wilson intervals; errors count as failures. Means hold for the tasks shown. "
          + RateText.misses(of: intervalCount) + " Watch any episode with "
          + HTML.element("code", [], "bench view NAME") + ", run it again with "
          + HTML.element("code", [], "bench repro RUN NAME") + ".")
      + HTML.element(
        "p", [("class", "note")],
        "Made by Trestle, a benchmark of policies that see and read; cite it by its version and commit above."
      )
  }
}
