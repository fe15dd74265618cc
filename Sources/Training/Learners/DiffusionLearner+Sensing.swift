import EnvironmentInterface
import Networks
import Policies

extension DiffusionLearner {
  /// What is seen and felt in frames, as the network wants it.
  ///
  /// - Throws: where the demonstrations do not say what was seen before, and the network sees that too.
  func sensed(_ frames: [DemonstrationFrame]) throws -> SensedSituations {
    let seesEarlier = network.configuration.frameCount > 1
    var sensed = SensedSituations(
      images: .normalized(try processor.pixelValues(of: frames.map(\.image))))
    let earlier = seesEarlier ? try frames.map(Self.earlier) : []
    if seesEarlier {
      sensed.earlierImages = .normalized(try processor.pixelValues(of: earlier.map(\.image)))
    }
    if let statistics = statistics.proprioception {
      let felt = frames.indices.map { index in
        [frames[index].proprioception] + (seesEarlier ? [earlier[index].felt] : [])
      }
      sensed.states = DiffusionState.rows(felt, statistics)
    }
    return sensed
  }

  private static func earlier(
    _ frame: DemonstrationFrame
  ) throws -> (image: Image, felt: Proprioception) {
    guard let earlier = frame.earlier, let image = earlier.primaryImage,
      let felt = earlier.proprioception
    else {
      throw RecipeError(
        path: "demonstrations",
        reason: "hold no frame of one control step before, which is seen too")
    }
    return (image, felt)
  }
}
