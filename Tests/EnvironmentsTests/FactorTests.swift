import EnvironmentInterface
import Simulation
import Testing

@testable import Environments

/// A perturbed episode and its clean twin differ in what the factor changes, and in nothing else.
struct FactorTests {
  @Test(arguments: TaskCase.perturbed)
  func theCleanTwinDiffersInItsFactorsOnly(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    let suite = try #require(environment.suiteDefinitions.first { $0.name == task.suite })
    let definition = try #require(suite.tasks.first { $0.name == task.task })
    let changedRoles = definition.factors.compactMap { suite.factors[$0]?.changedRole }
    for index in 0..<4 {
      let episode = try task.episode(index)
      let twin = try #require(try environment.cleanTwin(of: episode))
      #expect(twin.isCleanTwin && twin.factors.isEmpty && twin.seed == episode.seed)
      #expect(try environment.cleanTwin(of: twin) == nil)
      let (state, cleanState) = (try environment.start(episode), try environment.start(twin))
      let (scene, clean) = (state.scene, cleanState.scene)
      #expect(
        environment.contentHash(of: episode, startingIn: state)
          != environment.contentHash(of: twin, startingIn: cleanState))
      let movesTheHand = definition.factors.contains {
        if case .start = suite.factors[$0]?.effect { true } else { false }
      }
      #expect((scene.firstGripper == clean.firstGripper) != movesTheHand)
      #expect(scene.goal == clean.goal)
      for body in clean.objects.indices {
        if body == 0, changedRoles.contains(.object) { continue }
        if body == scene.goal.target, changedRoles.contains(.target) { continue }
        #expect(scene.objects[body].model.name == clean.objects[body].model.name)
        #expect(scene.objects[body].model.parts == clean.objects[body].model.parts)
        #expect(scene.firstPoses[body] == clean.firstPoses[body])
      }
    }
  }

  @Test(arguments: TaskCase.perturbed)
  func strengthZeroIsTheCleanScene(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    let episode = try task.episode(3, strength: 0)
    let twin = try #require(try environment.cleanTwin(of: episode))
    #expect(episode.instruction == twin.instruction)
    #expect(
      environment.contentHash(of: episode, startingIn: try environment.start(episode))
        == environment.contentHash(of: twin, startingIn: try environment.start(twin)))
  }

  @Test(arguments: TaskCase.perturbed)
  func everyStrengthGivesASceneThatStands(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    for strength in [0.1, 0.3, 0.5, 0.62, 0.9] {
      let state = try environment.start(task.episode(5, strength: strength))
      #expect(state.world.restingOverlap(in: state.scene.tabletop) < 1e-3)
    }
  }

  @Test(arguments: [
    ("put-eggplant-in-pot", "put-red-bottle-in-pot"), ("lift-cheese", "lift-chili-pepper"),
    ("put-blue-cup-on-plate", "put-pink-cup-on-plate"),
  ])
  func pairedTasksOfLanguageGroundingLookTheSame(_ pair: (String, String)) throws {
    let environment = try SharedTabletop.environment()
    for index in 0..<3 {
      let states = try [pair.0, pair.1].map {
        let episode = try TaskCase(suite: "language-grounding", task: $0).episode(index)
        #expect(episode.sharedDraw != nil)
        return try environment.start(episode)
      }
      let images = try environment.observations(of: states, needs: [.image]).map(\.primaryImage)
      #expect(images[0] == images[1])
      #expect(states[0].instruction != states[1].instruction)
    }
  }

  /// Records say which episodes share their scene; no other task claims to.
  @Test func onlyPairedTasksShareTheirDraw() throws {
    let environment = try SharedTabletop.environment()
    for suite in environment.suites {
      let draws = try suite.tasks.compactMap {
        try environment.episode(suite: suite.name, task: $0, index: 0, seed: 1, strength: 1)
          .sharedDraw
      }
      let pairs = Dictionary(grouping: draws) { $0 }.values.map(\.count)
      #expect(pairs == (suite.name == "language-grounding" ? [2, 2, 2] : []))
    }
  }

  @Test func seedsAndIndicesDrawOtherScenes() throws {
    let environment = try SharedTabletop.environment()
    let task = TaskCase(suite: "in-distribution", task: "lift")
    let hashes = try (0..<20).map { index in
      let episode = try task.episode(index % 10, seed: UInt64(index / 10))
      return environment.contentHash(of: episode, startingIn: try environment.start(episode))
    }
    #expect(Set(hashes).count == hashes.count)
  }
}
