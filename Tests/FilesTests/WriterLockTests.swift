import Files
import Foundation
import Testing

/// File systems without locks: a file names the writer.
@Suite struct WriterLockTests {
  /// What `flock` answers where it is not known.
  private static let unsupported: [Int32] = [ENOSYS, ENOLCK, EOPNOTSUPP, EINVAL]

  private func lock(_ folder: TemporaryFolder, code: Int32 = ENOSYS) throws -> WriterLock {
    try WriterLock(descriptor: 0, path: "\(folder.path)/episodes.jsonl", folder: folder.path) {
      _, _ in
      errno = code
      return -1
    }
  }

  private func writer(_ change: (inout WriterLock.Writer) -> Void) throws -> Data {
    var writer = WriterLock.Writer.own
    change(&writer)
    return try JSONEncoder().encode(writer)
  }

  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }

  @Test(arguments: unsupported) func aSecondWriterIsKeptOutAndTheFirstCleansUp(code: Int32) throws {
    let folder = try TemporaryFolder()
    do {
      let first = try lock(folder, code: code)
      let error = #expect(throws: WriterLockError.self) { try lock(folder, code: code) }
      #expect(error?.description.contains("process \(getpid())") == true)
      #expect(error?.description.contains("delete that file") == true)
      withExtendedLifetime(first) {}
    }
    #expect(try names(folder).isEmpty)
    _ = try lock(folder, code: code)
  }

  @Test func aHeldLockOfTheFileSystemIsAnotherProcess() throws {
    let folder = try TemporaryFolder()
    #expect(throws: WriterLockError.inUse("\(folder.path)/episodes.jsonl")) {
      try lock(folder, code: EWOULDBLOCK)
    }
    #expect(try names(folder).isEmpty)
  }

  @Test func theLockOfAKilledProcessIsTakenOver() throws {
    let folder = try TemporaryFolder()
    // A number of a process that has ended, and one that was given to another process since.
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/bin/true")
    try ended.run()
    ended.waitUntilExit()
    let gone = ended.processIdentifier
    for dead in [
      try writer { ($0.process, $0.began) = (gone, "1") }, try writer { $0.began = "1" },
    ] {
      try folder.write(dead, to: WriterLock.fileName)
      let taken = try lock(folder)
      let named = try JSONDecoder().decode(
        WriterLock.Writer.self, from: folder.contents(WriterLock.fileName))
      #expect(named == .own)
      withExtendedLifetime(taken) {}
    }
    #expect(try names(folder).isEmpty)
  }

  @Test func aWriterThatCannotBeSeenFromHereIsLeftToItsUser() throws {
    for other in [
      try writer { $0.host = "elsewhere" }, try writer { $0.boot = "another" },
      try writer { $0.processSpace = "pid:[1]" }, Data("half a".utf8),
    ] {
      let folder = try TemporaryFolder()
      try folder.write(other, to: WriterLock.fileName)
      let error = #expect(throws: WriterLockError.self) { try lock(folder) }
      #expect(error?.description.contains(WriterLock.fileName) == true)
      #expect(try folder.contents(WriterLock.fileName) == other)
      #expect(try names(folder) == [WriterLock.fileName])
    }
  }

  @Test func aLockFileKeepsASecondWriterOutAndStays() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/training.lock"
    do {
      let first = try WriterLock(file: path)
      #expect(throws: WriterLockError.inUse(path)) { try WriterLock(file: path) }
      withExtendedLifetime(first) {}
    }
    _ = try WriterLock(file: path)
    #expect(try names(folder) == ["training.lock"])
    let missing = "\(folder.path)/no/such/training.lock"
    #expect(throws: WriterLockError.cannotWrite(FileFault(missing, .write, code: ENOENT))) {
      try WriterLock(file: missing)
    }
  }
}

/// A folder that is removed with its last reference.
private final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("trestle-lock-\(UInt64.random(in: 0...(.max)))")
  var path: String { url.path }

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ data: Data, to name: String) throws {
    try data.write(to: url.appendingPathComponent(name))
  }

  func contents(_ name: String) throws -> Data {
    try Data(contentsOf: url.appendingPathComponent(name))
  }
}
