import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import Recordings

/// A file of states that a policy visited: a recording (`Docs/recordings.md`) of whole episodes that may be learned from.
enum VisitedFile {
  /// What stands where a recording names its block.
  static let block = "visited"

  /// Gathers what a policy did in a recorded run.
  ///
  /// Perturbed episodes, and those of seeds by which policies are judged, are left out.
  ///
  /// - Returns: how many episodes and states are in it.
  /// - Throws: `VisitedFileError` where nothing is left; `EvaluationError` or `RecordingError` for files that can't be
  ///   read.
  static func write(_ policy: String?, of run: RunFiles, to path: String) throws
    -> (episodes: Int, states: Int)
  {
    let entries = run.records.filter { $0.kind == .entry }.map(\.policy)
    let known = Set(entries)
    guard let name = policy ?? (known.count == 1 ? known.first : nil),
      run.policies.contains(name)
    else {
      throw EvaluationError.unknownPolicy(
        policy ?? "that is the only entry", run: run.path, known: run.policies)
    }
    let folder = RecordingFolder(ofRun: run.folder)
    var episodes: [RecordedEpisode] = []
    var blocks: Set<String> = []
    for record in run.records where record.policy == name && blocks.insert(record.block).inserted {
      episodes += try folder.recording(policy: name, block: record.block).episodes.filter {
        !$0.actions.isEmpty && $0.episode.factors.isEmpty
          && SeedUse(of: $0.episode.seed) == .development
      }
    }
    guard !episodes.isEmpty else {
      throw VisitedFileError(
        path: run.path, place: name,
        reason: "none of its episodes is unperturbed and of a development seed (0 to 999999)")
    }
    let recording = Recording(policy: name, block: block, episodes: episodes)
    try AtomicFile.write(recording.encoded(), to: URL(fileURLWithPath: path))
    return (episodes.count, episodes.reduce(0) { $0 + $1.actions.count })
  }

  /// Reads such a file; every recorded state is met again to the bit.
  ///
  /// - Throws: `VisitedFileError` with file and episode, or `RecordingError`.
  static func read(_ path: String, in environment: TabletopEnvironment) throws -> VisitedStates {
    let recording = try Recording(at: path)
    let visits = try recording.episodes.enumerated().map { number, recorded in
      func refusal(_ reason: String) -> VisitedFileError {
        let name = EpisodeName(of: recorded.episode)
        return VisitedFileError(
          path: path, place: "episode \(number) (\(name))", reason: reason)
      }
      let episode = recorded.episode
      if let reason = environment.reasonAgainstLearning(from: episode) { throw refusal(reason) }
      let use = SeedUse(of: episode.seed)
      guard use == .development else {
        throw refusal("its seed is one for \(use.rawValue), which nothing may learn from")
      }
      do {
        _ = try recorded.trajectory(in: environment)
      } catch {
        throw refusal("it can't be played again: \(error)")
      }
      return VisitedStates.Visit(episode: episode, actions: recorded.actions)
    }
    let states = VisitedStates(visits)
    guard states.count > 0 else {
      throw VisitedFileError(path: path, place: "episodes", reason: "it holds no state")
    }
    return states
  }
}

/// A file of visited states that can't be learned from.
struct VisitedFileError: Error, CustomStringConvertible {
  var path: String
  /// Which episode, or what else.
  var place: String
  var reason: String

  var description: String {
    "\(path): \(place): \(reason); make it anew with bench export --format visited"
  }
}
