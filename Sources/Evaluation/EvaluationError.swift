import Files

/// Why an evaluation, a comparison or a gate could not do its work: what, where, and the mend.
public enum EvaluationError: Error, Equatable, Sendable {
  // What was asked for
  case unknownSuite(String, known: [String])
  /// No suite that is run has such a task.
  case unknownTask(String, known: [String])
  /// Of a suite's tasks none is named.
  case noTask(suite: String)
  case repeatedName(String)
  case badShard(String)
  case tooFewEpisodes(Int)
  case unknownPolicy(String, run: String, known: [String])
  case folderHoldsRun(String)
  case badEpisodeName(String)
  case noCleanTwin(String)
  case impossibleDrop(Double, rate: Double)
  case unknownFactor(String, suite: String, known: [String])
  case badStrengths([Double])

  // What was read
  case cannotRead(path: String, reason: String)
  case brokenFile(path: String, line: Int?, reason: String)
  case unknownSchema(path: String, line: Int?, found: Int, known: Int)
  case notTheSameRun(path: String, differences: [String])
  case sameInputTwice(String)
  case shardsDoNotFit(String)
  case unfinishedRun(path: String, finished: Int, of: Int, next: String)
  case otherMachine(path: String, differences: [String])
  case noEpisodes(String)
  case noSuchEpisode(String, run: String)
  case noBaseline(String, reason: String)
  case worseBaseline(path: String, objection: String)

  // What could not be completed
  case cannotWrite(path: String, reason: String)
  case folderInUse(String)
  case folderClaimed(file: String, by: String)
  case folderChanged(path: String, what: String)
  case environmentFailed(block: String, policy: String, reason: String)
  case infrastructureErrors(count: Int, path: String)
}

extension EvaluationError {
  /// The exit status of a process that stops for this reason.
  public var exitCode: Int32 {
    switch self {
    case .unknownSuite, .unknownTask, .noTask, .repeatedName, .badShard, .tooFewEpisodes,
      .unknownPolicy, .folderHoldsRun,
      .badEpisodeName, .noCleanTwin, .impossibleDrop, .unknownFactor, .badStrengths:
      64
    case .cannotRead, .brokenFile, .unknownSchema, .notTheSameRun, .sameInputTwice, .shardsDoNotFit,
      .unfinishedRun, .otherMachine, .noEpisodes, .noSuchEpisode, .noBaseline:
      65
    case .worseBaseline: 1
    case .cannotWrite, .folderInUse, .folderClaimed, .folderChanged, .environmentFailed: 2
    case .infrastructureErrors: 5
    }
  }
}

extension EvaluationError {
  /// A run's folder that cannot be had.
  init(_ error: WriterLockError) {
    self =
      switch error {
      case .inUse(let path): .folderInUse(path)
      case .claimed(let file, let writer): .folderClaimed(file: file, by: writer)
      case .cannotWrite(let fault): .cannotWrite(path: fault.path, reason: fault.reason)
      }
  }
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownTask(let name, let known):
      "no task is called '\(name)'; there are \(known.joined(separator: ", "))"
    case .noTask(let suite):
      "suite '\(suite)' has none of the named tasks: leave it out, or name one of its tasks"
    case .unknownSuite(let name, let known):
      "there is no suite '\(name)'; the suites are \(known.joined(separator: ", "))"
    case .repeatedName(let name):
      "'\(name)' is named twice; name each suite and each policy once"
    case .badShard(let text):
      "'\(text)' is no shard; write I/N with 1 ≤ I ≤ N, such as 2/8"
    case .tooFewEpisodes(let count):
      "\(count) episodes per task say nothing; ask for at least 1"
    case .unknownPolicy(let name, let run, let known):
      "\(run) has no policy '\(name)'; it has \(known.joined(separator: ", "))"
    case .folderHoldsRun(let path):
      "\(path) already holds a run; continue it with --resume, or write to another folder"
    case .badEpisodeName(let text):
      "'\(text)' names no episode; write suite/task#index@seed, such as semantic/lift-white-tape#3@0, "
        + "with +s0.5 behind it for another strength, +skull=0.5 for that of one factor, and ~ in front for the clean twin"
    case .noCleanTwin(let name):
      "\(name): that episode has no clean twin; leave out the ~"
    case .impossibleDrop(let drop, let rate):
      "a policy that solves \(RateText.decimal(100 * rate, places: 1)) % cannot fall by "
        + "\(RateText.decimal(100 * drop, places: 1)) points; ask for a smaller drop"
    case .unknownFactor(let name, let suite, let known):
      "no task of suite \(suite) has a factor '\(name)'; its factors are \(known.joined(separator: ", "))"
    case .badStrengths(let strengths):
      "strengths \(strengths) make no curve; give at least two different ones from 0 to 1"
    case .noEpisodes(let path):
      "\(path) holds no episode; run it first, or continue it with --resume"
    case .noSuchEpisode(let name, let run):
      "\(run) has no episode \(name) of that policy; bench compare and bench regress list names"
    case .noBaseline(let path, let reason):
      "\(path) is no baseline: \(reason)"
    case .worseBaseline(let path, let objection):
      "\(path) stays as it is: \(objection). If that is meant, say --force, and why with --reason"
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .brokenFile(let path, let line, let reason):
      "\(Self.place(path, line)): \(reason)"
    case .unknownSchema(let path, let line, let found, let known):
      "\(Self.place(path, line)): schema \(found) is unknown here, which reads schema \(known); "
        + "use the version of the bench that wrote it"
    case .notTheSameRun(let path, let differences):
      "\(path) is not the same run; these differ:\n  "
        + differences.joined(separator: "\n  ")
        + "\nrepeat the command that began it, or write to another folder"
    case .sameInputTwice(let path):
      "both inputs are \(path); a comparison with itself shows nothing, so name two runs"
    case .shardsDoNotFit(let reason):
      "these shards make no whole run: \(reason)"
    case .unfinishedRun(let path, let finished, let all, let next):
      "\(path) is unfinished: it holds \(finished) of \(all) episodes, next comes \(next); "
        + "continue it with --resume"
    case .otherMachine(let path, let differences):
      "\(path) was computed on another machine; these differ:\n  "
        + differences.joined(separator: "\n  ")
        + "\nthe same episodes can end in other bytes here: go on there, or say --mix-machines to join "
        + "both, which run.json then records"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason); free space or make it writable, then repeat the command (a run "
        + "goes on with --resume)"
    case .folderInUse(let path):
      "another process is writing \(path); wait for it, or write to another folder"
    case .folderClaimed(let file, let writer):
      "\(writer) is writing this run, says \(file), and the file system has no locks to tell whether it "
        + "still is; if it has ended, delete that file and run again with --resume"
    case .folderChanged(let path, let what):
      "\(path) \(what): something else writes there, so this run stops before it mixes results; what it "
        + "finished before is whole. End the other writer, then run again with --resume or to another folder"
    case .environmentFailed(let block, let policy, let reason):
      "the environment failed in every episode of block \(block) with \(policy): \(reason); "
        + "finished blocks are kept, so mend that and run again with --resume"
    case .infrastructureErrors(let count, let path):
      "\(path) holds \(count) episodes that the environment, not the policy, failed; "
        + "a baseline needs a run without them, so run it again"
    }
  }

  private static func place(_ path: String, _ line: Int?) -> String {
    line.map { "\(path):\($0)" } ?? path
  }

  /// The system's own reason of a fault in reading or writing.
  static func reason(_ error: any Error) -> String {
    (error as? FileFault)?.reason ?? String(describing: error)
  }
}
