import ArgumentParser
import Environments
import Evaluation
import Files
import Foundation

/// `bench solvable`: whether what is asked for can be done at all.
struct SolvableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solvable",
    abstract: "Measure the expert's rate for every task, factor and strength.",
    discussion: """
      bench solvable --suite robustness
      bench solvable --suite bridge --factor action-latency --strengths 0.5,1

      A cell is a task under one factor alone at one strength; without --factor each of the task's own factors, and the task \
      without any. A cell below 97 % is not solvable as specified: what a policy does there says little. Tables leave its task \
      out of their means where they are told: by Results/solvable.yaml, which --out writes. The exit code is 1 where there is one.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(
    help: "Suites, separated by commas, or all.", completion: .custom(Completions.suites))
  var suite = "all"

  @Option(parsing: .singleValue, help: "Only this task of the suites; may be repeated.")
  var task: [String] = []

  @Option(
    parsing: .singleValue,
    help: "This factor, in every task; may be repeated. bench list factors says which there are.")
  var factor: [String] = []

  @Option(help: ArgumentHelp("Strengths above 0, to 1.", valueName: "s[,s…]"))
  var strengths = "0.5,1"

  @Option(help: "Episodes a cell.")
  var episodes = 34

  @Option(help: "The seed that everything random follows from.")
  var seed: UInt64 = 0

  @Option(help: "Write the cells to this file as well; tables read Results/solvable.yaml.")
  var out: String?

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Option(help: "The format of the table on standard output.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  private var levels: [Double] {
    strengths.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
  }

  func validate() throws {
    let parts = strengths.split(separator: ",", omittingEmptySubsequences: false)
    guard !parts.isEmpty, levels.count == parts.count,
      levels.allSatisfy({ $0 > 0 && $0 <= 1 }), Set(levels).count == levels.count
    else {
      throw ValidationError(
        "--strengths \(strengths): give different numbers above 0 and at most 1, such as 0.5,1.")
    }
    guard (1...10_000).contains(episodes) else {
      throw ValidationError("--episodes \(episodes): give a number from 1 to 10000.")
    }
  }

  func run() throws {
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let cells = try Self.cells(
        of: chosen(in: environment), factors: factor, levels: levels, in: environment)
      let line = StatusLine()
      var results: [Solvability] = []
      for (number, cell) in cells.enumerated() {
        if !quiet { line.show("\(number)/\(cells.count) \(cell.suite)/\(cell.task)") }
        results.append(
          try environment.solvability(
            suite: cell.suite, task: cell.task, factor: cell.factor, strength: cell.strength,
            episodes: episodes, seed: seed))
      }
      if !quiet { line.finish("\(cells.count) cells") }
      switch format {
      case .text: output(Self.table(of: results))
      case .json:
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        output(String(decoding: try encoder.encode(results), as: UTF8.self))
      }
      if let out {
        let text = try environment.solvabilityText(of: results, seed: seed)
        try AtomicFile.write(Data(text.utf8), to: URL(fileURLWithPath: out))
      }
      if results.contains(where: { !$0.isSolvable }) { throw ExitCode(1) }
    }
  }

  private struct Cell {
    var suite: String
    var task: String
    var factor: String?
    var strength: Double
  }

  /// The suites that are asked for with their tasks.
  private func chosen(
    in environment: TabletopEnvironment
  ) throws -> [(suite: String, tasks: [String])] {
    let names =
      suite == "all"
      ? environment.suites.map(\.name) : suite.split(separator: ",").map(String.init)
    let suites = try names.map { name in
      guard let found = environment.suites.first(where: { $0.name == name }) else {
        throw EvaluationError.unknownSuite(name, known: environment.suites.map(\.name))
      }
      return found
    }
    let known = suites.flatMap(\.tasks)
    if let unknown = task.first(where: { !known.contains($0) }) {
      throw EvaluationError.unknownTask(unknown, known: known)
    }
    return suites.map { suite in
      (suite.name, task.isEmpty ? suite.tasks : suite.tasks.filter(task.contains))
    }
  }

  private static func cells(
    of suites: [(suite: String, tasks: [String])], factors: [String], levels: [Double],
    in environment: TabletopEnvironment
  ) -> [Cell] {
    suites.flatMap { suite, tasks in
      tasks.flatMap { task in
        let own = factors.isEmpty ? environment.factors(ofTask: task, in: suite) : factors
        let clean = Cell(suite: suite, task: task, factor: nil, strength: 0)
        return [clean]
          + own.flatMap { factor in
            levels.map { Cell(suite: suite, task: task, factor: factor, strength: $0) }
          }
      }
    }
  }

  /// A line a cell: which, how often, and what to think of it.
  private static func table(of results: [Solvability]) -> String {
    let rows = results.map { cell in
      [
        "\(cell.suite)/\(cell.task)", cell.factor ?? "–",
        cell.factor == nil ? "" : String(format: "%.2f", cell.strength),
        "\(cell.successes)/\(cell.episodes)",
        cell.isSolvable ? "" : "not solvable as specified",
      ]
    }
    let head = ["task", "factor", "strength", "expert", ""]
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([head] + rows).map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}
