import EnvironmentInterface
import Foundation
import StrictYAML
import Testing

@testable import Environments

/// What `bench solvable` writes is what tables are told, as long as scenes are what they were.
struct SolvabilityFileTests {
  private static func cell(
    _ task: String, factor: String? = nil, successes: Int = 34
  ) -> Solvability {
    Solvability(
      suite: "visual", task: task, factor: factor, strength: factor == nil ? 0 : 1,
      successes: successes, episodes: 34)
  }

  /// A root whose file holds cells, some of them of scenes that are not what they were.
  private func root(_ cells: [Solvability], stale: Set<String> = []) throws -> SceneRoot {
    let root = try SceneRoot()
    var text = try SharedTabletop.environment().solvabilityText(of: cells, seed: 3)
    for task in stale {
      text = text.split(separator: "\n").map { line in
        line.contains("task: \(task),")
          ? String(line.replacing(/content: "[0-9a-f]+"/, with: "content: \"0\"")) : String(line)
      }.joined(separator: "\n")
    }
    try FileManager.default.createDirectory(
      atPath: "\(root.path)/Results", withIntermediateDirectories: true)
    try root.write(text, to: SolvabilityFile.name)
    return root
  }

  @Test func aTaskIsToldByTheCellsOfItsFactors() throws {
    let visual = try #require(
      SharedTabletop.environment().suiteDefinitions.first { $0.name == "visual" })
    let tasks = visual.tasks.filter { $0.factors.count == 1 }.prefix(4).map {
      ($0.name, $0.factors[0])
    }
    try #require(tasks.count == 4)
    let cells = [
      Self.cell(tasks[0].0, factor: tasks[0].1),
      Self.cell(tasks[1].0, factor: tasks[1].1, successes: 32),
      Self.cell(tasks[2].0, factor: tasks[2].1), Self.cell(tasks[3].0),
    ]
    let root = try root(cells, stale: [tasks[2].0])
    let environment = try TabletopEnvironment(root: root.path)
    #expect(environment.solvable?.entries.map(\.cell) == cells)
    func known(_ number: Int, strength: Double = 1) throws -> TaskSolvability? {
      try environment.solvability(
        of: environment.episode(
          suite: "visual", task: tasks[number].0, index: 5, seed: 11, strength: strength))
    }
    #expect(try known(0) == nil)
    #expect(try known(1) == .unsolvable)
    #expect(try known(2) == .stale)
    #expect(try known(3) == .unmeasured, "only its clean cell was measured")
    #expect(try known(3, strength: 0) == nil)
    #expect(try known(0, strength: 0.5) == .unmeasured)
  }

  @Test func withoutAFileNothingIsKnown() throws {
    let root = try SceneRoot()
    let environment = try TabletopEnvironment(root: root.path)
    let episode = try environment.episode(
      suite: "in-distribution", task: "lift", index: 0, seed: 1, strength: 1)
    #expect(try environment.solvability(of: episode) == nil)
  }

  @Test func aBrokenFileIsRefusedByItsLine() throws {
    let root = try root([])
    try root.write(
      "seed: 0\ncells:\n  - {suite: a, task: b, solved: 35, of: 34, content: \"0\"}\n"
        + "  - {suite: a, task: b, strength: 2, solved: 1, of: 34, content: \"0\", rate: 1}\n",
      to: SolvabilityFile.name)
    let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    let message = error?.description ?? ""
    for part in [
      "\(SolvabilityFile.name):3", "more are solved than there are", "unknown key 'rate'",
    ] {
      #expect(message.contains(part), "\(message)")
    }
  }
}
