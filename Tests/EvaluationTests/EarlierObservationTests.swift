import EnvironmentInterface
import Testing

@testable import Evaluation

/// Goes two steps forward in every three, and notes where it stands and where it stood one control step before.
private final class LookingBack: Policy {
  struct Note: Hashable {
    var step: Int
    var position: Double?
    var before: Double?
  }

  let name = "looking-back"
  let needs: ObservationNeeds
  private(set) var notes: Set<Note> = []

  init(needs: ObservationNeeds) { self.needs = needs }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try requests.map { request in
      let seen = request.observation
      notes.insert(
        Note(
          step: seen.step, position: seen.proprioception?.gripperWidth,
          before: seen.earlier?.proprioception?.gripperWidth))
      return .success(try ActionChunk([.forward, .rest, .forward]))
    }
  }
}

@Suite struct EarlierObservationTests {
  private func notes(_ needs: ObservationNeeds, batchLimit: Int) throws -> Set<LookingBack.Note> {
    let policy = LookingBack(needs: needs)
    _ = try makeRun(
      of: [Contestant(name: policy.name, kind: .entry) { policy }], suites: ["plain"],
      batchLimit: batchLimit, continuesAfterSuccess: true
    ).records(in: nil)
    return policy.notes
  }

  /// Of a chunk, the step before the next question is its last but one, not the last that was asked about.
  @Test(arguments: [1, 8]) func theStepBeforeIsSeenWhateverWasExecuted(batchLimit: Int) throws {
    #expect(
      try notes([.proprioception, .earlier], batchLimit: batchLimit) == [
        .init(step: 0, position: 0, before: nil), .init(step: 3, position: 2, before: 1),
        .init(step: 6, position: 4, before: 3),
      ])
  }

  @Test func whoDoesNotAskIsNotShown() throws {
    #expect(
      try notes([.proprioception], batchLimit: 32).allSatisfy { $0.before == nil })
    #expect(
      try notes([.earlier], batchLimit: 32).allSatisfy { $0.before == nil && $0.position == nil })
  }
}
