import EnvironmentInterface
import Testing

@testable import Environments

/// What every task of every suite keeps, so that adding a task adds tests without writing one.
struct ConformanceTests {
  @Test func thereAreSuitesWithUniqueNames() throws {
    let suites = try SharedTabletop.environment().suites
    #expect(
      suites.map(\.name) == [
        "in-distribution", "language-grounding", "motion", "physical", "semantic", "visual",
        "bridge", "embodiments", "franka-droid", "franka-tabletop", "google-robot", "robustness",
      ])
    for suite in suites {
      #expect(Set(suite.tasks).count == suite.tasks.count)
    }
    for suite in try SharedTabletop.environment().suiteDefinitions.filter(\.isInAll)
      .map(\.description)
    {
      // 193 episodes know any rate to 7 points either way (95 % Wilson).
      #expect((193...200).contains(suite.tasks.count * suite.defaultEpisodesPerTask))
    }
  }

  @Test(arguments: TaskCase.all)
  func theGoalIsFalseAtTheStartAndTrueAfterTheExpert(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    for index in 0..<3 {
      let episode = try task.episode(index)
      var state = try environment.start(episode)
      #expect(!environment.status(of: state).isSuccess)
      #expect(environment.status(of: state).progress == 0)
      var progress = 0.0
      while state.world.step < episode.stepLimit, !environment.status(of: state).isSuccess {
        environment.step(&state, applying: environment.expertAction(in: state))
        #expect(environment.status(of: state).progress >= progress)
        progress = environment.status(of: state).progress
      }
      #expect(environment.status(of: state).isSuccess, "\(episode.instruction)")
      #expect(environment.status(of: state).progress == 1)
    }
  }

  @Test(arguments: TaskCase.all)
  func anEpisodeReplaysBitForBit(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    let episode = try task.episode(1)
    #expect(try task.episode(1) == episode)
    var states = [try environment.start(episode), try environment.start(episode)]
    let hashes = states.map { environment.contentHash(of: episode, startingIn: $0) }
    #expect(hashes[0] == hashes[1])
    #expect(hashes[0].count == 16)
    for _ in 0..<12 {
      for index in states.indices {
        environment.step(&states[index], applying: environment.expertAction(in: states[index]))
      }
      #expect(environment.stateHash(of: states[0]) == environment.stateHash(of: states[1]))
    }
    #expect(states[0].world == states[1].world)
  }

  @Test(arguments: TaskCase.all)
  func observationsHoldWhatWasAskedForAndNoMore(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    let state = try environment.start(task.episode(0))
    let full = try environment.observations(
      of: [state], needs: [.image, .instruction, .proprioception])[0]
    let image = try #require(full.primaryImage)
    #expect(image.height == 224 && image.width == 224)
    #expect(Set(image.pixels).count > 20)
    #expect(full.instruction == state.instruction)
    #expect(full.instruction?.contains("{") == false)
    #expect(full.instruction == full.instruction?.lowercased())
    #expect(full.proprioception?.jointAngles.count == state.scene.setup.robot.arm.jointCount)
    let bare = try environment.observations(of: [state], needs: [.instruction])[0]
    #expect(bare.images.isEmpty && bare.proprioception == nil)
  }

  @Test func aBatchOfObservationsIsWhatItsMembersAre() throws {
    let environment = try SharedTabletop.environment()
    let states = try TaskCase.all.prefix(5).map { try environment.start($0.episode(2)) }
    let together = try environment.observations(of: states, needs: [.image])
    for (state, observation) in zip(states, together) {
      #expect(try environment.observations(of: [state], needs: [.image])[0] == observation)
    }
  }

  @Test func unknownNamesAndStrengthsAreRefused() throws {
    let environment = try SharedTabletop.environment()
    #expect(throws: SceneDrawError.self) {
      try environment.episode(suite: "nope", task: "lift", index: 0, seed: 0, strength: 1)
    }
    #expect(throws: SceneDrawError.self) {
      try environment.episode(
        suite: "in-distribution", task: "nope", index: 0, seed: 0, strength: 1)
    }
    #expect(throws: SceneDrawError.strengthOutsideRange(1.5)) {
      try environment.episode(
        suite: "in-distribution", task: "lift", index: 0, seed: 0, strength: 1.5)
    }
  }
}
