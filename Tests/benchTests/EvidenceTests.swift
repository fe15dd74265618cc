import Foundation
import Testing

/// Planning, sweeping, searching and exporting, by the built program.
@Suite struct EvidenceTests {
  @Test func aSweepIsResumedAndDrawn() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let arguments = [
      "sweep", "--factor", "semantic/tape", "--policy", "expert", "--policy", "random",
      "--strengths", "0,1", "--episodes", "4", "--out", folder, "--quiet",
    ]
    let swept = try Program.run(arguments + ["--format", "csv"])
    #expect(swept.status == 0, "\(swept.errors)")
    #expect(swept.output.contains("semantic,tape,expert,ceiling,1.0,4,4,0,1.0000"))
    let again = try Program.run(arguments)
    #expect(again.status == 64, "a sweep that is there is not written over")
    #expect(try Program.run(arguments + ["--resume", "--format", "csv"]).output == swept.output)

    let explained = try Program.run(["explain", folder])
    #expect(explained.output.contains("semantic, factor tape alone"))
    #expect(try Program.run(["report", folder]).status == 0)
    let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
    #expect(page.contains("<polyline"))

    let unknown = try Program.run(["sweep", "--factor", "semantic/light", "--policy", "expert"])
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("skull"))
  }

  /// A policy that came later: its own run beside an earlier one, compared and put into one table.
  @Test func aLaterPolicyIsComparedAndMerged() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      run() { # FOLDER POLICY…
        "$BENCH" --suite in-distribution --task lift --episodes 2 --quiet --out "$OUT/$1" "${@:2}" > /dev/null 2>&1
      }
      run ours --policy expert && run mine --policy random || exit 91
      run all --policy expert --policy random || exit 92
      "$BENCH" compare "$OUT/ours" "$OUT/mine" || exit 93
      "$BENCH" merge "$OUT/ours" "$OUT/mine" --out "$OUT/both" > "$OUT/table" || exit 94
      for file in episodes.jsonl summary.json summary.md junit.xml; do
        cmp "$OUT/both/$file" "$OUT/all/$file" || exit 95
      done
      "$BENCH" merge "$OUT/both" "$OUT/ours" --out "$OUT/again" > /dev/null || exit 96
      cmp "$OUT/again/episodes.jsonl" "$OUT/all/episodes.jsonl" || exit 97
      run other --policy random --seed 1 || exit 98
      "$BENCH" merge "$OUT/ours" "$OUT/other" --out "$OUT/none"
      """, environment: ["OUT": folder])
    #expect(result.status == 65, "\(result.output)\(result.errors)")
    #expect(result.output.contains(/expert +random +change/), "\(result.output)")
    #expect(result.errors.contains("seed: 0 here, 1 there"), "\(result.errors)")
  }

  /// Killed while the strength in the middle is run, by SIGKILL, which leaves nothing time to tidy up.
  @Test func aKilledSweepEndsWithTheSameBytes() throws {
    let (whole, killed) = (Program.newFolder(), Program.newFolder())
    defer { for path in [whole, killed] { try? FileManager.default.removeItem(atPath: path) } }
    let arguments = [
      "sweep", "--factor", "semantic/tape", "--policy", "expert", "--policy", "random",
      "--strengths", "0,0.5,1", "--episodes", "100", "--quiet", "--out",
    ]
    #expect(try Program.run(arguments + [whole]).status == 0)
    let running = try Program.started(arguments + [killed])
    let middle = "\(killed)/strength-0.5/episodes.jsonl"
    for _ in 0..<30_000 where running.process.isRunning {
      if let text = try? String(contentsOfFile: middle, encoding: .utf8), !text.isEmpty { break }
      usleep(2_000)
    }
    kill(running.process.processIdentifier, SIGKILL)
    _ = Program.finish(running)
    #expect(running.process.terminationReason == .uncaughtSignal)
    #expect(!FileManager.default.fileExists(atPath: "\(killed)/strength-1.0/summary.json"))

    let resumed = try Program.run(arguments + [killed, "--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    for strength in ["0.0", "0.5", "1.0"] {
      for name in ["episodes.jsonl", "summary.json", "eval_info/expert/eval_info.json"] {
        let bytes = try [whole, killed].map {
          try Data(contentsOf: URL(fileURLWithPath: "\($0)/strength-\(strength)/\(name)"))
        }
        #expect(bytes[0] == bytes[1], "\(name) at \(strength)")
      }
    }
  }

  @Test func oneFactorOfAnEpisodeIsSet() throws {
    let name = "semantic/put-skull-in-drying-rack#0@0"
    let nudged = try Program.run(["replay", name, "--set", "skull=0", "--policy", "expert"])
    #expect(nudged.status == 0)
    #expect(nudged.output.contains("in the drying rack"))
    #expect(!nudged.output.contains("put the skull"))
    let named = try Program.run(["replay", name + "+skull=0", "--policy", "expert"])
    #expect(named.output == nudged.output)
    #expect(try Program.run(["replay", name, "--set", "skull=2"]).status == 64)
    #expect(try Program.run(["replay", name, "--set", "fog=1", "--policy", "expert"]).status == 64)
  }

  /// Among good, good, bad, bad the third is found, and two of the first three are looked at besides the last.
  @Test func theFirstBadOfAListIsFound() throws {
    let found = try Program.run([
      "bisect", "--baseline", "Results/baseline.json", "--policy", "expert", "expert", "expert",
      "random", "random",
    ])
    #expect(found.status == 1, "\(found.errors)")
    #expect(found.output.contains("first bad: random; expert is the last good one"))
    #expect(found.output.contains("random (against expert) has fallen: −100.0 points"))
    let good = try Program.run([
      "bisect", "--baseline", "Results/baseline.json", "--policy", "expert", "expert",
    ])
    #expect(good.status == 0)
    #expect(good.output.contains("is good: nothing to look for"))
  }

  @Test func aPlanTellsEpisodesAndTime() throws {
    let plan = try Program.run([
      "plan", "--detect", "0.1", "--suite", "in-distribution", "--policy", "expert", "--pilot",
      "1", "--rate", "0.75",
    ])
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("expert takes"))
    #expect(plan.output.contains("145 episodes"))
    let json = try Program.run(["plan", "--detect", "0.1", "--rate", "0.75", "--format", "json"])
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["episodes"] as? Int == 145)
    #expect(try Program.run(["plan", "--detect", "0.5", "--rate", "0.2"]).status == 64)
    #expect(try Program.run(["plan", "--detect", "0.1"]).status == 64)
  }

  @Test func aRunIsExported() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try Program.run([
      "--suite", "semantic", "--policy", "random", "--episodes", "1", "--out", folder, "--quiet",
      "--format", "junit",
    ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(try run.output == String(contentsOfFile: "\(folder)/junit.xml", encoding: .utf8))
    for (format, name) in [("json", "summary.json"), ("csv", "summary.csv"), ("md", "summary.md")] {
      let table = try Program.run(["export", folder, "--format", format])
      #expect(try table.output == String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
    }
    for format in ["episodes", "parquet"] {
      let out = "\(folder)/table.\(format)"
      #expect(try Program.run(["export", folder, "--format", format, "--out", out]).status == 0)
      #expect(FileManager.default.fileExists(atPath: out))
    }
    #expect(try Program.run(["export", folder, "--format", "parquet"]).status == 64)
  }
}
