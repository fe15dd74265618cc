import Foundation
import Testing

@testable import Files

/// A folder that is gone when the test is over.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID())")
  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func file(_ name: String) -> URL { url.appendingPathComponent(name) }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }
}

@Suite struct AtomicFileTests {
  @Test func aFailureLeavesTheOldFileAndNothingBesideIt() throws {
    struct Stop: Error {}
    let folder = try Folder()
    try AtomicFile.write(Data("old".utf8), to: folder.file("a"))
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: folder.file("a")) { file in
        try file.append(Data("half of the new".utf8))
        throw Stop()
      }
    }
    #expect(try FileContents.read(folder.file("a").path) == Data("old".utf8))
    #expect(folder.names == ["a"])
  }

  @Test func theSystemsReasonIsTold() throws {
    let folder = try Folder()
    let error = #expect(throws: FileFault.self) {
      try AtomicFile.write(Data(), to: folder.file("no/such/folder"))
    }
    #expect(error?.reason == "No such file or directory")
    #expect(error?.path == folder.file("no/such/folder").path)
    // A folder is not replaced by a file.
    let occupied = #expect(throws: FileFault.self) {
      try AtomicFile.write(Data(), to: folder.url)
    }
    #expect(occupied?.reason == "Is a directory")
    #expect(folder.names.isEmpty)
  }
}

@Suite struct FileContentsTests {
  @Test func whatCannotBeReadIsToldWithItsReason() throws {
    let folder = try Folder()
    let missing = #expect(throws: FileFault.self) { try FileContents.read(folder.file("x").path) }
    #expect(
      missing?.description == "cannot read \(folder.file("x").path): No such file or directory")
    let isFolder = #expect(throws: FileFault.self) { try FileContents.read(folder.url.path) }
    #expect(isFolder?.reason == "Is a directory")
  }

  @Test func anEndlessFileIsRefused() throws {
    let error = #expect(throws: FileFault.self) {
      try FileContents.read("/dev/zero", limit: 1 << 20)
    }
    #expect(error?.reason == "it has more than 1 MB")
  }
}
