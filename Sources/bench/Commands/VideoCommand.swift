import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Videos

/// `bench video`: episodes of a run as videos.
struct VideoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "video", abstract: "Write episodes of a run as H.264 videos.",
    discussion: """
      bench video Runs/1                                 every failure
      bench video Runs/1 semantic/lift-white-tape#3@0    one, of every policy
      bench video Runs/2 --only flips --against Runs/1   flips, from both runs

      Pictures are drawn again from the run's recordings (bench --record). An episode that was not recorded is carried \
      out once more by its policy, and its last state must be the recorded one. Videos that are there already stay.
      """)

  enum Only: String, ExpressibleByArgument, CaseIterable {
    case failures, flips, all
  }

  @OptionGroup var rootOption: RootOption

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Argument(
    help: ArgumentHelp(
      "Episodes; without them those of --only.", valueName: "suite/task#index@seed"))
  var episodes: [String] = []

  @Option(help: "Which episodes, where none is named; without it failures.")
  var only: Only?

  @Option(
    help: ArgumentHelp(
      "Another run: flips are episodes that one run solved and the other did not, and both are filmed.",
      valueName: "run"))
  var against: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A policy of the run; without it all.",
      discussion: "NAME=DIR says where the weights of NAME lie, where it is no shipped one.",
      valueName: "name[=dir]"))
  var policy: [String] = []

  @OptionGroup var policyOptions: PolicyOptions

  func validate() throws {
    guard against == nil || only == .flips else {
      throw ValidationError("--against is for --only flips.")
    }
    guard only == nil || episodes.isEmpty else {
      throw ValidationError("name episodes or say --only, not both.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      let ffmpeg = try FFmpeg()
      let files = try RunFiles(at: folder)
      let other = try against.map { try RunFiles(at: $0) }
      let places = try RunPolicies(policy, of: files)
      let environment = try TabletopEnvironment(root: root.url.path)
      var options = policyOptions
      if let begun = files.description { options.take(from: begun) }
      let catalog = try options.catalog(root, for: environment.setups(of: files.records))
      let player = EpisodePlayer(places: places, catalog: catalog, environment: environment)
      let film = Film(in: environment, with: ffmpeg)
      for (run, records) in try chosen(from: files, and: other) {
        let own = records.filter { places.contains($0.policy) }
        guard !own.isEmpty else { continue }
        _ = try RunFilms(ofRun: run.folder, with: film) { try player.trajectory(of: $0) }.write(own)
      }
    }
  }

  /// Which records of which run are filmed.
  private func chosen(from files: RunFiles, and other: RunFiles?) throws
    -> [(RunFiles, [EpisodeRecord])]
  {
    if let other {
      let flips = RunFlips(
        from: other, to: files, of: try PolicyPair.common(to: other, and: files))
      return [(other, flips.earlier), (files, flips.later)]
    }
    guard !episodes.isEmpty else {
      let choice = FilmChoice(rawValue: (only ?? .failures).rawValue) ?? .failures
      return [(files, choice.records(among: files.records))]
    }
    let names = try Set(
      episodes.map { text in
        let name = try EpisodeName(text)
        guard files.records.contains(where: { EpisodeName(of: $0.episode) == name }) else {
          throw EvaluationError.noSuchEpisode(text, run: files.path)
        }
        return name
      })
    return [(files, files.records.filter { names.contains(EpisodeName(of: $0.episode)) })]
  }
}
