import EnvironmentInterface

/// What a policy is kept from on purpose, so that a table shows what its rate owes to it.
public enum Blindness: String, Hashable, Sendable, CaseIterable {
  /// The instruction is empty.
  case noInstruction = "no-instruction"
  /// The instruction is that of another goal of the same scene.
  case otherInstruction = "other-instruction"
  /// Every camera shows the first picture of the episode to its end.
  case frozenImage = "frozen-image"
  /// Every camera shows grey.
  case greyImage = "grey-image"

  /// A few words for lists.
  public var note: String {
    switch self {
    case .noInstruction: "without its instruction"
    case .otherInstruction: "told another goal of the same scene"
    case .frozenImage: "shown the first picture of each episode only"
    case .greyImage: "shown grey pictures"
    }
  }
}

/// A policy that one thing is kept from; all else is as it would be without.
public final class BlindPolicy: Policy {
  public let name: String
  public var needs: ObservationNeeds { policy.needs }
  public var interface: Interface { policy.interface }
  public var episodesAtOnce: Int { policy.episodesAtOnce }

  private let policy: any Policy
  private let blindness: Blindness
  private let otherInstruction: (EpisodeBriefing) -> String?
  /// What stands in for the slot's instruction, and its first pictures.
  private var instructions: [Int: String] = [:]
  private var images: [Int: [String: Image]] = [:]

  /// The value of every channel of a grey picture.
  static let grey: UInt8 = 128

  /// - Parameter otherInstruction: what could have been asked instead in an episode; nil where nothing could.
  public init(
    _ policy: any Policy, _ blindness: Blindness, called name: String,
    otherInstruction: @escaping (EpisodeBriefing) -> String?
  ) {
    self.name = name
    self.policy = policy
    self.blindness = blindness
    self.otherInstruction = otherInstruction
  }

  public func begin(slot: Int, episode: EpisodeBriefing) throws {
    images[slot] = nil
    var episode = episode
    switch blindness {
    case .noInstruction: episode.instruction = ""
    case .otherInstruction:
      guard let other = otherInstruction(episode) else {
        throw PolicyError.failed("the scene has no other goal whose instruction could be given")
      }
      episode.instruction = other
    case .frozenImage, .greyImage: break
    }
    instructions[slot] = episode.instruction
    try policy.begin(slot: slot, episode: episode)
  }

  public func end(slot: Int, outcome: Outcome) {
    policy.end(slot: slot, outcome: outcome)
    images[slot] = nil
    instructions[slot] = nil
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try policy.chunks(for: requests.map(blinded))
  }

  private func blinded(_ request: PolicyRequest) -> PolicyRequest {
    var request = request
    switch blindness {
    case .noInstruction, .otherInstruction:
      // What was not asked for stays absent.
      if request.observation.instruction != nil {
        request.observation.instruction = instructions[request.slot] ?? ""
      }
    case .frozenImage:
      let first = images[request.slot] ?? request.observation.images
      images[request.slot] = first
      request.observation.images = first
      request.observation.earlier?.images = first
    case .greyImage:
      request.observation.images = request.observation.images.mapValues(Self.greyed)
      if let earlier = request.observation.earlier {
        request.observation.earlier?.images = earlier.images.mapValues(Self.greyed)
      }
    }
    return request
  }

  private static func greyed(_ image: Image) -> Image {
    Image(
      height: image.height, width: image.width,
      pixels: [UInt8](repeating: grey, count: image.pixels.count))
  }
}

/// A policy that does not move: open fingers, no step, no turn.
public final class StandingPolicy: Policy {
  public let name = "zero-action"
  public let needs: ObservationNeeds = []

  public init() {}

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    let still = Action(translation: .zero, gripper: 1)
    return requests.map { _ in Result { () throws(PolicyError) in try ActionChunk([still]) } }
  }
}
