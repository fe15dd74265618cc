import ArgumentParser
import Evaluation
import Files
import Foundation

extension RunCommand {
  /// With `--resume`, finds the run; without `--suite`, takes what was asked for from its `run.json`.
  ///
  /// An option that is given nevertheless stays: where it says something else than the run, the run is refused with the
  /// difference.
  mutating func takeUpRun() throws {
    guard resume else { return }
    let path = try out ?? latestRun()
    out = path
    let isThere = FileContents.exists("\(path)/\(RunFolder.descriptionName)")
    if isThere { try takeUpKeepsakes(of: RunDescription(inFolder: path), at: path) }
    guard suite == nil else { return }
    guard isThere || FileContents.isFolder(path) else {
      throw ValidationError("--resume --out \(path): there is no such run; begin one with --suite.")
    }
    let begun = try RunDescription(inFolder: path)
    suite = begun.suites.map(\.name).joined(separator: ",")
    if task.isEmpty { task = begun.suites.flatMap(\.tasks) }
    seed = seed ?? begun.seed
    strength = strength ?? begun.strength
    shard = shard ?? (begun.shard == .whole ? nil : "\(begun.shard)")
    if episodes == nil, let count = begun.episodesPerTask.values.first,
      begun.episodesPerTask.values.allSatisfy({ $0 == count }),
      begun.suites.allSatisfy({ $0.ownEpisodes.isEmpty })
    {
      episodes = count
    }
    if policy.isEmpty {
      policy = begun.contestants.map { begun.argument(of: $0.name) }
      if name.isEmpty { name = begun.contestants.map(\.name) }
      // They are among the run's policies already.
      controls = false
    }
    policyOptions.take(from: begun)
  }

  /// Whether trajectories are kept.
  private var isRecording: Bool { record || video != .none }

  private static let videosNote = "videos"

  /// Notes recordings and videos, so that a run that is taken up again keeps the same.
  func noteKeepsakes(in description: inout RunDescription) {
    description.keepsRecordings = isRecording
    if video != .none { description.notes[Self.videosNote] = video.rawValue }
  }

  /// Goes on keeping what the run kept.
  ///
  /// - Throws: where recordings are asked for that the finished episodes do not have.
  private mutating func takeUpKeepsakes(of begun: RunDescription, at path: String) throws {
    let kept = begun.keepsRecordings
    guard kept || !isRecording else {
      throw ValidationError(
        "\(path) was begun without --record, so its finished episodes have no recording: go on without --record and "
          + "--video (bench video films it afterwards), or begin another run.")
    }
    record = kept
    if video == .none, let choice = begun.notes[Self.videosNote].flatMap(FilmChoice.init) {
      video = choice
    }
  }

  /// What `run.json` must note so that the run can be taken up without its command line.
  ///
  /// - Parameter rows: the names of the policies in the table and on the command line.
  static func notes(on rows: [(row: String, argument: String)]) -> [String: String] {
    var notes: [String: String] = [:]
    for (row, argument) in rows where row != argument || FileContents.exists(argument) {
      let policy = ControlName.policy(of: argument)
      let isFile = FileContents.exists(policy) && !PolicyCatalog.names.contains(policy)
      let path = URL(fileURLWithPath: policy).path
      notes[RunDescription.note(of: row)] =
        isFile
        ? ControlName(argument).map { ControlName.text(path, $0.blindness) } ?? path : argument
    }
    return notes
  }

  private func latestRun() throws -> String {
    let names = suite.map(Self.names)
    let shard = try self.shard.map { try Shard($0) }
    let found = RunPlace.latest { run in
      (names.map { $0 == ["all"] || $0 == run.suites.map(\.name) } ?? true)
        && (shard.map { $0 == run.shard } ?? (suite == nil || run.shard == .whole))
    }
    guard let found else {
      let what = suite.map { " of \($0)" } ?? ""
      throw ValidationError(
        "--resume: there is no run\(what) under \(RunPlace.folder)/; name it with --out.")
    }
    return found
  }

  /// Names with commas between.
  static func names(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The policies as they were named, each alone: `--policy a,b` names two.
  ///
  /// A folder whose name has a comma, and an address, are one.
  var policyNames: [String] {
    policy.flatMap { name in
      FileContents.exists(name) || name.contains("://") ? [name] : Self.names(name)
    }
  }
}

extension RunDescription {
  /// The key under which `run.json` notes what a policy was called on the command line.
  static func note(of rowName: String) -> String { "policy.\(rowName)" }

  /// What a policy of the run was called on the command line.
  func argument(of rowName: String) -> String { notes[Self.note(of: rowName)] ?? rowName }
}
