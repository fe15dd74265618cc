import EnvironmentInterface
import RandomNumbers
import Testing

@testable import Evaluation

/// Loses the policy at chosen steps and counts how many episodes are under way.
private final class FragilePolicy: Policy {
  let name = "fragile"
  let needs: ObservationNeeds = [.instruction]
  let episodesAtOnce: Int
  /// How many questions are answered before the first loss, and how many losses there are.
  var answersLeft: Int
  var losses: Int
  private(set) var open: Set<Int> = []
  private(set) var mostOpen = 0

  init(episodesAtOnce: Int, answersLeft: Int = .max, losses: Int = 0) {
    self.episodesAtOnce = episodesAtOnce
    self.answersLeft = answersLeft
    self.losses = losses
  }

  func begin(slot: Int, episode: EpisodeBriefing) {
    open.insert(slot)
    mostOpen = max(mostOpen, open.count)
  }

  func end(slot: Int, outcome: Outcome) { open.remove(slot) }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try requests.map { _ in
      answersLeft -= 1
      if answersLeft < 0, losses > 0 {
        losses -= 1
        return .failure(.interrupted("the server is gone"))
      }
      return .success(try ActionChunk([.forward]))
    }
  }
}

@Suite struct RolloutTurnsTests {
  private func lines(_ policy: FragilePolicy) throws -> [EpisodeRecord] {
    try makeRun(
      of: [Contestant(name: "fragile", kind: .entry) { policy }], suites: ["plain"]
    ).records(in: nil)
  }

  @Test(arguments: [1, 3]) func aPolicyOfFewEpisodesGetsNoMore(width: Int) throws {
    let narrow = FragilePolicy(episodesAtOnce: width)
    let records = try lines(narrow)
    #expect(narrow.mostOpen == width && narrow.open.isEmpty)
    #expect(records == (try lines(FragilePolicy(episodesAtOnce: .max))))
  }

  @Test(arguments: [1, Int.max]) func aLossCostsARetryAndNoResult(width: Int) throws {
    let whole = try lines(FragilePolicy(episodesAtOnce: width))
    let fragile = FragilePolicy(episodesAtOnce: width, answersLeft: 7, losses: 2)
    #expect(try lines(fragile) == whole)
    #expect(fragile.losses == 0)
  }

  @Test func aPolicyThatIsLostEachTimeIsAnErrorOfItsEpisodes() throws {
    let records = try lines(FragilePolicy(episodesAtOnce: 1, answersLeft: 0, losses: .max))
    #expect(records.allSatisfy { $0.error?.cause == .interrupted && $0.outcome == .error })
  }
}
