import Datasets
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import ImageFiles

/// The episodes of an exported dataset, a block at a time: somebody acts, then every state is drawn.
struct DemonstrationSource {
  let environment: TabletopEnvironment
  let suite: String
  let tasks: [String]
  let episodesPerTask: Int
  let seed: UInt64
  let strength: Double
  let contestant: Contestant
  let keepsFailures: Bool

  /// Episodes come in rounds, one of each task, and a part is a block of them.
  var partCount: Int {
    (episodesPerTask * tasks.count + EpisodeBlock.size - 1) / EpisodeBlock.size
  }

  private static let stateNames = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"]

  /// What all episodes have in common.
  ///
  /// - Throws: `DemonstrationError`, where the tasks' set-ups differ.
  func description(name: String) throws -> DatasetDescription {
    let interfaces = try tasks.map { try environment.interface(suite: suite, task: $0) }
    guard let interface = interfaces.first, interfaces.allSatisfy({ $0 == interface }) else {
      throw DemonstrationError.severalSetups(suite: suite)
    }
    return DatasetDescription(
      name: name, robot: environment.facts["robot"] ?? interface.name,
      rate: interface.controlRate ?? 1,
      cameras: interface.cameras.map {
        .init(name: $0.name, height: $0.height ?? 0, width: $0.width ?? 0)
      },
      stateNames: Self.stateNames, actionNames: Self.stateNames,
      normalizedActions: [true, true, true, true, true, true, false])
  }

  /// The episodes of a part that are to be kept, in order.
  func episodes(ofPart part: Int) throws -> [DatasetEpisode] {
    let numbers =
      part
      * EpisodeBlock.size..<min(
        (part + 1) * EpisodeBlock.size, episodesPerTask * tasks.count)
    let planned = try numbers.map { number in
      try environment.episode(
        suite: suite, task: tasks[number % tasks.count], index: number / tasks.count, seed: seed,
        strength: strength)
    }
    let block = EpisodeBlock(id: "\(suite)/demos-\(part)", suite: suite, episodes: planned)
    var trajectories: [Int: Trajectory<TabletopState>] = [:]
    var policy: (any Policy)?
    if case .policy(let make) = contestant.player { policy = try make() }
    var rollout = Rollout(
      of: block, by: ContestantDescription(name: contestant.name, kind: contestant.kind),
      policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false)
    ) { event in
      switch event {
      case .started(let slot, let episode, let state):
        trajectories[slot] = Trajectory(
          of: episode, startingIn: state, status: environment.status(of: state))
      case .stepped(let slot, let action, let state):
        trajectories[slot]?.append(
          action, leadingTo: state, status: environment.status(of: state))
      case .finished: break
      }
    }
    let records = rollout.runToEnd()
    return try records.indices.compactMap { slot in
      guard records[slot].error == nil, keepsFailures || records[slot].isSuccess,
        let trajectory = trajectories[slot], !trajectory.actions.isEmpty
      else { return nil }
      return try episode(trajectory, isSuccess: records[slot].isSuccess)
    }
  }

  /// An episode drawn: a frame for every state in which something was done.
  private func episode(
    _ trajectory: Trajectory<TabletopState>, isSuccess: Bool
  ) throws -> DatasetEpisode {
    let episode = trajectory.episode
    let interface = try environment.interface(suite: suite, task: episode.task)
    let cameras = interface.cameras.map(\.name)
    let layout = StateLayout(
      [.position, .orientation(.rollPitchYaw), .gripperFraction],
      widestGripper: interface.state?.widestGripper ?? 1)
    let seen = try environment.observations(
      of: Array(trajectory.states.dropLast()),
      needs: ObservationNeeds(
        cameras.map { .camera($0) } + [ObservationNeeds.Part.proprioception]))
    let frames = try zip(seen, trajectory.actions).map { observation, action in
      let images = try cameras.map { camera in
        guard let image = observation.images[camera] else {
          throw PolicyError.missingInput("the image of camera \(camera)")
        }
        return [UInt8](
          try PNG.encoded(
            RGBImage(image), fast: true))
      }
      return DatasetFrame(
        images: images, state: observation.proprioception.flatMap(layout.numbers(of:)) ?? [],
        action: action.values)
    }
    return DatasetEpisode(
      id: "\(episode.suite)/\(episode.task)#\(episode.index)@\(episode.seed)",
      instruction: episode.instruction, isSuccess: isSuccess, frames: frames)
  }
}

/// Demonstrations that cannot be one dataset.
enum DemonstrationError: Error, CustomStringConvertible {
  case severalSetups(suite: String)

  var description: String {
    switch self {
    case .severalSetups(let suite):
      "the tasks of \(suite) are of several set-ups, and a dataset has one: choose tasks with --task"
    }
  }
}
