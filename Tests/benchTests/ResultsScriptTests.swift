import ArgumentParser
import Evaluation
import Foundation
import Testing

@testable import bench

/// The script that makes all figures: what it would run, and what it writes.
@Suite struct ResultsScriptTests {
  private static let script = Program.root.appendingPathComponent("Scripts/results.py").path

  private func script(_ arguments: String, bench: String = "$BENCH") throws -> Program.Result {
    try Program.shell("python3 '\(Self.script)' \(bench) \(arguments)")
  }

  /// Every command is one that the program takes, on seeds for reports, with 300 episodes a row; but for what a newcomer types.
  @Test func everyCommandIsTakenAndOnReportSeeds() throws {
    let listed = try script("--list")
    #expect(listed.status == 0, "\(listed.errors)")
    let lines = listed.output.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1) }
    #expect(Set(lines.map { $0[0] }).count == lines.count)
    for name in ["in-distribution", "semantic", "language-grounding", "controls-openvla"] {
      #expect(lines.contains { $0[0] == name }, "\(name)")
    }
    #expect(lines.first == ["first-table", "bench run --suite semantic"])
    for line in lines.dropFirst() {
      let words = line[1].split(separator: " ").map(String.init)
      #expect(words[0] == "bench")
      let command = try Bench.parseAsRoot(Array(words.dropFirst()))
      // Of a suite's own run.
      if command is CompareCommand {
        #expect(words[2].hasPrefix(".build/results/"))
        continue
      }
      let (suite, chosen, episodes, seed): (String?, [String], Int?, UInt64?) =
        switch command {
        case let run as RunCommand: (run.suite, run.task, run.episodes, run.seed)
        case let diagnosis as DiagnoseCommand:
          (diagnosis.suite, [], diagnosis.episodes, diagnosis.seed)
        default: (nil, [], nil, nil)
        }
      #expect(try SeedUse(of: #require(seed)) == .report, "\(line[1])")
      let tasks = try (suite ?? "").split(separator: ",").flatMap { suite in
        let file = Program.root.appendingPathComponent("Benchmarks/\(suite).yaml")
        return try String(contentsOf: file, encoding: .utf8)
          .matches(of: /\n  - \{?name: *([a-z0-9-]+)/).map { String($0.1) }
      }
      for task in chosen { #expect(tasks.contains(task), "\(line[1])") }
      let count = chosen.isEmpty ? tasks.count : chosen.count
      #expect(try count * #require(episodes) >= 300, "\(line[1])")
    }
  }

  /// A program that writes what `bench run` and `bench merge` would, notes what it was called for, and fails for one suite as long as
  /// a file lies beside it.
  private static let stand = """
    #!/bin/bash
    command=$1; runs=()
    while [ $# -gt 0 ]; do
      case "$1" in --suite) suite=$2;; --out) out=$2;; --policy) policy=$2;; .build/*) runs+=("$(basename "$1")");; esac; shift
    done
    [ $command = merge ] && suite=$(basename "$(dirname "$out")") && policy="${runs[*]:0:${#runs[@]}-1}"
    echo "$command $suite $policy" >> "$(dirname "$0")/calls"
    [ "$suite" = visual ] && [ -e "$(dirname "$0")/visual-fails" ] && exit 4
    [ -n "$out" ] && mkdir -p "$out" && echo "| policy | mean |" > "$out/summary.md"
    [ $command = run ] && echo "{}" > "$out/run.json" && echo "episodes of $policy" > "$out/episodes.jsonl"
    [ $policy = openvla-seed2 ] && count=26 || count=30
    [ -n "$out" ] && echo '{"policies": [{"name": "'$policy'", "suites": [{"name": "'$suite'", "successes": '$count', "episodes": 40,
      "both_of_a_pair": {"successes": 9, "pairs": 20}}]}]}' > "$out/summary.json"
    echo "table of $suite"
    """

  @Test func resultsAreWrittenWithTheirCommandOnceAndFailuresAreTold() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("results-\(UInt64.random(in: 0...(.max)))")
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoint = folder.appendingPathComponent("Checkpoints/openvla")
    for checkpoint in [checkpoint, folder.appendingPathComponent("Checkpoints/openvla-seed2")] {
      try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: checkpoint.appendingPathComponent("config.json"))
    }
    let page = folder.appendingPathComponent("README.md")
    let overview = "<!-- results: overview -->\nold\n<!-- end of results -->\nc\n"
    let seeds = "<!-- results: seeds -->\nold\n<!-- end of results -->\nd\n"
    try Data("a\n<!-- results: semantic -->\n```\nold\n```\nb\n\(overview)\(seeds)".utf8)
      .write(to: page)
    let identity = "-c user.name=a -c user.email=a@b.c -c commit.gpgsign=false"
    _ = try Program.shell(
      "cd '\(folder.path)' && git init -q && git add -A && git \(identity) commit -q -m all")
    let stand = folder.appendingPathComponent("stand")
    // Written by another process: a child that is forked meanwhile would hold this one's open file, which could not be run.
    let program = folder.appendingPathComponent("stand.txt")
    try Data(Self.stand.utf8).write(to: program)
    _ = try Program.shell("cp '\(program.path)' '\(stand.path)' && chmod +x '\(stand.path)'")
    let fault = folder.appendingPathComponent("visual-fails")
    try Data().write(to: fault)
    let calls = folder.appendingPathComponent("calls")
    func newCalls() throws -> Set<String> {
      defer { try? FileManager.default.removeItem(at: calls) }
      let text = try String(contentsOf: calls, encoding: .utf8)
      return Set(text.split(separator: "\n").map(String.init))
    }
    let arguments =
      "--root '\(folder.path)' --only semantic --only visual --only diagnosis-openvla"

    let first = try script(arguments, bench: "'\(stand.path)'")
    #expect(first.status == 1)
    #expect(first.errors.contains("1 of 3 were not made: visual"))
    #expect(first.output.contains("visual: ended with 4; remove .build/results/visual"))
    #expect(
      try newCalls() == [
        "run semantic openvla", "run semantic openvla-seed2", "run semantic random",
        "run semantic expert",
        "merge semantic openvla openvla-seed2 random expert", "run visual openvla",
        "diagnose in-distribution openvla",
      ])
    let result = try String(
      contentsOf: folder.appendingPathComponent("Results/semantic.md"), encoding: .utf8)
    #expect(
      result.contains("`bench run --suite semantic --episodes 60 --seed 2000000 --policy openvla"))
    #expect(result.contains(/made on \S+, commit \w+\.\n/) && result.contains("| policy | mean |"))
    #expect(!result.contains("commit unknown"))
    let filled = try String(contentsOf: page, encoding: .utf8)
    #expect(filled.hasPrefix("a\n<!-- results: semantic -->\n```\n$ swift run bench run --suite"))
    #expect(filled.contains("table of semantic\n# 20"))
    // Tables of all suites stay as they are while some are not there.
    #expect(filled.hasSuffix("```\nb\n\(overview)\(seeds)"))
    #expect(
      first.output.contains("overview: stays as it is until in-distribution, visual"))
    #expect(
      !FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("Results/visual.md").path))

    // What was filled in makes no other commit of it: all that was made is there.
    let second = try script(arguments, bench: "'\(stand.path)'")
    #expect(second.output.contains("semantic: is there"))
    #expect(second.output.contains("diagnosis-openvla: is there"))
    #expect(second.output.contains("visual: ended with 4"))
    #expect(try newCalls() == ["run visual openvla"])

    // Another machine has the rows that are packed beside the results, with what was said of them.
    let kept = folder.appendingPathComponent(".build/results")
    try FileManager.default.removeItem(at: kept)
    #expect(try script(arguments, bench: "'\(stand.path)'").status == 1)
    #expect(
      try newCalls() == [
        "merge semantic openvla openvla-seed2 random expert", "run visual openvla",
        "diagnose in-distribution openvla",
      ])
    let episodes = kept.appendingPathComponent("semantic/openvla/episodes.jsonl")
    #expect(try String(contentsOf: episodes, encoding: .utf8) == "episodes of openvla\n")
    // One that is broken is made anew.
    let packed = folder.appendingPathComponent("Results/rows/semantic/openvla.tar.xz")
    let whole = try Data(contentsOf: packed)
    for broken in [Data(), whole.prefix(100), Data(repeating: 7, count: 100)] {
      try broken.write(to: packed)
      try FileManager.default.removeItem(at: kept)
      #expect(try script(arguments, bench: "'\(stand.path)'").status == 1)
      #expect(try newCalls().contains("run semantic openvla"))
      #expect(try Data(contentsOf: packed) == whole)
    }

    // At another commit the rows of the same weights are kept, with the commit that they were made at.
    _ = try Program.shell("cd '\(folder.path)' && git \(identity) commit -q --allow-empty -m other")
    #expect(try script(arguments, bench: "'\(stand.path)'").status == 1)
    #expect(
      try newCalls() == [
        "merge semantic openvla openvla-seed2 random expert", "run visual openvla",
        "diagnose in-distribution openvla",
      ])
    try Data("{\"other\": 1}".utf8).write(to: checkpoint.appendingPathComponent("config.json"))
    #expect(try script(arguments, bench: "'\(stand.path)'").status == 1)
    #expect(
      try newCalls() == [
        "run semantic openvla", "merge semantic openvla openvla-seed2 random expert",
        "run visual openvla",
        "diagnose in-distribution openvla",
      ])
    let mixed = try String(
      contentsOf: folder.appendingPathComponent("Results/semantic.md"), encoding: .utf8)
    #expect(
      mixed.contains(
        /made on \S+, commit \w+ with changes \(openvla\); \S+, commit \w+ \(the others\)\./),
      "\(mixed)")

    try FileManager.default.removeItem(at: fault)
    let suites = [
      "in-distribution", "visual", "motion", "physical", "semantic", "language-grounding",
    ]
    let seedsAlone = "--root '\(folder.path)' --only seeds --jobs 2"
    #expect(try script(seedsAlone, bench: "'\(stand.path)'").status == 0)
    let ofSeeds = try String(contentsOf: page, encoding: .utf8)
    #expect(ofSeeds.contains("| `visual` | 75.0, 65.0 % (± 7.1) |\n"))
    #expect(ofSeeds.contains(overview))
    let all = "--root '\(folder.path)' " + suites.map { "--only \($0)" }.joined(separator: " ")
    #expect(try script(all, bench: "'\(stand.path)'").status == 0)
    let filledWhole = try String(contentsOf: page, encoding: .utf8)
    #expect(
      filledWhole.contains(
        "```\nb\n<!-- results: overview -->\n\n| suite | `openvla` | `random` | `expert` |\n"))
    for suite in suites {
      #expect(filledWhole.contains("\n| `\(suite)` | 30/40 75 % | 30/40 75 % | 30/40 75 % |\n"))
      // A training under another seed stands beside its own, and not among the rows.
      #expect(filledWhole.contains("\n| `\(suite)` | 75.0, 65.0 % (± 7.1) |\n"))
    }
    #expect(
      filledWhole.contains("\n| the same, both of a pair | 9/20 45 % | 9/20 45 % | 9/20 45 % |\n"))
    #expect(filledWhole.contains("\n\n<!-- end of results -->\nc\n<!-- results: seeds -->\n\n"))
    #expect(filledWhole.hasSuffix("\n\n<!-- end of results -->\nd\n"))
    #expect(!filledWhole.contains("old"))
    #expect(try script("--only nothing --root '\(folder.path)'", bench: "x").status == 1)
  }
}
