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

  /// What git answers; nil where it is missing, refuses, or says nothing.
  ///
  /// Through the C library, which needs no threads: where memory is short, Foundation's processes wait for ever for theirs.
  private static func git(_ arguments: String..., in folder: URL) -> String? {
    // Variables such as GIT_DIR would lead to the user's repository again.
    let foreign = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("GIT_") }
    let words =
      ["env"] + foreign.flatMap { ["-u", $0] } + ["git", "-C", folder.path] + arguments
    let line = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    guard let answer = popen(line + " 2>/dev/null </dev/null", "r") else { return nil }
    var bytes: [UInt8] = []
    while case let byte = fgetc(answer), byte != EOF { bytes.append(UInt8(byte)) }
    let status = pclose(answer)
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    return status == 0 && !text.isEmpty ? text : nil
  }
}
