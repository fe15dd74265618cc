import ArgumentParser
import Evaluation

/// `bench compare`: the same episodes under two policies, or under one policy in two runs.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare policies episode by episode.",
    discussion: """
      bench compare Runs/before Runs/after                     every policy that both runs hold, or the only one of each
      bench compare Runs/one --policies openvla,scratch        two policies of one run
      bench compare Runs/a:openvla Runs/b:mine                 two policies of two runs

      Episodes are paired by what they contain. The change is the second minus the first, with Tango's \
      95 % score interval; mid-p is McNemar's test. Exit code 4: they share no episode.
      """)

  @Argument(
    help: ArgumentHelp(
      "One or two run folders, or their episodes.jsonl; :POLICY after both picks a policy.",
      valueName: "run[:policy]"))
  var runs: [String]

  @Option(help: ArgumentHelp("One policy, or the first's and the second's.", valueName: "id[,id]"))
  var policies: String?

  @Option(help: "How many episodes of each kind are named at most.")
  var list = 10

  /// The policies that are compared, the first run's first; empty for all that both runs have.
  private func names(_ sides: RunSides) -> [String] {
    policies?.split(separator: ",").map(String.init) ?? sides.policies
  }

  func validate() throws {
    let sides = try RunSides(runs)
    let names = names(sides)
    guard names.count <= 2, policies == nil || !names.isEmpty else {
      throw ValidationError("--policies \(policies ?? ""): name one policy or two.")
    }
    guard sides.policies.isEmpty || policies == nil else {
      throw ValidationError(
        "--policies: \(sides.first.path) has its policy after a colon already.")
    }
    guard runs.count == 2 || Set(names).count == 2 else {
      throw ValidationError("one run alone is compared with --policies A,B.")
    }
  }

  func run() throws {
    try reportingFailures {
      let sides = try RunSides(runs)
      let names = names(sides)
      let (first, second) = (sides.first.path, (sides.second ?? sides.first).path)
      if Set(names).count < 2 { try RegressionGate.checkDistinct(first, second) }
      let baseline = try RunFiles(at: first)
      let candidate = first == second ? baseline : try RunFiles(at: second)
      let comparisons: [Comparison]
      if let one = names.first, let other = names.last {
        comparisons = [try Comparison(of: one, in: baseline, with: other, in: candidate)]
      } else {
        comparisons = try Comparison.ofCommonPolicies(baseline: baseline, candidate: candidate)
      }
      output(
        comparisons.map { $0.text(flips: list) }.joined(separator: "\n") + "\n"
          + Comparison.legend(of: comparisons, width: Terminal.width))
      if !comparisons.contains(where: \.isComparable) {
        throw ExitCode(GateVerdict.notComparable.exitCode)
      }
    }
  }
}
