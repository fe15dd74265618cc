import EnvironmentInterface
import Recordings

/// Takes down what happens in the rollouts of one block.
///
/// An episode that is tried again is taken down again, so that what remains is what its record tells of.
struct TrajectoryRecorder<World: Environment> {
  private let environment: World
  /// Which episode runs in a slot now.
  private var slots: [Int: Episode] = [:]
  private var episodes: [Episode: RecordedEpisode] = [:]

  init(in environment: World) { self.environment = environment }

  mutating func take(_ event: RolloutEvent<World.State>) {
    switch event {
    case .started(let slot, let episode, let state):
      slots[slot] = episode
      episodes[episode] = RecordedEpisode(episode, startingIn: state, of: environment)
    case .stepped(let slot, let action, let state):
      guard let episode = slots[slot] else { return }
      let environment = environment
      episodes[episode]?.append(action, leadingTo: state, of: environment)
    case .finished: break
    }
  }

  /// What was taken down of a block, with the outcomes of its records.
  func recording(of block: EpisodeBlock, by policy: String, records: [EpisodeRecord]) -> Recording {
    let outcomes = Dictionary(
      records.map { ($0.episode, $0.outcome) }, uniquingKeysWith: { $1 })
    return Recording(
      policy: policy, block: block.id,
      episodes: block.episodes.map { episode in
        var one = episodes[episode] ?? RecordedEpisode(episode: episode, outcome: nil)
        one.outcome = outcomes[episode]
        return one
      })
  }
}
