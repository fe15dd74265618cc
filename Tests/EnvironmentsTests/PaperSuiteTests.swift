import EnvironmentInterface
import Geometry
import RandomNumbers
import Simulation
import Testing

@testable import Environments

/// The paper's tasks: its words and trials, an expert that solves them, chance that does not, and the scenes they are set in.
struct PaperSuiteTests {
  private static let bridge = TaskCase.all.filter { $0.suite == "bridge" }
  private static let expertEpisodes = 34
  private static let randomEpisodes = 20

  @Test func theBridgeSuiteIsThePapers() throws {
    let environment = try SharedTabletop.environment()
    let suite = try #require(environment.suiteDefinitions.first { $0.name == "bridge" })
    #expect(suite.tasks.count * suite.episodesPerTask == 170)
    #expect(!suite.isInAll && suite.description.continuesAfterSuccess)
    let counts = Dictionary(grouping: suite.tasks, by: \.category).mapValues(\.count)
    #expect(
      counts == [.visual: 5, .motion: 2, .physical: 3, .semantic: 4, .language: 3])
    #expect(suite.tasks.count { !$0.family.paperCredit.isEmpty } == 8)
    for task in Self.bridge {
      #expect(try environment.interface(suite: "bridge", task: task.task).name == "bridge-sink")
    }
  }

  @Test(arguments: bridge)
  func theExpertSolvesItAndKeepsItSolved(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    var successes = 0
    for index in 0..<Self.expertEpisodes {
      let trajectory = try environment.expertTrajectory(
        of: task.episode(index, seed: 5), continuesAfterSuccess: true)
      if trajectory.firstSuccessStep != nil, trajectory.statuses.last?.isSuccess == true {
        successes += 1
      }
      let world = trajectory.states[trajectory.states.count - 1]
      #expect(world.world.restingOverlap(in: world.scene.tabletop) < 1.1e-3)
    }
    #expect(successes >= Self.expertEpisodes - 1, "\(successes) successes")
  }

  @Test(arguments: bridge)
  func chanceDoesNotSolveIt(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    var successes = 0
    for index in 0..<Self.randomEpisodes {
      var source = RandomStream(seed: 5).named(task.task).numbered(index)
      func vector(_ most: Double) -> Vector3 {
        Vector3(
          source.uniform(in: -most...most), source.uniform(in: -most...most),
          source.uniform(in: -most...most))
      }
      let trajectory = try environment.trajectory(of: task.episode(index, seed: 5)) { _ in
        Action(translation: vector(0.03), rotation: vector(0.1), gripper: source.uniform())
      }
      if trajectory.firstSuccessStep != nil { successes += 1 }
    }
    #expect(successes <= 1, "\(successes) successes")
  }

  @Test func twoWordsForOneFirstState() throws {
    let environment = try SharedTabletop.environment()
    let task = TaskCase(suite: "bridge", task: "lift-cheese-or-red-chili-pepper")
    for index in stride(from: 0, to: 10, by: 2) {
      let (one, other) = (try task.episode(index), try task.episode(index + 1))
      #expect(one.instruction == "lift cheese")
      #expect(other.instruction == "lift red chili pepper")
      let (first, second) = (try environment.start(one), try environment.start(other))
      // The same things at the same places; the first of them is the one that is meant.
      func poses(_ state: TabletopState) -> [String: RigidTransform] {
        Dictionary(
          zip(state.scene.objects.map(\.model.name), state.world.worldFromBody)
        ) { first, _ in first }
      }
      #expect(poses(first) == poses(second))
      #expect(first.world.jointAngles == second.world.jointAngles)
      #expect(first.scene.objects[0].model.name == "cheese")
      #expect(second.scene.objects[0].model.name == "chili-pepper")
    }
  }

  @Test func thingsStartInTheSinkOnOneAnotherAndOnTheirSides() throws {
    let environment = try SharedTabletop.environment()
    func start(_ task: String) throws -> TabletopState {
      try environment.start(TaskCase(suite: "bridge", task: task).episode(0))
    }
    let grapes = try start("take-purple-grapes-out-of-pot")
    #expect(grapes.world.isInside(0, cavityOf: 1, in: grapes.scene.tabletop))
    let sink = grapes.scene.objects.count - 1
    #expect(grapes.scene.objects[sink].isFixture)
    #expect(grapes.world.isInside(1, cavityOf: sink, in: grapes.scene.tabletop))
    let pot = try start("flip-pot-upright")
    #expect(pot.world.isToppled(0))
    let plate = try start("put-carrot-on-plate-height-change")
    #expect(plate.world.worldFromBody[1].translation.z > plate.world.worldFromBody[0].translation.z)
    let easy = try start("put-eggplant-into-pot-easy")
    let hand = easy.world.worldFromGripper(in: easy.scene.tabletop).translation
    #expect((hand - easy.world.worldFromBody[0].translation).xy.length < 1e-9)
  }

  @Test func halfAPointIsForTheRightThingAlone() throws {
    let environment = try SharedTabletop.environment()
    let task = TaskCase(suite: "bridge", task: "stack-blue-cup-on-pink-cup")
    let trajectory = try environment.expertTrajectory(of: task.episode(0))
    #expect(trajectory.statuses.first?.paperCredit == 0)
    #expect(trajectory.statuses.last?.paperCredit == 1)
    let strict = TaskCase(suite: "bridge", task: "flip-pot-upright")
    let flip = try environment.expertTrajectory(of: strict.episode(0))
    #expect(flip.statuses.allSatisfy { $0.paperCredit == ($0.parts["upright"] == true ? 1 : 0) })
  }
}
