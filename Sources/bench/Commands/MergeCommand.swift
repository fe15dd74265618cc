import ArgumentParser
import Evaluation

/// `bench merge`: the shards of a run become the run that one machine would have written, and runs of different policies
/// one table.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the shards of a run, or runs of several policies, and print the table.",
    discussion: """
      bench merge Runs/part-1 Runs/part-2 Runs/part-3 --out Runs/whole
      bench merge Runs/shipped Runs/mine --out Runs/both

      Runs of different policies are joined where they played the same episodes: a policy that came later gets its row \
      beside the others, which need not act again.
      """)

  @Argument(
    help: ArgumentHelp(
      "The folders of all shards, in any order, or of runs of other policies, in the table's order.",
      valueName: "run"))
  var runs: [String]

  @Option(help: "A new folder for the whole run.")
  var out: String

  @Flag(help: "Join runs though different machines computed them.")
  var mixMachines = false

  @Option(help: "The format of the table on standard output.")
  var format = RunCommand.TableFormat.text

  func run() throws {
    try reportingFailures {
      let summary = try RunMerge.write(
        runs.map { try RunFiles(at: $0) }, to: out, mixingMachines: mixMachines)
      output(try summary.table.rendered(as: format))
      note("run folder: \(out)")
    }
  }
}
