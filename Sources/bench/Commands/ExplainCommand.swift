import ArgumentParser
import Evaluation

/// `bench explain`: why episodes failed, and what they have in common.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why episodes failed and what they have in common.",
    discussion: """
      bench explain Runs/1                       failure reasons by task; what fails more than the rest
      bench explain Runs/1 Runs/2                what the episodes share whose outcomes differ
      bench explain Runs/1:openvla Runs/2:mine   the same for one policy of each
      bench explain Runs/sweep                   the curve of a sweep, then each strength
      """)

  @Argument(
    help: ArgumentHelp(
      "One or two run folders, or their episodes.jsonl; :POLICY behind each picks a policy.",
      valueName: "run[:policy]"))
  var runs: [String]

  @Option(help: ArgumentHelp("Only these policies.", valueName: "id[,id…]"))
  var policies: String?

  @Option(help: "How many features are named at most.")
  var list = 10

  /// Those that `--policies` names; nil for all.
  private var chosen: Set<String>? {
    policies.map { Set($0.split(separator: ",").map(String.init)) }
  }

  func validate() throws {
    let sides = try RunSides(runs)
    guard sides.policies.isEmpty || policies == nil else {
      throw ValidationError(
        "--policies: \(sides.first.path) has its policy after a colon already.")
    }
  }

  func run() throws {
    try reportingFailures {
      if runs.count == 1, SweepFolder.isSweep(runs[0]) { return try explainSweep() }
      let sides = try RunSides(runs)
      let (earlier, run) = try sides.read()
      guard let earlier else { return try explain(run, naming: chosen ?? sides.named) }
      var pairs = try sides.pairs(earlier, run)
      if let chosen {
        try check(chosen, in: earlier)
        pairs.removeAll { !chosen.contains($0.later) }
      }
      let texts = try pairs.map {
        try FlipExplanation(of: $0, from: earlier, to: run).text(listing: list)
      }
      output(texts.joined(separator: "\n"))
    }
  }

  private func explain(_ run: RunFiles, naming names: Set<String>?) throws {
    if run.records.isEmpty { throw EvaluationError.noEpisodes(run.path) }
    try check(names ?? [], in: run)
    output(Explanation(of: run.records, policies: names).text(listing: list))
  }

  private func check(_ names: Set<String>, in run: RunFiles) throws {
    for name in names.sorted() where !run.policies.contains(name) {
      throw EvaluationError.unknownPolicy(name, run: run.path, known: run.policies)
    }
  }

  private func explainSweep() throws {
    let files = try SweepFolder.runs(in: runs[0])
    output(try RobustnessCurve(of: files, in: runs[0]).text(width: Terminal.width))
    for run in files where !run.records.isEmpty {
      output("\nstrength \(run.description?.strength ?? 0)\n")
      output(Explanation(of: run.records, policies: chosen).text(listing: list))
    }
  }
}
