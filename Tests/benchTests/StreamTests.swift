import Foundation
import Testing

/// What is printed where nothing can be printed: a sentence and a status below 128, and never a lost run.
@Suite struct StreamTests {
  /// A script whose last command is judged.
  struct Trial: Sendable, CustomTestStringConvertible {
    let script: String
    let status: Int32
    var mention: String?
    var testDescription: String { script }
  }

  static let run = "$BENCH --suite in-distribution --policy random --episodes 1"

  @Test(arguments: [
    Trial(script: "$BENCH list objects > /dev/full", status: 2, mention: "No space left"),
    Trial(script: "$BENCH list suites --json > /dev/full", status: 2, mention: "No space left"),
    Trial(script: "$BENCH --help > /dev/full", status: 2, mention: "No space left"),
    Trial(script: "$BENCH --version > /dev/full", status: 2, mention: "No space left"),
    Trial(script: "$BENCH --generate-completion-script bash > /dev/full", status: 2),
    Trial(script: "$BENCH --version >&-", status: 0),
    Trial(script: "$BENCH list objects > /dev/full 2> /dev/full", status: 2),
    Trial(script: "$BENCH list objects >&- 2>&-", status: 0),
    // An error keeps its status without a standard error.
    Trial(script: "$BENCH --suite nowhere 2>&-", status: 64),
    Trial(script: "$BENCH --suite nowhere 2> /dev/full", status: 64),
    Trial(script: "$BENCH --episodes x 2>&-", status: 64),
    Trial(script: "$BENCH act --weights no --image x.png --input-ids 1 2>&-", status: 65),
    Trial(script: "$BENCH act --weights no --image x.png --input-ids 1 <&- >&- 2>&-", status: 65),
    Trial(script: "$BENCH compare no nothing 2> /dev/full > /dev/full", status: 65),
    // A reader that is gone before the first word, with and without SIGPIPE ignored by the shell.
    Trial(
      script: "(sleep 0.2; $BENCH list objects; echo $? > $OUT) | true; exit $(cat $OUT)", status: 2
    ),
    Trial(
      script:
        "trap '' PIPE; (sleep 0.2; $BENCH list objects; echo $? > $OUT) | true; exit $(cat $OUT)",
      status: 2, mention: "Broken pipe"),
  ])
  func whatCannotBePrintedIsOneSentence(trial: Trial) throws {
    let file = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: file) }
    let result = try Program.shell(trial.script, environment: ["OUT": file])
    #expect(result.status == trial.status, "\(result.errors)")
    if let mention = trial.mention { #expect(result.errors.contains(mention), "\(result.errors)") }
    #expect(result.errors.split(separator: "\n").count <= 4, "\(result.errors)")
  }

  /// Whoever sends a signal wants the process to end, and no trace of its stack.
  @Test(arguments: ["ABRT", "SEGV", "TRAP", "TERM"])
  func aSignalFromOutsideEndsAServer(name: String) throws {
    let result = try Program.shell(
      """
      $BENCH serve --policy random --port 0 > $OUT & process=$!
      for i in $(seq 200); do grep -q serving $OUT && break; sleep 0.05; done
      kill -\(name) $process; wait $process; status=$?; rm $OUT; exit $status
      """, environment: ["OUT": Program.newFolder()])
    let numbers = ["ABRT": 134, "SEGV": 139, "TRAP": 133, "TERM": 0]
    #expect(Int(result.status) == numbers[name], "\(result.errors)")
    #expect(!result.errors.contains("Backtrace"), "\(result.errors)")
  }

  /// Who reads that it serves may ask it to end in the same moment: the request is not lost, and the server not there for good.
  @Test func aServerEndsWhenAskedAsSoonAsItServes() throws {
    let result = try Program.shell(
      """
      for run in $(seq 8); do
        $BENCH serve --policy random --port 0 > $OUT & process=$!
        until grep -q serving $OUT; do kill -0 $process || exit 3; done
        kill -TERM $process
        for i in $(seq 600); do kill -0 $process 2> /dev/null || break; sleep 0.05; done
        kill -KILL $process 2> /dev/null && exit 4
        wait $process || exit 5
        rm $OUT
      done
      """, environment: ["OUT": Program.newFolder()])
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Nothing of the program's words lands in the run's files, and no run is lost to a stream.
  @Test(arguments: [
    (">&-", Int32(0)), ("2>&-", 0), ("<&- >&- 2>&-", 0), ("2> /dev/full", 0), ("> /dev/full", 2),
  ])
  func aRunWritesTheSameBytesWhateverItsStreams(streams: String, status: Int32) throws {
    let (open, other) = (Program.newFolder(), Program.newFolder())
    defer { for path in [open, other] { try? FileManager.default.removeItem(atPath: path) } }
    #expect(try Program.shell("\(Self.run) --out \(open)").status == 0)
    let result = try Program.shell("\(Self.run) --out \(other) \(streams)")
    #expect(result.status == status, "\(result.errors)")
    for name in ["episodes.jsonl", "summary.json", "summary.md"] {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(open)/\(name)"))
          == Data(contentsOf: URL(fileURLWithPath: "\(other)/\(name)")))
    }
  }

  /// The terminal closes under a run, as when a connection breaks: the run goes on.
  @Test func aTerminalThatIsGoneEndsNoRun() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // A pseudo-terminal: unlocked, its number asked for (Linux's TIOCSPTLCK and TIOCGPTN).
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (isLocked, number): (Int32, Int32) = (0, -1)
    #expect(ioctl(master, 0x4004_5431, &isLocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    let terminal = "/dev/pts/\(number)"
    let script = """
      trap '' HUP; exec $BENCH --suite in-distribution,motion --policy random --policy expert --episodes 10 \
      --out \(folder) <\(terminal) >\(terminal) 2>&1
      """
    let running = try Program.started(
      ["-c", script], environment: ["BENCH": Program.url.path],
      program: URL(fileURLWithPath: "/bin/bash"))
    let episodes = URL(fileURLWithPath: "\(folder)/episodes.jsonl")
    for _ in 0..<6000 where running.process.isRunning {
      if let data = try? Data(contentsOf: episodes), !data.isEmpty { break }
      usleep(5_000)
    }
    #expect(running.process.isRunning)
    close(master)
    let result = Program.finish(running)
    // Nobody was there to read the table, and that is all.
    #expect(result.status == 0)
    #expect(running.process.terminationReason == .exit)
    #expect(FileManager.default.fileExists(atPath: "\(folder)/summary.json"))
  }

  /// A file that may not grow stands for a full disk: the merge leaves nothing, and goes through with room.
  @Test func aMergeWithoutRoomLeavesNothingBehind() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      set -e; mkdir \(folder); cd \(folder)
      for i in 1 2; do
        $BENCH --root $ROOT --suite in-distribution --policy random --policy expert --episodes 12 --shard $i/2 --out part$i
      done >/dev/null 2>&1
      (ulimit -f 8; exec $BENCH merge part1 part2 --out whole) && exit 99
      [ $? = 2 ]; ls; [ "$(ls | tr -d '\\n')" = part1part2 ]
      $BENCH merge part1 part2 --out whole >/dev/null
      """)
    #expect(result.status == 0, "\(result.output) \(result.errors)")
    #expect(result.errors.contains("File too large"), "\(result.errors)")
    #expect(!result.errors.contains("Cocoa"))
  }
}
