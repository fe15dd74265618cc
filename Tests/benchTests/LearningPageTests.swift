import Foundation
import TestSupport
import Testing

@testable import bench

/// The log of a training as a page.
@Suite struct LearningPageTests {
  private static let log = Program.root.appendingPathComponent("Checkpoints/openvla/training.jsonl")

  @Test func aTrainingIsDrawnAndNotMixedWithARun() throws {
    let page = "\(NSTemporaryDirectory())/learning-\(UUID().uuidString).html"
    defer { try? FileManager.default.removeItem(atPath: page) }
    let checkpoints = ["openvla-oft", "openvla-oft-seed2"].map {
      Program.root.appendingPathComponent("Checkpoints/\($0)").path
    }
    #expect(try Program.run(["report"] + checkpoints + ["--out", page]).status == 0)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("turn of the hand [°]") && html.contains("training seed 2"))
    // The gates of Recipes/openvla-oft.yaml, which both followed: half of the turns, and 0.75 of the error along x.
    #expect(html.components(separatedBy: "<title>gate: at most 50.0</title>").count == 3)
    #expect(html.components(separatedBy: "<title>gate: at most ").count == 5)
    let mixed = try Program.run(["report", checkpoints[0], Program.root.path])
    #expect(mixed.status == 64)
    #expect(mixed.errors.contains("give each a page of its own"))
  }

  /// A log that is broken is named with its line; one that says something impossible is drawn or refused, and traps nothing.
  @Test func aBrokenLogIsDrawnOrRefusedByNameAndLine() throws {
    let folder = Program.newFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lines = try String(contentsOf: Self.log, encoding: .utf8).split(separator: "\n")
    let short = [lines.prefix(2), lines.suffix(3)].joined().map { $0 + "\n" }.joined()
    var mutation = Mutation(of: [Data(short.utf8)], seed: 17)
    let tally = Fuzz.trial(of: "training.jsonl", byDefault: 300) { _ in
      try mutation.next().write(to: URL(fileURLWithPath: "\(folder)/training.jsonl"))
      let page = try LearningPage.html(on: [folder], among: Program.root)
      #expect(!page.contains("nan") && !page.contains(">inf"))
    } judging: { error in
      "\(error)".contains("\(folder)/training.jsonl") ? nil : "does not name its file: \(error)"
    }
    #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
  }
}
