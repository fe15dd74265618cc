import ArgumentParser
import Evaluation

/// `bench explain`: why episodes failed, and what they have in common.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why episodes failed and what they have in common.",
    discussion: """
      bench explain Runs/1             failure reasons by task; what fails more than the rest
      bench explain Runs/1 Runs/2      what the episodes share whose outcomes differ
      bench explain Runs/sweep         the curve of a sweep, then each strength
      """)

  @Argument(
    help: ArgumentHelp("One or two run folders, or their episodes.jsonl.", valueName: "run"))
  var runs: [String]

  @Option(help: ArgumentHelp("Only these policies.", valueName: "id[,id…]"))
  var policies: String?

  @Option(help: "How many features are named at most.")
  var list = 10

  func validate() throws {
    guard (1...2).contains(runs.count) else {
      throw ValidationError("give one run or two; \(runs.count) were given.")
    }
  }

  func run() throws {
    try reportingFailures {
      if runs.count == 1, SweepFolder.isSweep(runs[0]) { return try explainSweep() }
      let first = try RunFiles(at: runs[0])
      if first.records.isEmpty { throw EvaluationError.noEpisodes(first.path) }
      let names = policies.map { Set($0.split(separator: ",").map(String.init)) }
      for name in (names ?? []).sorted() where !first.policies.contains(name) {
        throw EvaluationError.unknownPolicy(name, run: first.path, known: first.policies)
      }
      guard runs.count == 2 else {
        return output(Explanation(of: first.records, policies: names).text(listing: list))
      }
      let second = try RunFiles(at: runs[1])
      if second.records.isEmpty { throw EvaluationError.noEpisodes(second.path) }
      let common = first.policies.filter {
        second.policies.contains($0) && (names?.contains($0) ?? true)
      }
      guard !common.isEmpty else {
        throw EvaluationError.unknownPolicy(
          first.policies.joined(separator: ", "), run: second.path, known: second.policies)
      }
      let texts = try common.map {
        try FlipExplanation(of: $0, from: first, to: second).text(listing: list)
      }
      output(texts.joined(separator: "\n"))
    }
  }

  private func explainSweep() throws {
    let files = try SweepFolder.runs(in: runs[0])
    let names = policies.map { Set($0.split(separator: ",").map(String.init)) }
    output(try RobustnessCurve(of: files, in: runs[0]).text(width: Terminal.width))
    for run in files where !run.records.isEmpty {
      output("\nstrength \(run.description?.strength ?? 0)\n")
      output(Explanation(of: run.records, policies: names).text(listing: list))
    }
  }
}
