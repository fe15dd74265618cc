import Files
import Foundation

/// The folder of a sweep: a run for each strength of one factor, in a folder each.
public enum SweepFolder {
  /// Where the run of a strength lies: `strength-0.25`.
  public static func place(of strength: Double, in folder: String) -> String {
    "\(folder)/\(prefix)\(strength)"
  }

  /// Whether a folder holds the runs of a sweep.
  public static func isSweep(_ path: String) -> Bool { !places(in: path).isEmpty }

  /// The runs of a sweep, the weakest first.
  ///
  /// - Throws: `EvaluationError` with file and line for a run that cannot be read.
  public static func runs(in path: String) throws(EvaluationError) -> [RunFiles] {
    var runs: [RunFiles] = []
    for place in places(in: path) { runs.append(try RunFiles(at: place)) }
    return runs.sorted { ($0.description?.strength ?? 0) < ($1.description?.strength ?? 0) }
  }

  private static let prefix = "strength-"

  private static func places(in path: String) -> [String] {
    guard FileContents.isFolder(path),
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    else { return [] }
    return names.sorted().filter { $0.hasPrefix(prefix) }.map { "\(path)/\($0)" }
      .filter { FileContents.exists("\($0)/\(RunFolder.descriptionName)") }
  }
}
