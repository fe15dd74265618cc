import EnvironmentInterface
import Recordings

/// Takes down what happens in the rollouts of one block.
///
/// An episode that is tried again is taken down again, so that what remains is what its record tells of.
struct TrajectoryRecorder<World: Environment> {
  private let environment: World
  /// What runs in a slot now.
  private var running: [Int: RecordedEpisode] = [:]
  private var finished: [Episode: RecordedEpisode] = [:]

  init(in environment: World) { self.environment = environment }

  mutating func take(_ event: RolloutEvent<World.State>) {
    switch event {
    case .started(let slot, let episode, let state):
      running[slot] = RecordedEpisode(episode, startingIn: state, of: environment)
    case .stepped(let slot, let action, let state, let status):
      let values = environment.stateValues(of: state)
      running[slot]?.append(action, leadingTo: values, progress: status.progress)
    case .finished(let slot, let record):
      finished[record.episode] = running.removeValue(forKey: slot)
    }
  }

  /// What was taken down of a block, with the outcomes of its records.
  func recording(of block: EpisodeBlock, by policy: String, records: [EpisodeRecord]) -> Recording {
    let outcomes = Dictionary(
      records.map { ($0.episode, $0.outcome) }, uniquingKeysWith: { $1 })
    return Recording(
      policy: policy, block: block.id,
      episodes: block.episodes.map { episode in
        var one = finished[episode] ?? RecordedEpisode(episode: episode, outcome: nil)
        one.outcome = outcomes[episode]
        return one
      })
  }
}
