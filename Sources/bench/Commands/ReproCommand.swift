import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation

/// `bench repro`: an episode of a run once more; it must be the same to the byte.
struct ReproCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repro", abstract: "Run an episode of a run again; it must be the same bytes.",
    discussion: """
      bench repro Runs/1 semantic/lift-white-tape#3@0

      Exit codes: 0 the same bytes, 1 other ones, 65 no such episode in the run.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Argument(help: ArgumentHelp("The episode.", valueName: "suite/task#index@seed"))
  var episode: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A policy of the run; without it all that ran the episode.",
      discussion:
        "NAME=PLACE says where NAME is now, where it is not what it was when the run was begun.",
      valueName: "name[=dir|url|…]"))
  var policy: [String] = []

  @OptionGroup var policyOptions: PolicyOptions

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      let name = try EpisodeName(episode)
      let files = try RunFiles(at: folder)
      let places = try RunPolicies(policy, of: files)
      let records = files.records.filter {
        EpisodeName(of: $0.episode) == name && places.contains($0.policy)
      }
      guard !records.isEmpty else {
        throw EvaluationError.noSuchEpisode(name.description, run: files.path)
      }
      let environment = try TabletopEnvironment(root: root.url.path, contexts: 1)
      var options = policyOptions
      if let begun = files.description { options.take(from: begun) }
      let catalog = try options.catalog(root, for: environment.setups(of: records))
      var differ = false
      for record in records {
        let entrant = try catalog.entrants([places.place(of: record.policy)])[0]
        var again = try entrant.contestant.record(
          of: name.episode(in: environment), block: record.block, in: environment)
        (again.policy, again.kind) = (record.policy, record.kind)
        let lines = try [record, again].map { try EpisodeLines.encode([$0]) }
        differ = differ || lines[0] != lines[1]
        output(
          lines[0] == lines[1]
            ? "\(name), \(record.policy): the same \(lines[0].count) bytes"
            : "\(name), \(record.policy): DIFFERENT\n"
              + lines.map { String(decoding: $0, as: UTF8.self) }.joined())
      }
      if differ { throw ExitCode(1) }
    }
  }
}
