import EnvironmentInterface
import Testing

@testable import Evaluation

@Suite struct RolloutTests {
  @Test func theExpertSolvesEverything() throws {
    let records = try makeRun(of: [.expert()]).records(in: nil)
    #expect(records.count == 10 + 72)
    #expect(records.allSatisfy { $0.outcome == .success && $0.kind == .ceiling })
    for record in records {
      #expect(record.steps == record.firstSuccessStep)
      #expect(record.episode.instruction == "count to \(record.steps)")
      #expect(record.progress == 1)
      #expect(record.successOnce && record.successAtEnd)
      #expect(record.content?.count == 16 && record.finalState?.count == 16)
    }
  }

  @Test func anEpisodeFailsAtItsStepLimit() throws {
    let idle = Contestant(name: "idle", kind: .floor) { Walker(probability: 0) }
    for record in try makeRun(of: [idle], suites: ["plain"]).records(in: nil) {
      #expect(record.outcome == .failure)
      #expect(record.steps == 8)
      #expect(record.firstSuccessStep == nil && !record.successOnce && !record.successAtEnd)
      #expect(record.progress == 0)
    }
  }

  @Test func goingOnAfterSuccessKeepsTheFirstStepAndSeesTheEnd() throws {
    let records = try makeRun(
      of: [.expert()], suites: ["plain"], continuesAfterSuccess: true
    ).records(in: nil)
    for record in records {
      #expect(record.outcome == .success)
      #expect(record.steps == 8)
      #expect(record.firstSuccessStep.map { "count to \($0)" } == record.episode.instruction)
      #expect(record.successOnce && !record.successAtEnd)  // the expert walks past its goal
    }
  }

  @Test(arguments: [1, 2, 5, 31]) func batchLimitsChangeNoResult(limit: Int) throws {
    let whole = try EpisodeLines.encode(makeRun(batchLimit: 32).records(in: nil))
    let split = try EpisodeLines.encode(makeRun(batchLimit: limit).records(in: nil))
    #expect(split == whole)
  }

  @Test func callsHoldNoMoreRequestsThanTheLimit() throws {
    let walker = Walker(probability: 0.5)
    let entrant = Contestant(name: "walker", kind: .entry) { walker }
    _ = try makeRun(of: [entrant], batchLimit: 3).records(in: nil)
    #expect(walker.largestBatch == 3)
    #expect(RolloutSettings(batchLimit: 0, continuesAfterSuccess: false).batchLimit == 1)
    #expect(RolloutSettings(batchLimit: 99, continuesAfterSuccess: false).batchLimit == 32)
  }

  @Test func aPolicyIsToldOfBeginningAndEndAndOfNoPerturbation() throws {
    let walker = Walker(probability: 0.7)
    let entrant = Contestant(name: "walker", kind: .entry) { walker }
    let records = try makeRun(of: [entrant], suites: ["shifted"]).records(in: nil)
    #expect(walker.begun.count == records.count && walker.ended.count == records.count)
    #expect(walker.begun.map(\.instruction) == records.map(\.episode.instruction))
    #expect(walker.begun.allSatisfy { $0.setup == "counter" && $0.stepLimit == 8 })
    #expect(Set(walker.begun.map(\.id)).count == records.count)
    #expect(walker.ended.count { $0 == .success } == records.count { $0.isSuccess })
    let told = walker.begun.map { "\($0)" }.joined()
    #expect(!told.contains("distance") && !told.contains("shifted"))
  }

  @Test func theSameSeedGivesTheSameBytesAndAnotherDoesNot() throws {
    let one = try EpisodeLines.encode(makeRun(seed: 3).records(in: nil))
    let again = try EpisodeLines.encode(makeRun(seed: 3).records(in: nil))
    let other = try EpisodeLines.encode(makeRun(seed: 4).records(in: nil))
    #expect(one == again)
    #expect(one != other)
  }

  @Test(arguments: Flawed.Flaw.allCases, [1, 32])
  func aBadAnswerCostsItsOwnEpisodeOnly(flaw: Flawed.Flaw, batchLimit: Int) throws {
    let entrant = Contestant(name: "flawed", kind: .entry) { Flawed(flaw, at: "count to 4") }
    let records = try makeRun(of: [entrant], batchLimit: batchLimit).records(in: nil)
    for record in records {
      if record.episode.instruction == "count to 4" {
        #expect(record.outcome == .error)
        #expect(record.error?.cause == .policy)
        #expect(record.error?.message.isEmpty == false)
        #expect(record.steps == (flaw == .refusal ? 0 : 1))
        #expect(record.content?.count == 16)
        #expect(!record.isSuccess)
      } else {
        #expect(record.outcome == .success)
        #expect(record.error == nil)
      }
    }
    #expect(records.contains { $0.outcome == .error })
  }

  @Test func anEpisodeThatCannotStartIsAnErrorOfTheEnvironment() throws {
    let world = CounterWorld(brokenTasks: ["far"])
    let records = try makeRun(of: [.expert()], in: world).records(in: nil)
    for record in records {
      let isBroken = record.episode.task == "far"
      #expect(record.outcome == (isBroken ? .error : .success))
      #expect(record.error?.cause == (isBroken ? .environment : nil))
      #expect((record.content == nil) == isBroken)
    }
  }

  @Test func aPictureThatIsLostCostsItsOwnEpisodeOnly() throws {
    let world = CounterWorld(unseenInstruction: "count to 4")
    let entrant = Contestant(name: "walker", kind: .entry) { Walker(probability: 1) }
    for record in try makeRun(of: [entrant], in: world).records(in: nil) {
      let isLost = record.episode.instruction == "count to 4"
      #expect(record.outcome == (isLost ? .error : .success))
      #expect(record.error?.cause == (isLost ? .environment : nil))
    }
  }

  @Test func aWorldThatFailsEverywhereStopsTheRun() throws {
    let world = CounterWorld(brokenTasks: ["near", "far"])
    let error = #expect(throws: EvaluationError.self) {
      try makeRun(suites: ["plain"], in: world).records(in: nil)
    }
    #expect(error?.exitCode == 2)
    #expect(error?.description.contains("plain/0000") == true)
  }

  @Test func traceTellsEveryStep() throws {
    var steps = 0
    var finished: [EpisodeRecord] = []
    let world = CounterWorld()
    let plan = try EpisodePlan(
      suites: ["plain"], episodesPerTask: 5, seed: 7, strength: 1, in: world)
    var rollout = Rollout(
      of: plan.blocks[0], by: ContestantDescription(name: "expert", kind: .ceiling), policy: nil,
      in: world, settings: RolloutSettings(batchLimit: 8, continuesAfterSuccess: false)
    ) { event in
      switch event {
      case .started: break
      case .stepped: steps += 1
      case .finished(_, let record): finished.append(record)
      }
    }
    let records = rollout.runToEnd()
    #expect(steps == records.map(\.steps).reduce(0, +))
    #expect(Set(finished) == Set(records))
  }

  @Test func progressCountsUpToAll() throws {
    final class Watcher: ProgressObserver {
      var seen: [EvaluationProgress] = []
      func evaluationDidAdvance(_ progress: EvaluationProgress) { seen.append(progress) }
    }
    let watcher = Watcher()
    let records = try makeRun().records(in: nil, observer: watcher)
    let done = watcher.seen.map { Double($0.finished) + $0.partial }
    #expect(zip(done, done.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
    #expect(watcher.seen.last?.finished == records.count)
    #expect(watcher.seen.last?.episodes == records.count)
    #expect(watcher.seen.last?.policy == "expert")
    // As the table counts: twins apart.
    #expect(watcher.seen.last?.policySuccesses == 46)
    #expect(watcher.seen.last?.policyEpisodes == 46)
    #expect(records.count { $0.policy == "expert" && !$0.episode.isCleanTwin } == 46)
  }
}
