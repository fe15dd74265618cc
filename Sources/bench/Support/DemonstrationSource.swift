import Datasets
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import ImageFiles
import Recordings

/// The episodes of an exported dataset, a block at a time: somebody acts or has acted, then every state is drawn.
struct DemonstrationSource {
  /// Where trajectories come from.
  enum Actor {
    /// Somebody who acts now, in episodes that come in rounds, one of each task.
    case live(Contestant, episodesPerTask: Int, seed: UInt64, strength: Double)
    /// Who acted in the blocks of a run that were recorded.
    case recorded(RecordingFolder, blocks: [[EpisodeRecord]])
  }

  let environment: TabletopEnvironment
  /// A suite and its task.
  let tasks: [(suite: String, task: String)]
  let actor: Actor
  let keepsFailures: Bool

  /// A part is a block of episodes.
  var partCount: Int {
    switch actor {
    case .live(_, let episodesPerTask, _, _):
      (episodesPerTask * tasks.count + EpisodeBlock.size - 1) / EpisodeBlock.size
    case .recorded(_, let blocks): blocks.count
    }
  }

  private static let stateNames = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"]

  /// What all episodes have in common.
  ///
  /// - Throws: `DemonstrationError`, where the tasks' set-ups differ.
  func description(name: String) throws -> DatasetDescription {
    let interfaces = try tasks.map { try environment.interface(suite: $0.suite, task: $0.task) }
    guard let interface = interfaces.first, interfaces.allSatisfy({ $0 == interface }) else {
      throw DemonstrationError.severalSetups(suite: tasks.first?.suite ?? "nothing")
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
    let played: [(record: EpisodeRecord, trajectory: Trajectory<TabletopState>)] =
      switch actor {
      case .live(let contestant, let episodesPerTask, let seed, let strength):
        try played(
          planned(part, episodesPerTask: episodesPerTask, seed: seed, strength: strength),
          part: part, by: contestant)
      case .recorded(let folder, let blocks): try recorded(blocks[part], in: folder)
      }
    return try played.map { try episode($0.trajectory, isSuccess: $0.record.isSuccess) }
  }

  /// Whether the dataset holds an episode.
  private func keeps(_ record: EpisodeRecord) -> Bool {
    record.error == nil && record.steps > 0 && (keepsFailures || record.isSuccess)
  }

  private func recorded(_ block: [EpisodeRecord], in folder: RecordingFolder) throws
    -> [(record: EpisodeRecord, trajectory: Trajectory<TabletopState>)]
  {
    guard let first = block.first, block.contains(where: keeps) else { return [] }
    let recording = try folder.recording(policy: first.policy, block: first.block)
    return try block.filter(keeps).compactMap { record in
      try recording.episodes.first { $0.episode == record.episode }
        .map { (record, try $0.trajectory(in: environment)) }
    }
  }

  private func planned(
    _ part: Int, episodesPerTask: Int, seed: UInt64, strength: Double
  ) throws -> [Episode] {
    let numbers =
      part
      * EpisodeBlock.size..<min((part + 1) * EpisodeBlock.size, episodesPerTask * tasks.count)
    return try numbers.map { number in
      let (suite, task) = tasks[number % tasks.count]
      return try environment.episode(
        suite: suite, task: task, index: number / tasks.count, seed: seed, strength: strength)
    }
  }

  private func played(_ planned: [Episode], part: Int, by contestant: Contestant) throws
    -> [(record: EpisodeRecord, trajectory: Trajectory<TabletopState>)]
  {
    let suite = tasks.first?.suite ?? ""
    let block = EpisodeBlock(id: "\(suite)/demos-\(part)", suite: suite, episodes: planned)
    var trajectories: [Int: Trajectory<TabletopState>] = [:]
    var policy: (any Policy)?
    if case .policy(let make) = contestant.player { policy = try make() }
    var rollout = Rollout(
      of: block, by: contestant.description, policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: EpisodeBlock.size, continuesAfterSuccess: false)
    ) { event in
      switch event {
      case .started(let slot, let episode, let state):
        trajectories[slot] = Trajectory(
          of: episode, startingIn: state, status: environment.status(of: state))
      case .stepped(let slot, let action, let state, let status):
        trajectories[slot]?.append(action, leadingTo: state, status: status)
      case .finished: break
      }
    }
    let records = rollout.runToEnd()
    return records.indices.compactMap { slot in
      guard keeps(records[slot]), let trajectory = trajectories[slot] else { return nil }
      return (records[slot], trajectory)
    }
  }

  /// An episode drawn: a frame for every state in which something was done.
  private func episode(
    _ trajectory: Trajectory<TabletopState>, isSuccess: Bool
  ) throws -> DatasetEpisode {
    let episode = trajectory.episode
    let interface = try environment.interface(of: episode)
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
            RGBImage(image), .fast))
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
