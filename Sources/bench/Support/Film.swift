import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Recordings
import Videos

/// Which episodes of a run become videos.
enum FilmChoice: String, ExpressibleByArgument, CaseIterable {
  case none, failures, flips, all

  /// The records to film, in the run's order.
  ///
  /// A flip is an episode and its clean twin of which one succeeded and the other did not.
  func records(among records: [EpisodeRecord]) -> [EpisodeRecord] {
    switch self {
    case .none: return []
    case .all: return records
    case .failures: return records.filter { $0.outcome == .failure }
    case .flips:
      let pairs = Dictionary(grouping: records) { Pair(of: $0) }
      return records.filter { record in
        let both = pairs[Pair(of: record)] ?? []
        return both.count == 2 && both[0].isSuccess != both[1].isSuccess
      }
    }
  }

  /// An episode and its clean twin.
  private struct Pair: Hashable {
    let policy: String
    let suite: String
    let task: String
    let index: Int

    init(of record: EpisodeRecord) {
      policy = record.policy
      (suite, task, index) = (record.episode.suite, record.episode.task, record.episode.index)
    }
  }
}

/// Makes videos of episodes: every state drawn again, with instruction, step, action and outcome at the foot.
struct Film {
  let environment: TabletopEnvironment
  let ffmpeg: FFmpeg
  private let captions = CaptionWriter()

  /// Pictures are magnified to about this width [pixels].
  private static let width = 640
  /// How many states are drawn at a time, which bounds memory.
  private static let batch = 16
  /// How long the last frame stays [s].
  private static let pause = 1.5

  init(in environment: TabletopEnvironment, with ffmpeg: FFmpeg) {
    self.environment = environment
    self.ffmpeg = ffmpeg
  }

  /// Writes the video of an episode that went as in `record`.
  func write(
    _ trajectory: Trajectory<TabletopState>, of record: EpisodeRecord, to path: String
  ) throws {
    let interface = try environment.interface(of: record.episode)
    let rate = interface.controlRate ?? 5
    let camera = interface.cameras.first { $0.name == CameraName.primary }
    let size = camera?.width ?? 224
    let factor = max(1, Int((Double(Self.width) / Double(size)).rounded()))
    var writer: VideoWriter?
    for start in stride(from: 0, to: trajectory.states.count, by: Self.batch) {
      let part = start..<min(start + Self.batch, trajectory.states.count)
      let pictures = try environment.pictures(of: Array(trajectory.states[part]), magnified: factor)
      for (step, picture) in zip(part, pictures) {
        let frame = captions.captioned(picture, Self.caption(of: record, trajectory, step: step))
        if writer == nil {
          writer = try VideoWriter(
            path, size: (frame.height, frame.width), rate: rate, with: ffmpeg)
        }
        let isLast = step == trajectory.states.count - 1
        for _ in 0..<(isLast ? 1 + Int((rate * Self.pause).rounded()) : 1) {
          try writer?.write(frame)
        }
      }
    }
    try writer?.finish()
  }

  private static func caption(
    of record: EpisodeRecord, _ trajectory: Trajectory<TabletopState>, step: Int
  ) -> FilmCaption {
    var caption = FilmCaption(
      instruction: record.episode.instruction,
      title: "\(record.policy) · \(EpisodeName(of: record.episode))", step: step,
      stepLimit: record.episode.stepLimit)
    if trajectory.actions.indices.contains(step) {
      caption.action = trajectory.actions[step]
    } else {
      caption.ending = .init(
        record.outcome, reason: record.failure?.reason.words ?? record.error?.message ?? "")
    }
    return caption
  }
}
