import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import ImageFiles
import Recordings
import Reports

/// Flips to be looked at in a report: the videos that lie in the runs' folders, else frames drawn from their recordings.
struct FlipGallery {
  private let environment: () throws -> TabletopEnvironment

  /// How many flips a page shows: with them it stays under ten megabytes.
  static let most = 12
  /// Drawn frames of an episode.
  private static let frames = 6

  /// - Parameter environment: makes what draws frames, where there is something to draw.
  init(drawingIn environment: @escaping () throws -> TabletopEnvironment) {
    self.environment = environment
  }

  /// The flips between two runs.
  ///
  /// - Parameter pairs: whose.
  func exhibits(from earlier: RunFiles, to later: RunFiles, of pairs: [PolicyPair]) throws
    -> [FlipExhibit]
  {
    let flips = RunFlips(from: earlier, to: later, of: pairs)
    let (before, after) = (Shelf(of: earlier), Shelf(of: later))
    func title(_ run: RunFiles, _ record: EpisodeRecord) -> String {
      pairs.allSatisfy { $0.earlier == $0.later } ? run.path : "\(record.policy) in \(run.path)"
    }
    return try exhibits(
      zip(flips.earlier, flips.later).map {
        [(title(earlier, $0), $0, before), (title(later, $1), $1, after)]
      })
  }

  /// The flips of a run's entries between an episode and its clean twin.
  func exhibits(of run: RunFiles) throws -> [FlipExhibit] {
    let shelf = Shelf(of: run)
    let flips = FilmChoice.flips.records(among: run.records.filter { $0.kind == .entry })
    // An episode is followed by its twin.
    let pairs = flips.indices.dropLast().filter {
      !flips[$0].episode.isCleanTwin && flips[$0 + 1].episode.isCleanTwin
    }
    return try exhibits(
      pairs.map { [("perturbed", flips[$0], shelf), ("clean", flips[$0 + 1], shelf)] })
  }

  private typealias Exhibit = [(title: String, record: EpisodeRecord, shelf: Shelf)]

  private func exhibits(_ pairs: [Exhibit]) throws -> [FlipExhibit] {
    var world: TabletopEnvironment?
    var exhibits: [FlipExhibit] = []
    for pair in pairs where exhibits.count < Self.most {
      guard let record = pair.first?.record else { continue }
      var sides: [FlipExhibit.Side] = []
      for (title, record, shelf) in pair {
        guard let media = try media(of: record, on: shelf, in: &world) else { break }
        sides.append(
          .init(
            title: title, outcome: record.outcome, reason: record.failure?.reason.words ?? "",
            media: media))
      }
      guard sides.count == pair.count else { continue }
      exhibits.append(
        FlipExhibit(
          name: EpisodeName(of: record.episode), policy: record.policy,
          instruction: record.episode.instruction, sides: sides))
    }
    return exhibits
  }

  /// Nil where the run has neither video nor recording of it.
  private func media(
    of record: EpisodeRecord, on shelf: Shelf, in world: inout TabletopEnvironment?
  ) throws -> FlipExhibit.Media? {
    let video = "\(shelf.folder)/\(RunFilms.name(of: record))"
    if FileContents.exists(video) {
      return .video(try FileContents.read(video, limit: 8 << 20))
    }
    guard shelf.recordings.holds(record) else { return nil }
    let environment = try world ?? environment()
    world = environment
    let trajectory = try shelf.recordings
      .episode(record.episode, policy: record.policy, block: record.block)
      .trajectory(in: environment)
    let last = trajectory.states.count - 1
    var steps: [Int] = []
    for number in 0..<Self.frames {
      let step = last * number / (Self.frames - 1)
      if steps.last != step { steps.append(step) }
    }
    let pictures = try environment.pictures(of: steps.map { trajectory.states[$0] })
    return .frames(
      try zip(steps, pictures).map { ($0, try PNG.encoded(Self.halved($1))) })
  }

  private struct Shelf {
    let folder: String
    let recordings: RecordingFolder

    init(of run: RunFiles) {
      folder = run.folder
      recordings = RecordingFolder(ofRun: run.folder)
    }
  }

  /// Half as wide and half as high: each pixel is the mean of four.
  static func halved(_ image: Image) -> RGBImage {
    let (height, width) = (image.height / 2, image.width / 2)
    var pixels = [UInt8](repeating: 0, count: height * width * 3)
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<3 {
          let corner = (2 * row * image.width + 2 * column) * 3 + channel
          let sum = [corner, corner + 3, corner + image.width * 3, corner + image.width * 3 + 3]
            .reduce(0) { $0 + Int(image.pixels[$1]) }
          pixels[(row * width + column) * 3 + channel] = UInt8((sum + 2) / 4)
        }
      }
    }
    return RGBImage(height: height, width: width, pixels: pixels)
  }
}
