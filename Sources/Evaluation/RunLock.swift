import Files
import Foundation

/// Keeps two processes from writing one run.
///
/// A lock of the file system (`flock`) ends with its process and needs no cleaning up. File systems without it, such as
/// Lustre mounted without `flock`, get a file that names its writer instead: made only where none is there, taken over
/// where this machine can see that the writer is gone, and otherwise left for its user to judge.
final class RunLock {
  /// Who holds a run, as its lock file says.
  struct Writer: Codable, Equatable {
    var host: String
    /// Differs after every start of a machine.
    var boot: String
    /// Processes are numbered anew in every container.
    var processSpace: String
    var process: Int32
    /// When the process began, in ticks since the machine did: numbers of processes are used again.
    var began: String

    static var own: Writer {
      Writer(
        host: ProcessInfo.processInfo.hostName, boot: text("/proc/sys/kernel/random/boot_id"),
        processSpace: (try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/ns/pid")) ?? "",
        process: getpid(), began: start(of: getpid()) ?? "")
    }

    /// Whether this process can see that the writer no longer runs.
    var isKnownToBeGone: Bool {
      let own = Writer.own
      guard host == own.host, boot == own.boot, processSpace == own.processSpace, !boot.isEmpty
      else { return false }
      return Self.start(of: process) != began
    }

    private static func text(_ path: String) -> String {
      (try? FileContents.read(path)).map { String(decoding: $0, as: UTF8.self) }?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    /// Field 22 of `/proc/PID/stat`; the name before it may hold spaces and parentheses.
    private static func start(of process: Int32) -> String? {
      let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ")
      return fields.flatMap { $0.count > 19 ? String($0[19]) : nil }
    }
  }

  static let fileName = "writer.lock"

  /// The lock file that is to be removed; nil where the file system itself locks.
  private let ownFile: String?

  /// Locks the run whose open `episodes.jsonl` this is.
  ///
  /// - Parameter lock: the system's call, which tests replace.
  /// - Throws: `EvaluationError.folderInUse` or `.folderClaimed`.
  init(
    descriptor: Int32, path: String, folder: String,
    lock: (Int32, Int32) -> Int32 = { flock($0, $1) }
  ) throws(EvaluationError) {
    if lock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      ownFile = nil
      return
    }
    if errno == EWOULDBLOCK || errno == EINTR { throw .folderInUse(path) }
    let file = "\(folder)/\(Self.fileName)"
    try Self.claim(file)
    ownFile = file
  }

  deinit {
    if let ownFile, Self.writer(of: ownFile) == .own { unlink(ownFile) }
  }

  // MARK: - The lock file

  private static func claim(_ file: String) throws(EvaluationError) {
    if try make(file) { return }
    guard let writer = writer(of: file) else {
      throw .folderClaimed(file: file, by: "an unknown process")
    }
    guard writer.isKnownToBeGone else {
      throw .folderClaimed(file: file, by: "process \(writer.process) on \(writer.host)")
    }
    // Renaming takes it from exactly one of those who try at the same moment.
    let stale = "\(file).gone-\(getpid())"
    guard rename(file, stale) == 0 else { throw .folderInUse(file) }
    let taken = Self.writer(of: stale)
    guard taken == writer else {
      // Somebody took it over in between: what was moved is theirs.
      link(stale, file)
      unlink(stale)
      throw .folderInUse(file)
    }
    unlink(stale)
    guard try make(file) else { throw .folderInUse(file) }
  }

  /// Makes the lock file; false where one is there.
  private static func make(_ file: String) throws(EvaluationError) -> Bool {
    let temporary = "\(file).partial-\(getpid())"
    do {
      try AtomicFile.write(JSONEncoder().encode(Writer.own), to: URL(fileURLWithPath: temporary))
    } catch {
      throw .cannotWrite(path: file, reason: EvaluationError.reason(error))
    }
    defer { unlink(temporary) }
    // A link to a whole file: nobody ever reads half a lock.
    if link(temporary, file) == 0 { return true }
    if errno == EEXIST { return false }
    // Where there are no links either, the name alone must do.
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return false }
    guard descriptor >= 0 else {
      throw .cannotWrite(path: file, reason: EvaluationError.reason(FileFault(file, .write)))
    }
    close(descriptor)
    guard rename(temporary, file) == 0 else {
      throw .cannotWrite(path: file, reason: EvaluationError.reason(FileFault(file, .write)))
    }
    return true
  }

  private static func writer(of file: String) -> Writer? {
    (try? FileContents.read(file, limit: 1 << 16))
      .flatMap { try? JSONDecoder().decode(Writer.self, from: $0) }
  }
}
