import ArgumentParser
import Evaluation

/// `bench export`: a run's table or episodes as other programs read them.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a run as other programs read it.",
    discussion: """
      bench export Runs/1 --format md                                     the table again
      bench export Runs/1 --format parquet --out episodes.parquet         a row an episode
      bench export Runs/1 --format eval-info --out Runs/1/eval_info       as lerobot-eval writes it

      text, md, csv, json and junit are the table of rates; episodes (comma-separated) and parquet have a row an \
      episode; eval-info is a folder with NAME/eval_info.json for each policy. Memory does not grow with the number of \
      episodes, but for eval-info.
      """)

  @Argument(help: ArgumentHelp("A run folder, or its episodes.jsonl.", valueName: "run"))
  var folder: String

  @Option(help: "What to write.")
  var format = Format.text

  @Option(help: "The file, or the folder of eval-info; without it tables go to standard output.")
  var out: String?

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, md, csv, json, junit, episodes, parquet
    case evalInfo = "eval-info"

    /// The table of rates in a format of `bench run`; nil for episodes.
    fileprivate var table: RunCommand.TableFormat? { RunCommand.TableFormat(rawValue: rawValue) }
  }

  func validate() throws {
    guard format.table != nil || out != nil else {
      throw ValidationError("--format \(format.rawValue) goes with --out.")
    }
  }

  func run() throws {
    try reportingFailures {
      let run = try EpisodeStream(at: folder)
      if let table = format.table {
        let text = try run.summary().table.rendered(as: table)
        guard let out else { return output(text) }
        try RunFiles.write(text, to: out)
      } else if let out {
        switch format {
        case .parquet: try EpisodeExport.writeParquet(run, to: out)
        case .evalInfo: try EvalInfo.write(EvalInfo.all(in: run), to: out)
        default: try EpisodeExport.writeCSV(run, to: out)
        }
      }
      if let out { note("written: \(out)") }
    }
  }
}
