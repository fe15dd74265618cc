import Foundation

/// The commit of Trestle's own sources.
enum SourceCommit {
  /// The commit that is checked out where the program was built, with `-dirty` for changed files.
  ///
  /// Nil where the program lies in no checkout of its own, whatever repository its user stands in.
  static var current: String? {
    guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
    var folder = program.deletingLastPathComponent()
    while folder.path != "/", !isPackage(folder) { folder.deleteLastPathComponent() }
    guard isPackage(folder) else { return nil }
    // A package that was copied into another repository has no commit of its own.
    guard let top = git("rev-parse", "--show-toplevel", in: folder),
      URL(fileURLWithPath: top).resolvingSymlinksInPath().path == folder.path
    else { return nil }
    return git(
      "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*", in: folder)
  }

  private static func isPackage(_ folder: URL) -> Bool {
    ["Package.swift", "Sources/bench"].allSatisfy {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
  }

  private static func git(_ arguments: String..., in folder: URL) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.path] + arguments
    // Variables such as GIT_DIR would lead to the user's repository again.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 && !text.isEmpty ? text : nil
  }
}
