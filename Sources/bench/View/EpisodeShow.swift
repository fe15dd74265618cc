import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Geometry
import Recordings
import Synchronization
import Videos
import Viewer

/// The episodes of a window: those of a list, each on one or two stages.
final class EpisodeShow: ViewerSource {
  /// A policy of the window.
  struct Column {
    var stage: EpisodeStage
    /// Of the run that it is shown from; nil where it acts now.
    var recordings: RecordingFolder?
  }

  private let environment: TabletopEnvironment
  private let listing: EpisodeListing
  private let columns: [Column]
  private var episode: Episode
  private(set) var selection = 0
  private(set) var tracks: [ViewerTrack] = []
  /// How episodes ended that were watched.
  private var watched: [Int: [ViewerOutcome]] = [:]
  private let notice = Notice()

  /// Words that another thread may set.
  private final class Notice: Sendable {
    let text = Mutex("")
  }

  /// - Throws: whatever the environment throws for the first episode.
  init(_ listing: EpisodeListing, on columns: [Column], in environment: TabletopEnvironment) throws
  {
    guard let first = listing.entries.first else {
      throw EvaluationError.noEpisodes("the list of episodes")
    }
    self.environment = environment
    self.listing = listing
    self.columns = columns
    episode = try first.name.episode(in: environment)
    begin()
  }

  private func begin() {
    for track in tracks { track.dismiss() }
    tracks = columns.indices.map { number in
      columns[number].stage.play(
        episode, record: listing.entries[selection].records[number],
        recordings: columns[number].recordings)
    }
  }

  // MARK: - ViewerSource

  var episodeCount: Int { listing.entries.count }

  func episode(_ number: Int) -> ViewerEpisode {
    let recorded = listing.entries[number].records.map { $0.map(ViewerOutcome.init) ?? .running }
    let outcomes =
      number == selection
      ? zip(recorded, tracks).map { $0.isOver ? $0 : $1.outcome }
      : watched[number] ?? recorded
    return ViewerEpisode(title: listing.title(number), outcomes: outcomes)
  }

  func select(_ number: Int) {
    watched[selection] = episode(selection).outcomes
    notice.text.withLock { $0 = "" }
    do {
      episode = try listing.entries[number].name.episode(in: environment)
    } catch {
      return notice.text.withLock { $0 = sentence(on: error) }
    }
    selection = number
    begin()
  }

  var caption: ViewerCaption {
    ViewerCaption(
      instruction: episode.instruction, title: EpisodeName(of: episode).description,
      stepLimit: episode.stepLimit)
  }

  var startRegions: [[Vector3]] {
    // An episode that cannot be laid out says so on its stage.
    let regions = (try? environment.startRegions(of: episode)) ?? []
    return regions.map { surface in
      let (low, high) = (surface.region.min, surface.region.max)
      return [(low.x, low.y), (high.x, low.y), (high.x, high.y), (low.x, high.y)]
        .map { Vector3($0.0, $0.1, surface.height + 0.001) }
    }
  }

  var message: String { notice.text.withLock { $0 } }

  func makeVideo() {
    let played = zip(columns, tracks).compactMap { $0.stage.result(of: $1) }
    guard played.count == tracks.count else {
      return notice.text.withLock { $0 = "a video can be made when the episode is over" }
    }
    notice.text.withLock { $0 = "writing the video …" }
    let (environment, notice) = (environment, notice)
    let thread = Thread {
      let text: String
      do {
        let film = Film(in: environment, with: try FFmpeg())
        let files = try played.map { one in
          let episode = one.record.episode
          let twin = episode.isCleanTwin ? "-clean" : ""
          let file =
            [one.record.policy, episode.task].map(FileName.escaped).joined(separator: "-")
            + "-\(episode.index)\(twin).mp4"
          try film.write(one.trajectory, of: one.record, to: file)
          return file
        }
        text = "written: " + files.joined(separator: ", ")
      } catch {
        text = sentence(on: error)
      }
      notice.text.withLock { $0 = text }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Nobody looks any more.
  func close() {
    for track in tracks { track.dismiss() }
    for column in columns { column.stage.close() }
  }

  /// Waits until this many steps are there, or the episode is over.
  func wait(forStep step: Int) {
    while tracks.contains(where: { !$0.outcome.isOver && $0.count <= step }) { usleep(2_000) }
  }
}

extension RecordingFolder {
  /// Whether the recording of a record's block is there.
  func holds(_ record: EpisodeRecord) -> Bool {
    FileManager.default.fileExists(atPath: file(policy: record.policy, block: record.block))
  }
}
