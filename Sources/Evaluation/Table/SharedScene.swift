import EnvironmentInterface
import Statistics

/// A first state of which two tasks ask different things.
///
/// Whoever does not read the instruction does the same in both episodes and solves one at most, so that a rate over
/// such pairs asks for reading where one over single episodes does not.
struct SharedScene: Hashable, Sendable {
  let draw: String
  /// What tells it from others of the draw: the episode's name, whatever its task.
  private let name: EpisodeName

  /// Nil for an episode with a scene of its own.
  init?(_ episode: Episode) { self.init(EpisodeName(of: episode), draw: episode.sharedDraw) }

  init?(_ outcome: EpisodeOutcome) { self.init(outcome.name, draw: outcome.sharedDraw) }

  private init?(_ name: EpisodeName, draw: String?) {
    guard let draw else { return nil }
    self.draw = draw
    var name = name
    name.task = draw
    self.name = name
  }
}

/// How many pairs of episodes with a shared first state were solved both, by the name of their draw.
struct SharedScenes: Sendable {
  /// In the order of their first whole pairs.
  private(set) var draws: [(name: String, count: Int, solved: Int)] = []
  /// Episodes whose partner has not come yet.
  private var waiting: [SharedScene: (task: String, isSuccess: Bool)] = [:]

  mutating func add(_ record: EpisodeRecord) {
    guard let scene = SharedScene(record.episode) else { return }
    guard let partner = waiting[scene], partner.task != record.episode.task else {
      waiting[scene] = (record.episode.task, record.isSuccess)
      return
    }
    waiting[scene] = nil
    let isSolved = partner.isSuccess && record.isSuccess
    let place = draws.firstIndex { $0.name == scene.draw } ?? draws.count
    if place == draws.count { draws.append((scene.draw, 0, 0)) }
    draws[place].count += 1
    draws[place].solved += isSolved ? 1 : 0
  }
}

/// How often both of a pair were solved: the same first state, two instructions.
public struct BothOfPair: Hashable, Sendable {
  /// Pairs, and how many of them were solved both.
  public let count: Proportion
  /// The rate as a statement on scenes like these; nil for a single draw, or where all are alike.
  public let acrossDraws: ClusteredMean?

  /// Nil without a whole pair.
  init?(_ scenes: SharedScenes) {
    let draws = scenes.draws
    let count = draws.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    self.count = Proportion(successes: draws.reduce(0) { $0 + $1.solved }, of: count)
    acrossDraws = ClusteredMean(
      sums: draws.map {
        .init(count: $0.count, sum: Double($0.solved), squares: Double($0.solved))
      })
  }
}
