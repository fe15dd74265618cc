import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Policies
import Torch

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
      discussion: "NAME=DIR says where the weights of NAME lie, where it is no shipped one.",
      valueName: "name[=dir]"))
  var policy: [String] = []

  @OptionGroup var weights: WeightOptions

  @OptionGroup var images: ImageOptions

  @Option(
    help: "The dataset whose statistics un-normalise actions, where a checkpoint has several.")
  var unnormKey: String?

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      let name = try EpisodeName(episode)
      let files = try RunFiles(at: folder)
      var places: [String: String] = [:]
      for text in policy {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        places[parts[0]] = parts.count > 1 ? parts[1] : parts[0]
      }
      let records = files.records.filter {
        EpisodeName(of: $0.episode) == name && (places.isEmpty || places[$0.policy] != nil)
      }
      guard !records.isEmpty else {
        throw EvaluationError.noSuchEpisode(name.description, run: files.path)
      }
      let environment = try TabletopEnvironment(root: root.url.path, contexts: 1)
      let catalog = PolicyCatalog(
        root: root, loading: try weights.loading(images.preparation), statisticsKey: unnormKey)
      var differ = false
      for record in records {
        let entrant = try catalog.entrants([places[record.policy] ?? record.policy])[0]
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
