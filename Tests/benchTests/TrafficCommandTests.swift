import Foundation
import Testing

/// A policy behind a server, recorded, and answered again without it: the same episodes to the byte.
@Suite struct TrafficCommandTests {
  /// Starts a server, waits for it, and gives what follows its port.
  private static let serving = """
    serve() { # OPTION…
      "$BENCH" serve --port 0 "$@" > "$OUT/server.log" 2>&1 & SERVER=$!
      for attempt in $(seq 300); do grep -q serving "$OUT/server.log" && break; sleep 0.1; done
      PORT=$(grep -o '127.0.0.1:[0-9]*' "$OUT/server.log" | head -1 | cut -d: -f2)
    }
    unserve() { kill "$SERVER"; wait "$SERVER"; }
    run() { # FOLDER POLICY OPTION…
      "$BENCH" --suite language-grounding --episodes 1 --seed 3 --quiet --name it --out "$OUT/$1" \
        --policy "$2" "${@:3}" > /dev/null 2> "$OUT/$1.log"
    }
    trap 'kill "$SERVER" 2> /dev/null' EXIT
    mkdir "$OUT" && cd "$ROOT" || exit 90
    """

  @Test func aRecordedServerIsAnsweredForByItsFile() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      \(Self.serving)
      serve --policy random
      run live "ws://127.0.0.1:$PORT" --record-traffic "$OUT/r.traffic" || exit 91
      unserve || exit 92
      run replayed "$OUT/r.traffic" || exit 93
      cmp "$OUT/live/episodes.jsonl" "$OUT/replayed/episodes.jsonl" || exit 94
      serve --policy "$OUT/r.traffic"
      run served "ws://127.0.0.1:$PORT" || exit 95
      unserve || exit 96
      cmp "$OUT/live/episodes.jsonl" "$OUT/served/episodes.jsonl" || exit 97
      "$BENCH" compare "$OUT/live:it" "$OUT/replayed:it" || exit 98
      "$BENCH" --suite in-distribution --episodes 1 --quiet --policy "$OUT/r.traffic" --out "$OUT/other"
      """, environment: ["OUT": folder])
    #expect(result.status == 2, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("does not hold this question"), "\(result.errors)")
  }

  @Test(arguments: [
    ("--policy random --record-traffic x.traffic", "0 were given"),
    ("--policy ws://a --policy ws://b --record-traffic x.traffic", "2 were given"),
    ("--policy ws://a --record-traffic x.jsonl", "ends in .traffic"),
  ])
  func whatCannotBeRecordedIsWrongUsage(options: String, reason: String) throws {
    let result = try Program.shell("$BENCH --suite in-distribution \(options)")
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  /// A file of fewer questions than a run's would answer for no run.
  @Test(arguments: [
    "diagnose --policy random", "view", "video run", "plan --detect 0.1",
    "demos --format rlds --out d",
    "bisect --baseline run", "repro run motion/swap#0@0",
  ])
  func commandsThatAskForLessDoNotKnowIt(command: String) throws {
    let result = try Program.shell("$BENCH \(command) --record-traffic x.traffic")
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains("Unknown option '--record-traffic'"), "\(result.errors)")
  }
}
