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
      bench export Runs/1 --format visited --out visited.safetensors      states that a recipe may draw frames from

      text, md, csv, json and junit are the table of rates; episodes (comma-separated) and parquet have a row an \
      episode; eval-info is a folder with NAME/eval_info.json for each policy; visited is what one policy did in the \
      unperturbed episodes of a run with --record. Memory does not grow with the number of episodes, but for the last two.
      """)

  @Argument(help: ArgumentHelp("A run folder, or its episodes.jsonl.", valueName: "run"))
  var folder: String

  @Option(help: "What to write.")
  var format = Format.text

  @Option(help: "The file, or the folder of eval-info; without it tables go to standard output.")
  var out: String?

  @Option(help: "Whose states, for visited; without it the run's only entry.")
  var policy: String?

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, md, csv, json, junit, episodes, parquet, visited
    case evalInfo = "eval-info"

    /// The table of rates in a format of `bench run`; nil for episodes.
    fileprivate var table: RunCommand.TableFormat? { RunCommand.TableFormat(rawValue: rawValue) }
  }

  func validate() throws {
    guard format.table != nil || out != nil else {
      throw ValidationError("--format \(format.rawValue) goes with --out.")
    }
    guard policy == nil || format == .visited else {
      throw ValidationError("--policy goes with --format visited.")
    }
  }

  func run() throws {
    try reportingFailures {
      if format == .visited, let out {
        let (episodes, states) = try VisitedFile.write(
          policy, of: RunFiles(at: folder), to: out)
        return note("\(states) states of \(episodes) episodes: \(out)")
      }
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
