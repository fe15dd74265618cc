import Files
import Foundation
import Recordings

/// Joins the shards of a run into the run that one machine would have written, byte for byte, and runs of different
/// policies in the same episodes into the run of all of them.
public enum RunMerge {
  /// The whole run of these shards, or of these policies' runs, of which each may be in shards.
  ///
  /// - Parameter mixingMachines: join runs though different processors, drivers or libraries computed them; the
  ///   description lists all.
  /// - Throws: `EvaluationError.shardsDoNotFit` where shards are missing, repeated or unfinished, `.notTheSameRun`
  ///   where they belong to different runs or a policy did otherwise in two of them, `.otherMachine` where their
  ///   machines differ.
  public static func merged(_ runs: [RunFiles], mixingMachines: Bool = false)
    throws(EvaluationError) -> RunFiles
  {
    var groups: [[RunFiles]] = []
    for run in runs {
      let names = run.description?.contestants.map(\.name)
      let same = groups.firstIndex { $0[0].description?.contestants.map(\.name) == names }
      if let same { groups[same].append(run) } else { groups.append([run]) }
    }
    var wholes: [RunFiles] = []
    for group in groups { wholes.append(try whole(group, mixingMachines: mixingMachines)) }
    return wholes.count == 1
      ? wholes[0] : try sideBySide(wholes, mixingMachines: mixingMachines)
  }

  private static func whole(_ shards: [RunFiles], mixingMachines: Bool)
    throws(EvaluationError) -> RunFiles
  {
    guard let first = shards.first else { throw .shardsDoNotFit("none was named") }
    guard var description = first.description else { throw .shardsDoNotFit(Self.lone(first)) }

    var indices: [Int: String] = [:]
    var machines: [Int: [String: String]] = [:]
    var blocks: [Place: [EpisodeRecord]] = [:]
    for shard in shards {
      guard let other = shard.description else { throw .shardsDoNotFit(Self.lone(shard)) }
      var differences = description.differences(from: other, ignoringShard: true)
      if other.shard.count != description.shard.count {
        differences.append("shards: \(description.shard.count) here, \(other.shard.count) there")
      }
      guard differences.isEmpty else {
        throw .notTheSameRun(path: shard.path, differences: differences)
      }
      let differing = MachineFacts.differences(from: other.machine, to: description.machine)
      guard differing.isEmpty || mixingMachines else {
        throw .otherMachine(path: shard.path, differences: differing)
      }
      machines[other.shard.index] = other.machine
      description.machine = MachineFacts.joined(description.machine, other.machine)
      if let earlier = indices.updateValue(shard.path, forKey: other.shard.index) {
        throw .shardsDoNotFit(
          "\(earlier) and \(shard.path) are both shard \(other.shard); name each once")
      }
      let own = Set(other.ownBlocks.map(\.id))
      for record in shard.records {
        guard own.contains(record.block) else {
          throw .shardsDoNotFit("\(shard.path) holds block \(record.block) of another shard")
        }
        blocks[Place(record), default: []].append(record)
      }
    }

    let missing = (1...description.shard.count).filter { indices[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.prefix(8).map { "\($0)/\(description.shard.count)" }
      let more = missing.count > names.count ? " and \(missing.count - names.count) more" : ""
      throw .shardsDoNotFit("shard \(names.joined(separator: ", "))\(more) is missing")
    }

    var records: [EpisodeRecord] = []
    for contestant in description.contestants {
      for block in description.blocks {
        let found = blocks[Place(policy: contestant.name, block: block.id)] ?? []
        guard found.count == block.episodes else {
          throw .shardsDoNotFit(
            "\(contestant.name) has \(found.count) of \(block.episodes) episodes of block "
              + "\(block.id); continue that shard with --resume")
        }
        records += found
      }
    }
    description.shard = .whole
    description.notes.merge(MachineFacts.notes(ofShards: machines)) { $1 }
    return RunFiles(path: first.path, description: description, records: records)
  }

  /// Merges shards or policies' runs and writes the whole run with its summaries to a new folder, all of it or nothing.
  ///
  /// - Returns: the summary of the whole run.
  /// - Throws: as `merged`, and `EvaluationError.folderHoldsRun` or `.cannotWrite`.
  public static func write(
    _ shards: [RunFiles], to path: String, mixingMachines: Bool = false
  ) throws(EvaluationError) -> Summary {
    let run = try merged(shards, mixingMachines: mixingMachines)
    guard let description = run.description else { throw .shardsDoNotFit("none has a run.json") }
    let target = URL(fileURLWithPath: path).path
    guard !path.isEmpty else {
      throw .cannotWrite(path: "the merged run", reason: "its name is empty")
    }
    if FileContents.exists("\(target)/\(RunFolder.descriptionName)") { throw .folderHoldsRun(path) }

    // Written beside its place and renamed, so that a full disk or a kill leaves no half of a run there.
    let partial = "\(target).partial-\(getpid())"
    let summary = Summary(of: run.records, in: description)
    do throws(EvaluationError) {
      try write(run.records, description, summary, to: partial)
      for shard in shards { try copyRecordings(of: shard, to: partial) }
      guard rename(partial, target) == 0 else {
        throw EvaluationError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      if case .cannotWrite(let file, let reason) = error, file.hasPrefix(partial) {
        throw .cannotWrite(path: path + file.dropFirst(partial.count), reason: reason)
      }
      throw error
    }
    AtomicFile.syncFolder(URL(fileURLWithPath: target).deletingLastPathComponent().path)
    return summary
  }

  private static func write(
    _ records: [EpisodeRecord], _ description: RunDescription, _ summary: Summary, to path: String
  ) throws(EvaluationError) {
    let folder = try RunFolder(at: path, describing: description, resuming: false)
    if !records.isEmpty { try folder.append(records) }
    try folder.write(summary)
  }

  /// Copies what a shard recorded, a block at a time; videos are made anew from it.
  private static func copyRecordings(of shard: RunFiles, to path: String) throws(EvaluationError) {
    let (from, to) = (RecordingFolder(ofRun: shard.folder), RecordingFolder(ofRun: path))
    guard from.exists, let description = shard.description else { return }
    for contestant in description.contestants {
      for block in description.ownBlocks {
        let file = from.file(policy: contestant.name, block: block.id)
        guard FileContents.exists(file) else { continue }
        do {
          try to.write(RunFiles.data(at: file), policy: contestant.name, block: block.id)
        } catch let error as EvaluationError {
          throw error
        } catch {
          throw .cannotWrite(
            path: (error as? FileFault)?.path ?? to.path, reason: EvaluationError.reason(error))
        }
      }
    }
  }

  private struct Place: Hashable {
    let policy: String
    let block: String

    init(policy: String, block: String) {
      self.policy = policy
      self.block = block
    }

    init(_ record: EpisodeRecord) { self.init(policy: record.policy, block: record.block) }
  }

  static func lone(_ run: RunFiles) -> String {
    "\(run.path) is no run folder; name folders with a \(RunFolder.descriptionName)"
  }
}

extension RunFolder {
  /// Writes `summary.json`, `summary.csv`, `summary.md` and `junit.xml`, and `eval_info/NAME/eval_info.json` for each
  /// policy, as LeRobot's tools read it.
  ///
  /// - Throws: `EvaluationError.folderChanged` where the folder no longer holds the episodes that it sums up.
  public func write(_ summary: Summary) throws(EvaluationError) {
    try checkUnchanged()
    let table = summary.table
    try write(table.json(), to: "summary.json")
    try write(table.csv(), to: "summary.csv")
    try write(table.markdown(), to: "summary.md")
    try write(table.jUnit(), to: "junit.xml")
    try EvalInfo.write(EvalInfo.all(in: records), to: "\(path)/eval_info")
  }
}
