import EnvironmentInterface
import Files
import Foundation
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

/// Goes on by one step where it has just moved, and else by two with a rest between them: what it saw before decides.
private final class Reacting: Policy {
  let name = "reacting"
  let needs: ObservationNeeds = [.proprioception, .earlier]

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try requests.map { request in
      let (now, before) = (request.observation, request.observation.earlier)
      let moved = now.proprioception?.gripperWidth != before?.proprioception?.gripperWidth
      return .success(try ActionChunk(moved ? [.forward, .rest] : [.forward]))
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

  /// A rollout alone remembers the step before, so that whatever was lost with a killed run is seen again.
  @Test func aKilledRunOfTwoFramesResumesToTheSameBytes() throws {
    func bytes(in folder: TemporaryFolder, resuming: Bool) throws -> Data {
      let run = try makeRun(
        of: [Contestant(name: "reacting", kind: .entry) { Reacting() }],
        continuesAfterSuccess: true)
      let opened = try RunFolder(
        at: folder.path, describing: run.description(facts: [:]), resuming: resuming)
      _ = try run.records(in: opened)
      return try folder.contents("episodes.jsonl")
    }
    let whole = try TemporaryFolder()
    let all = try bytes(in: whole, resuming: false)
    for cut in [0, all.count / 3, all.count / 2, all.count - 1] {
      let folder = try TemporaryFolder()
      try folder.write(whole.contents("run.json"), to: "run.json")
      try folder.write(all.prefix(cut), to: "episodes.jsonl")
      #expect(try bytes(in: folder, resuming: true) == all, "cut at byte \(cut)")
    }
  }
}
