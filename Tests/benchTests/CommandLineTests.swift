import Foundation
import Testing

@Suite struct HelpTests {
  static let pages: [[String]] = [
    [], ["run"], ["view"], ["train"], ["list"], ["compare"], ["regress"], ["merge"],
    ["sheet"], ["act"], ["replay"], ["repro"], ["explain"], ["report"], ["video"],
    ["plan"], ["sweep"], ["bisect"], ["export"], ["diagnose"], ["serve"],
    ["solvable"],
  ]

  /// Golden text: what a user reads changes only on purpose.
  ///
  /// `for c in "" run view train list compare regress merge sheet act replay repro explain report video plan sweep bisect export diagnose serve solvable; do
  /// .build/debug/bench help $c > Tests/benchTests/Golden/help${c:+-$c}.txt; done`
  @Test(arguments: pages)
  func helpIsAsStored(command: [String]) throws {
    let name = (["help"] + command).joined(separator: "-") + ".txt"
    let golden = Program.root.appendingPathComponent("Tests/benchTests/Golden/\(name)")
    let result = try Program.run(["help"] + command, environment: ["COLUMNS": "80"])
    #expect(result.status == 0)
    #expect(result.output == (try String(contentsOf: golden, encoding: .utf8)))
  }
}

/// A published checkpoint in tiny, and a picture for it.
private let tiny = "Tests/NetworksTests/Fixtures/openvla-tiny"
private let tinyImage = tiny + "/image_2.png"

/// A command that must fail: with which status, and what the message must name.
struct FailureCase: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let status: Int32
  let mentions: [String]
  var testDescription: String { arguments.joined(separator: " ") }
}

@Suite struct FailureTests {
  @Test(arguments: [
    FailureCase(arguments: [], status: 64, mentions: ["--suite", "--resume"]),
    FailureCase(arguments: ["lst"], status: 64, mentions: ["'lst'", "did you mean 'list'"]),
    FailureCase(arguments: ["frobnicate"], status: 64, mentions: ["no command 'frobnicate'"]),
    // An unset variable in a script.
    FailureCase(arguments: ["--suite", ""], status: 64, mentions: ["--suite ''"]),
    FailureCase(arguments: ["--suite", "visual,"], status: 64, mentions: ["a name is empty"]),
    FailureCase(
      arguments: ["--suite", "visual", "--policy", ""], status: 64, mentions: ["--policy"]),
    FailureCase(
      arguments: ["--suite", "visual", "--policy", "random,,expert"], status: 64,
      mentions: ["a name is empty"]),
    FailureCase(arguments: ["--suite", "visual", "--out", ""], status: 64, mentions: ["--out"]),
    FailureCase(
      arguments: ["regress", "--baseline", "Results", "--update", "Runs/none"], status: 64,
      mentions: ["Results is a folder", "Results/baseline.json"]),
    FailureCase(
      arguments: ["--resume", "--out", "Runs/none"], status: 64, mentions: ["Runs/none", "--suite"]),
    FailureCase(arguments: ["view", "--after", "-1"], status: 64, mentions: ["--after"]),
    FailureCase(arguments: ["view", "--rate", "nan"], status: 64, mentions: ["--rate"]),
    FailureCase(arguments: ["view", "--strength", "7"], status: 64, mentions: ["--strength"]),
    FailureCase(
      arguments: ["view", "--task", "nope", "--policy", "expert"], status: 64,
      mentions: ["nope", "lift"]),
    FailureCase(
      arguments: ["view", "--suite", "visual", "--task", "motion/lift"], status: 64,
      mentions: ["motion/lift", "visual"]),
    FailureCase(
      arguments: ["train", "x.yaml", "--resume", "--restart"], status: 64, mentions: ["--restart"]),
    FailureCase(
      arguments: ["train", "x.yaml", "--success-episodes", "0"], status: 64,
      mentions: ["--success-episodes 0"]),
    FailureCase(
      arguments: ["--suite", "semantics"], status: 64, mentions: ["semantics", "in-distribution"]),
    FailureCase(
      arguments: ["--suite", "visual", "--episodes", "0"], status: 64, mentions: ["--episodes 0"]),
    FailureCase(
      arguments: ["--suite", "visual", "--strength", "2"], status: 64, mentions: ["0 to 1"]),
    FailureCase(
      arguments: ["--suite", "visual", "--batch", "33"], status: 64, mentions: ["1 to 32"]),
    FailureCase(
      arguments: ["--suite", "visual", "--quantize", "int3"], status: 64,
      mentions: ["int3", "int8 or int4"]),
    // The libtorch that the package sets up has none.
    FailureCase(
      arguments: ["--suite", "visual", "--device", "cuda:1"], status: 5,
      mentions: ["--device cuda:1", "LIBTORCH"]),
    FailureCase(
      arguments: ["--suite", "visual", "--shard", "3/2"], status: 64, mentions: ["3/2"]),
    FailureCase(
      arguments: ["--suite", "visual", "--policy", "no-such-policy"], status: 64,
      mentions: ["no-such-policy", "openvla"]),
    FailureCase(
      arguments: ["--suite", "visual", "--policy", "Docs"], status: 65, mentions: ["config.json"]),
    FailureCase(
      arguments: ["--suite", "visual", "--policy", "random", "--out", "/proc/no/run"], status: 2,
      mentions: ["/proc/no/run"]),
    FailureCase(
      arguments: ["--suite", "visual", "--root", "Docs"], status: 64, mentions: ["Scenes/"]),
    FailureCase(
      arguments: ["regress", "--baseline", "no-such.json", "Runs/none"], status: 65,
      mentions: ["Runs/none", "no such file"]),
    FailureCase(arguments: ["train", "no-such.yaml"], status: 65, mentions: ["no-such.yaml"]),
    FailureCase(
      arguments: ["train", "Recipes/openvla.yaml", "--device", "cuda:1"], status: 5,
      mentions: ["--device cuda:1", "LIBTORCH", "nvidia-smi"]),
    FailureCase(
      arguments: ["train", "Recipes/openvla.yaml", "--device", "tpu"], status: 64,
      mentions: ["--device tpu", "cuda:N"]),
    FailureCase(
      arguments: ["train", "Recipes/openvla.yaml", "--validation-interval", "0"], status: 64,
      mentions: ["--validation-interval 0"]),
    FailureCase(
      arguments: ["act", "--weights", "Docs", "--image", "x.png", "--input-ids", "1,b"],
      status: 64, mentions: ["--input-ids"]),
    FailureCase(
      arguments: ["act", "--weights", "Docs", "--image", "x.png"], status: 64,
      mentions: ["--instruction"]),
    FailureCase(
      arguments: [
        "act", "--weights", "Checkpoints/diffusion-policy", "--image", tinyImage, "--instruction",
        "lift the can",
      ], status: 65, mentions: ["diffusion-policy", "openvla can"]),
    FailureCase(
      arguments: ["act", "--weights", tiny, "--image", "README.md", "--input-ids", "1"],
      status: 65, mentions: ["README.md", "PNG"]),
    FailureCase(
      arguments: ["act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1,99999"],
      status: 65, mentions: ["99999"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1", "--unnorm-key", "moon",
      ], status: 65, mentions: ["moon", "tabletop_orig"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--instruction", "lift the cheese",
      ], status: 65, mentions: ["tokenizer.model"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1", "--adapter", "Docs",
      ], status: 65, mentions: ["adapter_config.json"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--image", tinyImage, "--input-ids", "1",
      ], status: 64, mentions: ["one --image", "OpenVLA-OFT"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1", "--proprio", "1,x",
      ], status: 64, mentions: ["--proprio"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1", "--chunk-length", "0",
      ], status: 64, mentions: ["--chunk-length 0"]),
    FailureCase(
      arguments: [
        "act", "--weights", tiny, "--image", tinyImage, "--input-ids", "1", "--chunk-length", "2",
        "--proprio", "-1",
      ], status: 65, mentions: ["no state", "proprio_projector"]),
  ])
  func badUseHasAClearErrorAndItsStatus(_ failure: FailureCase) throws {
    let result = try Program.run(failure.arguments)
    #expect(result.status == failure.status, "\(result.errors)")
    for word in failure.mentions { #expect(result.errors.contains(word), "\(result.errors)") }
    #expect(result.output.isEmpty)
  }

  @Test func aBrokenSceneFileNamesFileAndLine() throws {
    let root = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    for name in ["Scenes", "Benchmarks"] {
      try FileManager.default.copyItem(
        atPath: Program.root.appendingPathComponent(name).path, toPath: "\(root)/\(name)")
    }
    try Data("name: carrot\nparts: [".utf8)
      .write(to: URL(fileURLWithPath: "\(root)/Scenes/objects/carrot.yaml"))
    let result = try Program.run(["--suite", "visual", "--policy", "random", "--root", root])
    #expect(result.status == 65)
    #expect(result.errors.contains("carrot.yaml:"), "\(result.errors)")
  }
}

@Suite struct RunTests {
  @Test func theJSONTableIsOnStandardOutputAlone() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.run([
      "--suite", "semantic", "--policy", "random", "--policy", "expert", "--episodes", "1",
      "--format", "json", "--out", folder,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let table = try #require(json as? [String: Any])
    #expect(table["schema"] as? Int == 1)
    #expect(
      (table["policies"] as? [[String: Any]])?.map { $0["kind"] as? String } == [
        "floor", "ceiling",
      ])
    for name in ["run.json", "episodes.jsonl", "summary.json", "summary.csv", "summary.md"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)"))
    }
  }

  @Test func aKilledRunEndsWithTheSameBytes() throws {
    let (whole, killed) = (Program.newFolder(), Program.newFolder())
    defer {
      try? FileManager.default.removeItem(atPath: whole)
      try? FileManager.default.removeItem(atPath: killed)
    }
    let arguments = [
      "--suite", "in-distribution,motion", "--policy", "random", "--policy", "expert",
      "--episodes", "20",
    ]
    #expect(try Program.run(arguments + ["--out", whole]).status == 0)
    let total = try lines(of: whole)
    let running = try Program.started(arguments + ["--out", killed])
    // Some blocks in, as far as the machine's speed lets the test choose.
    let episodes = URL(fileURLWithPath: "\(killed)/episodes.jsonl")
    for _ in 0..<30_000 where running.process.isRunning {
      if let size = try? Data(contentsOf: episodes).count, size > 20_000 { break }
      usleep(2_000)
    }
    kill(running.process.processIdentifier, SIGKILL)
    _ = Program.finish(running)
    // It struck in mid-run: the process did not end by itself, some episodes are there and some are not.
    #expect(running.process.terminationReason == .uncaughtSignal)
    #expect((1..<total).contains(try lines(of: killed)))
    // The run itself knows what it is.
    let resumed = try Program.run(["--out", killed, "--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    for name in ["episodes.jsonl", "summary.json"] {
      let (a, b) = (
        try Data(contentsOf: URL(fileURLWithPath: "\(whole)/\(name)")),
        try Data(contentsOf: URL(fileURLWithPath: "\(killed)/\(name)"))
      )
      #expect(a == b, "\(name) differs")
    }
  }

  private func lines(of folder: String) throws -> Int {
    try String(contentsOfFile: "\(folder)/episodes.jsonl", encoding: .utf8)
      .split(separator: "\n").count
  }

  /// Rendering, tokenizing and both networks in one: batches of one give the bytes of batches of 32.
  @Test func batchesDoNotChangeAByte() throws {
    let folders = [Program.newFolder(), Program.newFolder()]
    defer { for folder in folders { try? FileManager.default.removeItem(atPath: folder) } }
    for (folder, batch) in zip(folders, ["1", "32"]) {
      let result = try Program.run([
        "--suite", "language-grounding", "--policy", "openvla", "--policy", "diffusion-policy",
        "--episodes", "1", "--batch", batch, "--out", folder,
      ])
      #expect(result.status == 0, "\(result.errors)")
    }
    let bytes = try folders.map {
      try Data(contentsOf: URL(fileURLWithPath: "\($0)/episodes.jsonl"))
    }
    #expect(bytes[0] == bytes[1])
    #expect(!bytes[0].isEmpty)
  }

  @Test(arguments: [
    ["--products", "int8"], ["--products", "bfloat16", "--quantize", "int8"],
    ["--products", "bfloat16", "--dtype", "bfloat16"],
    ["--products", "float32", "--device", "cuda"],
  ])
  func productsThatCannotBeAreRefused(options: [String]) throws {
    let result = try Program.run(
      ["run", "--suite", "language-grounding", "--policy", "openvla"] + options)
    #expect(result.status == 64 && result.errors.contains("--products"), "\(result.errors)")
  }

  @Test func aRunSaysWhatItsFactorsWere() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.run([
      "--suite", "language-grounding", "--policy", "openvla", "--episodes", "1", "--out", folder,
      "--products", "bfloat16",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let facts = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
    #expect(
      facts.contains("\"products\" : \"bfloat16\"") || facts.contains("\"products\":\"bfloat16\""))
  }

  /// How weights were kept belongs to the result: a run that was begun one way does not go on another way.
  @Test func aRunSaysHowItsWeightsWereKept() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let arguments = [
      "--suite", "language-grounding", "--policy", "openvla", "--episodes", "1", "--out", folder,
    ]
    let result = try Program.run(arguments + ["--quantize", "int8", "--lanczos"])
    #expect(result.status == 0, "\(result.errors)")
    let facts = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
    #expect(facts.contains("\"quantize\" : \"int8\"") || facts.contains("\"quantize\":\"int8\""))
    let other = try Program.run(arguments + ["--resume"])
    #expect(other.status != 0)
    #expect(other.errors.contains("quantize"), "\(other.errors)")
  }
}
