import RandomNumbers

/// One question to a policy: what to do next in one episode.
public struct PolicyRequest: Sendable {
  /// Which of the episodes that run side by side is asked about; a policy with a memory keeps it per slot.
  public var slot: Int
  public var observation: Observation
  /// Chance for this decision alone, the same whatever else is in the batch.
  public var randomness: RandomStream

  public init(slot: Int, observation: Observation, randomness: RandomStream) {
    self.slot = slot
    self.observation = observation
    self.randomness = randomness
  }
}

/// Something that turns observations into actions.
///
/// One thread owns a policy. An answer depends on its own request (and slot memory) alone, never on what else is in
/// the batch.
public protocol Policy: AnyObject {
  var name: String { get }
  var needs: ObservationNeeds { get }

  /// What the policy reads and answers, for comparison with the set-up before the first episode.
  ///
  /// By default the cameras of `needs` in any size, and the seven numbers of `Action`.
  var interface: Interface { get }

  /// How many episodes may be under way side by side: 1 for a policy that remembers one episode only.
  ///
  /// By default any number.
  var episodesAtOnce: Int { get }

  /// An episode begins in a slot: whatever was remembered there is over.
  ///
  /// Called before the slot's first request. A slot may begin anew without an end, where its episode was given up.
  ///
  /// - Throws: `PolicyError`, or whatever else keeps the policy from starting; the episode is an error then.
  func begin(slot: Int, episode: EpisodeBriefing) throws

  /// The episode in a slot is over, or could not begin. Nothing that happens here changes its record.
  func end(slot: Int, outcome: Outcome)

  /// One answer per request, in order. A single bad answer is a failure in its place; throwing fails all of them.
  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>]
}

extension Policy {
  public var interface: Interface { Interface(of: self) }

  public var episodesAtOnce: Int { .max }

  public func begin(slot: Int, episode: EpisodeBriefing) throws {}

  public func end(slot: Int, outcome: Outcome) {}
}

/// What row of the table a contestant is.
public enum ContestantKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// A policy to be judged.
  case entry
  /// A policy made blind on purpose.
  case control
  /// Random actions.
  case floor
  /// The scripted expert, which reads the world.
  case ceiling
}
