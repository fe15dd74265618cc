import EnvironmentInterface
import Geometry
import RandomNumbers

/// What a policy would see, with what the scripted expert does there.
public struct ExpertSample: Hashable, Sendable {
  public var observation: Observation
  public var action: Action

  public init(observation: Observation, action: Action) {
    self.observation = observation
    self.action = action
  }
}

/// Looks for what ruins a score silently: a contract between set-up and policy that is not what both believe.
///
/// The policy is asked about states whose right answer is known, as they are and with one convention changed at a time
/// (a picture turned, colors in another order, rotation numbers exchanged). A change after which the policy agrees
/// better with the expert is a convention that is wrong. A policy that agrees with the expert in none of them is
/// said to be unclear: then nothing can be told.
public struct Doctor {
  let samples: [ExpertSample]

  public init(samples: [ExpertSample]) { self.samples = samples }

  /// Every check, in a fixed order.
  ///
  /// - Throws: whatever the policy throws for a whole batch.
  public func examine(_ policy: any Policy) throws -> [Finding] {
    var times: [Double] = []
    let first = try ask(policy, timed: { times.append($0) })
    guard !samples.isEmpty, first.contains(where: { $0 != nil }) else {
      return [answering(first)]
    }
    let again = try ask(policy)
    let whole = try ask(policy, together: true)
    var findings = [
      answering(first), sameTwice(first, again), sameInBatch(first, whole), chunkLength(first),
      latency(times), gripper(first), scale(first),
    ]
    findings += numberOrders(first)
    for variation in ObservationVariation.all where variation.applies(to: policy.needs) {
      findings.append(try looking(variation, policy, first))
    }
    return findings
  }

  typealias Answers = [ActionChunk?]

  /// What the policy answers to every sample, alone or as one batch.
  func ask(
    _ policy: any Policy, together: Bool = false,
    changing change: (inout Observation) -> Void = { _ in },
    timed: (Double) -> Void = { _ in }
  ) throws -> Answers {
    let requests = samples.enumerated().map { index, sample in
      var observation = sample.observation
      change(&observation)
      return PolicyRequest(
        slot: together ? index : 0, observation: observation,
        randomness: RandomStream(seed: 0).named("doctor").numbered(index))
    }
    func begin(_ slot: Int, _ observation: Observation) throws {
      try policy.begin(
        slot: slot,
        episode: EpisodeBriefing(
          id: "00000000000000d0", instruction: observation.instruction ?? "", stepLimit: 1,
          setup: "doctor"))
    }
    if together, policy.episodesAtOnce >= requests.count {
      for request in requests { try begin(request.slot, request.observation) }
      defer { for request in requests { policy.end(slot: request.slot, outcome: .failure) } }
      return try policy.chunks(for: requests).map { try? $0.get() }
    }
    let clock = ContinuousClock()
    return try requests.map { request in
      try begin(0, request.observation)
      defer { policy.end(slot: 0, outcome: .failure) }
      var answer: ActionChunk?
      var alone = request
      alone.slot = 0
      let time = clock.measure { answer = try? policy.chunks(for: [alone])[0].get() }
      let parts = time.components
      timed(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
      return answer
    }
  }
}
