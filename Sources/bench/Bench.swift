import ArgumentParser
import Console
import Foundation

/// The command line: binds names to concrete tasks and policies, nothing else.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Benchmark vision-language-action robot policies on a simulated tabletop.",
    discussion: """
      bench --suite semantic            the success table of the default policies
      bench list suites                 what can be run
      bench view --suite visual         watch rollouts in a window

      Exit codes: 0 fine or gate passed, 1 gate failed, 2 the run could not be completed (resumable), \
      3 gate inconclusive, 4 not comparable, 5 infrastructure, 64 wrong usage, 65 bad input file.
      """,
    version: version,
    subcommands: [
      RunCommand.self, CompareCommand.self, RegressCommand.self, MergeCommand.self,
      TrainCommand.self, DemosCommand.self, ViewCommand.self, ReplayCommand.self, ReproCommand.self,
      BisectCommand.self, PlanCommand.self, SweepCommand.self, SolvableCommand.self,
      ExplainCommand.self, DiagnoseCommand.self, ReportCommand.self, ExportCommand.self,
      VideoCommand.self,
      ActCommand.self, DoctorCommand.self, ServeCommand.self,
      ListCommand.self, SheetCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// Runs the program; everything that it prints goes through `StandardStreams`, help and errors of usage included.
  static func main() {
    StandardStreams.prepare()
    LastWords.prepare()
    do {
      try CommandName.check(CommandLine.arguments.dropFirst().first, of: Bench.self)
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
    LastWords.allowExit()
    Foundation.exit(StandardStreams.hasFailed ? StandardStreams.failureCode : EXIT_SUCCESS)
  }

  /// Says what an error is, where it belongs, and ends with its exit status.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if !text.isEmpty { code.isSuccess ? StandardStreams.print(text + "\n") : note(text) }
    LastWords.allowExit()
    Foundation.exit(
      code.isSuccess && StandardStreams.hasFailed ? StandardStreams.failureCode : code.rawValue)
  }

  /// The version that results are recorded with.
  static let version = "0.1.0"
}
