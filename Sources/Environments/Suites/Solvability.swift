import EnvironmentInterface
import Threads

/// How often the expert solves a task under one factor at one strength: what is asked of a policy must be possible.
public struct Solvability: Hashable, Sendable, Codable {
  public var suite: String
  public var task: String
  /// Nil for the task without any.
  public var factor: String?
  public var strength: Double
  public var successes: Int
  public var episodes: Int

  public var rate: Double { episodes > 0 ? Double(successes) / Double(episodes) : 0 }

  /// The least rate of a cell that is solvable as specified.
  public static let least = 0.97

  public var isSolvable: Bool { rate >= Self.least }
}

extension TabletopEnvironment {
  /// The expert's rate in a cell.
  ///
  /// Success is the suite's: in one whose episodes go on after success, it must hold at the end.
  ///
  /// - Parameter factor: the only one that acts; nil for none.
  public func solvability(
    suite: String, task: String, factor: String?, strength: Double, episodes: Int, seed: UInt64
  ) throws -> Solvability {
    let goesOn = continuesAfterSuccess(suite: suite)
    var cell = Solvability(
      suite: suite, task: task, factor: factor, strength: strength, successes: 0,
      episodes: episodes)
    let successes = try concurrentMap(Array(0..<episodes)) { [cell] index in
      let episode = try episode(of: cell, index: index, seed: seed)
      var state = try start(episode)
      for _ in 0..<episode.stepLimit {
        if !goesOn, state.status.isSuccess { break }
        step(&state, applying: expertAction(in: state))
      }
      return state.status.isSuccess
    }
    cell.successes = successes.count { $0 }
    return cell
  }

  /// An episode of a cell.
  func episode(of cell: Solvability, index: Int, seed: UInt64) throws -> Episode {
    let whole = try episode(
      suite: cell.suite, task: cell.task, index: index, seed: seed, strength: 1)
    return try episode(
      whole,
      under: cell.factor.map { [FactorSetting(name: $0, strength: cell.strength)] } ?? [])
  }

  /// The factors that act in a task as its suite has it.
  public func factors(ofTask task: String, in suite: String) -> [String] {
    suiteDefinitions.first { $0.name == suite }?.tasks.first { $0.name == task }?.factors ?? []
  }
}
