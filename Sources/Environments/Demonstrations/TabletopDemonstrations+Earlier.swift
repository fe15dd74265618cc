import EnvironmentInterface
import Rendering
import Threads

/// What was there one control step before a moment, for policies that see two frames.
extension TabletopDemonstrations.Moment {
  struct Earlier: Sendable {
    var frame: Frame
    var proprioception: Proprioception
  }

  /// A moment's picture and the one before, as they are learned from.
  struct Images: Sendable {
    var now: Image
    var before: Image?
  }

  /// What a frame says of the step before; the first step has none before it, and says itself.
  func earlierObservation(_ images: Images) -> EarlierObservation {
    EarlierObservation(
      images: [CameraName.primary: images.before ?? images.now],
      proprioception: earlier?.proprioception ?? view.proprioception)
  }
}

extension TabletopDemonstrations {
  /// The world before, in the looks of the moment's view; nil where nobody asks, or where nothing was before.
  func earlier(
    of episode: DemonstratedEpisode, like view: View, _ request: DemonstrationRequest
  ) -> Moment.Earlier? {
    guard request.seesEarlier, let world = episode.earlier else { return nil }
    var before = View(of: world, in: episode.scene)
    before.frame.staticScene = view.frame.staticScene
    before.show(view.objects)
    return Moment.Earlier(frame: before.frame, proprioception: before.proprioception)
  }

  /// The moments' pictures, each drawn beside the one before it, so that what stands still is drawn once.
  func images(of moments: [Moment], _ pool: RendererPool) throws -> [Moment.Images] {
    let drawn = try pool.render(
      moments.flatMap { [$0.view.frame] + ($0.earlier.map { [$0.frame] } ?? []) })
    let ends = moments.reduce(into: [Int]()) { ends, moment in
      ends.append((ends.last ?? 0) + (moment.earlier == nil ? 1 : 2))
    }
    return concurrentMap(Array(moments.indices)) { index in
      func shown(_ place: Int) -> Image {
        let image = Image(drawn[place])
        return moments[index].augmentation?.applied(to: image) ?? image
      }
      return moments[index].earlier == nil
        ? Moment.Images(now: shown(ends[index] - 1))
        : Moment.Images(now: shown(ends[index] - 2), before: shown(ends[index] - 1))
    }
  }
}
