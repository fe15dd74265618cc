import EnvironmentInterface
import Geometry
import Policies
import Rendering
import Viewer

/// A policy that lets a window see what it sees and what it says: its answers are its own.
final class WatchedPolicy: Policy {
  private let policy: any Policy
  /// Who looks on at the episode that runs.
  var track: ViewerTrack?
  /// What the last answer was read from; nil for a policy that says nothing.
  private(set) var said: ActionPrediction?
  /// Where the last answer pointed, as fractions of the whole picture; empty for a policy that does not point.
  private(set) var pointed: [Vector2] = []

  init(_ policy: any Policy) { self.policy = policy }

  var name: String { policy.name }
  var needs: ObservationNeeds { policy.needs }
  var interface: Interface { policy.interface }
  var episodesAtOnce: Int { policy.episodesAtOnce }

  func begin(slot: Int, episode: EpisodeBriefing) throws {
    try policy.begin(slot: slot, episode: episode)
  }

  func end(slot: Int, outcome: Outcome) { policy.end(slot: slot, outcome: outcome) }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    // Before it thinks, so that one sees meanwhile what it thinks about.
    if let image = requests.first?.observation.primaryImage { track?.see(RenderedImage(image)) }
    (said, pointed) = (nil, [])
    let answers = try policy.chunks(for: requests)
    said = (policy as? OpenVLAPolicy)?.lastPredictions.first ?? nil
    if let pointing = policy as? any PointingPolicy, let request = requests.first {
      pointed = pointing.pointed(slot: request.slot)
    }
    return answers
  }
}

extension RenderedImage {
  init(_ image: Image) {
    self.init(height: image.height, width: image.width, pixels: image.pixels)
  }
}
