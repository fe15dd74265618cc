import ArgumentParser

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
      TrainCommand.self, ViewCommand.self, ReplayCommand.self, ReproCommand.self,
      ExplainCommand.self, ReportCommand.self, ActCommand.self,
      ListCommand.self, SheetCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// The version that results are recorded with.
  static let version = "0.1.0"
}
