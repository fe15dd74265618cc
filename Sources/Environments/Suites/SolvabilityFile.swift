import EnvironmentInterface
import Foundation
import StrictYAML

/// What the expert solves of each task under each factor and strength, as `bench solvable --out` has written it.
struct SolvabilityFile: Sendable {
  /// One measurement, with what its first episode was then.
  struct Entry: Hashable, Sendable {
    var cell: Solvability
    /// `contentHash` of the cell's first episode on the file's seed.
    var content: String
  }

  /// The file's place in a root folder.
  static let name = "Results/solvable.yaml"

  let seed: UInt64
  let entries: [Entry]
  private let byCell: [Cell: Entry]

  private struct Cell: Hashable {
    var suite: String
    var task: String
    var factor: String?
    var strength: Double
  }

  init(seed: UInt64, entries: [Entry]) {
    self.seed = seed
    self.entries = entries
    byCell = Dictionary(entries.map { (Self.cell($0.cell), $0) }) { first, _ in first }
  }

  /// The file of a root folder; nil where there is none.
  ///
  /// - Throws: `YAMLError` that names line and mend.
  init?(root: String) throws {
    let path = "\(root)/\(Self.name)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try YAMLDocument(atPath: path, named: Self.name).read { try SolvabilityFile($0) }
  }

  private init(_ file: YAMLValue) throws {
    let fields = try file.mapping(knownKeys: ["seed", "cells"])
    self.init(
      seed: UInt64(fields.integer("seed", within: .solvabilitySeed)),
      entries: fields.read("cells", or: []) { try $0.items(.cells) { try Entry($0) } })
  }

  /// The measurement of a cell; nil where there is none.
  ///
  /// - Parameter factor: the only one that acts; nil for the task as training would have it.
  func entry(suite: String, task: String, factor: String?, strength: Double) -> Entry? {
    byCell[Cell(suite: suite, task: task, factor: factor, strength: factor == nil ? 0 : strength)]
  }

  private static func cell(_ cell: Solvability) -> Cell {
    Cell(suite: cell.suite, task: cell.task, factor: cell.factor, strength: cell.strength)
  }

  /// The file's text: a line a cell.
  var text: String {
    let lines = entries.map { entry in
      let cell = entry.cell
      let factor = cell.factor.map { ", factor: \($0), strength: \(cell.strength)" } ?? ""
      return "  - {suite: \(cell.suite), task: \(cell.task)\(factor), solved: \(cell.successes), "
        + "of: \(cell.episodes), content: \"\(entry.content)\"}"
    }
    return """
      # How many episodes of each task, and of each task under one factor at one strength, the scripted expert solves. Tables leave
      # tasks out of their means of which it solves fewer than \(Int(Solvability.least * 100)) in 100. Written by `bench solvable --out \(Self.name)`.
      seed: \(seed)
      cells:
      \(lines.joined(separator: "\n"))

      """
  }
}

extension SolvabilityFile.Entry {
  fileprivate init(_ entry: YAMLValue) throws {
    let fields = try entry.mapping(knownKeys: [
      "suite", "task", "factor", "strength", "solved", "of", "content",
    ])
    let factor = fields.readIfPresent("factor", default: nil) { try $0.identifier() }
    if factor == nil, let strength = fields["strength"] {
      strength.complain("there is no factor of this strength", mend: "remove it")
    }
    cell = Solvability(
      suite: fields.read("suite", or: "…") { try $0.identifier() },
      task: fields.read("task", or: "…") { try $0.identifier() }, factor: factor,
      strength: factor == nil ? 0 : fields.number("strength", within: .fraction),
      successes: fields.integer("solved", within: .solved),
      episodes: fields.integer("of", within: .episodes))
    if cell.successes > cell.episodes {
      entry.complain("more are solved than there are", mend: "write the file anew")
    }
    content = fields.read("content", or: "") { try $0.text(atMost: TextLimits.phrase) }
  }
}

extension CountLimits {
  fileprivate static let cells = CountLimits(1...100_000, "cells")
  fileprivate static let solved = CountLimits(0...10_000, "episodes")
  fileprivate static let solvabilitySeed = CountLimits(0...Int.max)
}

extension TabletopEnvironment {
  /// Measurements as a file.
  ///
  /// - Parameter seed: that of the measurements.
  public func solvabilityText(of cells: [Solvability], seed: UInt64) throws -> String {
    SolvabilityFile(
      seed: seed,
      entries: try cells.map { cell in
        SolvabilityFile.Entry(cell: cell, content: try content(of: cell, seed: seed))
      }
    ).text
  }

  public func solvability(of episode: Episode) throws -> TaskSolvability? {
    guard let measured = solvable else { return nil }
    let acting = episode.factors.filter { $0.strength > 0 }
    let cells: [FactorSetting?] = acting.isEmpty ? [nil] : acting
    return try cells.compactMap { setting -> TaskSolvability? in
      let found = measured.entry(
        suite: episode.suite, task: episode.task, factor: setting?.name,
        strength: setting?.strength ?? 0)
      guard let found else { return .unmeasured }
      guard try content(of: found.cell, seed: measured.seed) == found.content else { return .stale }
      return found.cell.isSolvable ? nil : .unsolvable
    }.max { $0.weight < $1.weight }
  }

  /// What the first episode of a cell is.
  private func content(of cell: Solvability, seed: UInt64) throws -> String {
    let episode = try episode(of: cell, index: 0, seed: seed)
    return contentHash(of: episode, startingIn: try start(episode))
  }
}

extension TaskSolvability {
  /// What is said where several hold.
  fileprivate var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
