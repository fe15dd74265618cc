import ArgumentParser
import Evaluation

/// `bench merge`: the shards of a run become the run that one machine would have written.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the shards of a run and print its table.",
    discussion: "bench merge Runs/part-1 Runs/part-2 Runs/part-3 --out Runs/whole")

  @Argument(help: ArgumentHelp("The folders of all shards, in any order.", valueName: "run"))
  var shards: [String]

  @Option(help: "A new folder for the whole run.")
  var out: String

  @Flag(help: "Join shards though different machines computed them.")
  var mixMachines = false

  @Option(help: "The format of the table on standard output.")
  var format = RunCommand.TableFormat.text

  func run() throws {
    try reportingFailures {
      let summary = try RunMerge.write(
        shards.map { try RunFiles(at: $0) }, to: out, mixingMachines: mixMachines)
      output(try summary.table.rendered(as: format))
      note("run folder: \(out)")
    }
  }
}
