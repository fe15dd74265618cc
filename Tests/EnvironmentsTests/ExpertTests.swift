import EnvironmentInterface
import Geometry
import RandomNumbers
import Simulation
import Testing

@testable import Environments

/// The scripted expert solves what it is the ceiling of, from any state that noise leads to.
struct ExpertTests {
  private static let episodes = 100
  /// Of all in-distribution episodes; measured 100 % over 600 a task.
  private static let leastClean = 0.99
  /// With noise in every action; measured above 98 % over 600 a task.
  private static let leastNoisy = 0.95
  /// Tasks of the WidowX that end with one thing near another, which 50 mm are.
  private static let nearTasks = [
    "move-near", "move-near-other-place", "move-can-near-other-shape",
  ]
  /// Between these two gaps is enough to both sides [m]; measured 22 to 36 mm.
  private static let narrowGap = 0.018
  private static let wideGap = 0.034

  @Test(arguments: TaskCase.inDistribution, [false, true])
  func theExpertSucceeds(_ task: TaskCase, isNoisy: Bool) throws {
    let environment = try SharedTabletop.environment()
    var successes = 0
    for index in 0..<Self.episodes {
      let episode = try task.episode(index, seed: 3)
      var state = try environment.start(episode)
      var noise = RandomStream(seed: 4).named("noise").numbered(index)
      let deviation = noise.uniform(in: 0...0.007)
      while state.world.step < episode.stepLimit, !state.status.isSuccess {
        var command = Expert(scene: state.scene).choice(in: state.world, for: state.scene.goal)
          .command
        if isNoisy {
          DemonstratedEpisode.disturb(&command, deviation: deviation, noise: &noise)
        }
        environment.step(&state, applying: state.scene.setup.action(command))
      }
      if state.status.isSuccess { successes += 1 }
    }
    let least = isNoisy ? Self.leastNoisy : Self.leastClean
    #expect(Double(successes) >= least * Double(Self.episodes), "\(successes) successes")
  }

  @Test func itStaysWithinItsClipsEverywhere() throws {
    let environment = try SharedTabletop.environment()
    for task in TaskCase.all {
      var state = try environment.start(task.episode(7))
      for _ in 0..<20 {
        let action = environment.expertAction(in: state)
        #expect(action.translation.length <= state.scene.setup.step.translation + 1e-9)
        #expect(action.rotation.length <= state.scene.setup.step.rotation + 0.01)
        environment.step(&state, applying: action)
      }
    }
  }

  @Test func itPutsDownWhatItShouldNotHold() throws {
    let environment = try SharedTabletop.environment()
    // Hold one thing, then be asked for another: the hand ends with the other one.
    var state = try environment.start(
      TaskCase(suite: "language-grounding", task: "lift-cheese").episode(0))
    let expert = Expert(scene: state.scene)
    while state.world.grasp == nil {
      environment.step(&state, applying: environment.expertAction(in: state))
    }
    let other = Goal(
      family: try #require(environment.catalog.families["lift"]), object: 1)
    for _ in 0..<30 {
      environment.step(
        &state,
        applying: state.scene.setup.action(
          expert.choice(in: state.world, for: other).command))
    }
    #expect(state.world.grasp?.body == 1)
  }

  /// Halfway between touching and no longer near, so that who learns from it may err either way.
  @Test(arguments: TaskCase.all.filter { nearTasks.contains($0.task) })
  func itPutsThingsWellWithinWhatIsNearAndKnocksNothing(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    var gaps: [Double] = []
    var moved: [Double] = []
    for index in 0..<Self.episodes {
      let episode = try task.episode(index, seed: 5)
      var state = try environment.start(episode)
      let target = try #require(state.scene.goal.target)
      while state.world.step < episode.stepLimit, !state.status.isSuccess {
        environment.step(&state, applying: environment.expertAction(in: state))
      }
      // The fingers are on their way up then, and must not take anything along.
      for _ in 0..<3 { environment.step(&state, applying: environment.expertAction(in: state)) }
      gaps.append(
        state.world.clearance(
          between: state.scene.goal.object, and: target, in: state.scene.tabletop))
      moved.append(
        (state.world.worldFromBody[target].translation - state.scene.firstPoses[target].translation)
          .length)
    }
    let wide = gaps.filter { $0 > Self.wideGap }
    #expect(gaps.allSatisfy { $0 > Self.narrowGap }, "\(gaps.min() ?? 0)")
    #expect(wide.count <= Self.episodes / 20, "\(wide)")
    #expect(moved.allSatisfy { $0 < 1e-3 }, "\(moved.max() ?? 0)")
  }

  @Test func theWorkspaceIsWithinReach() throws {
    let environment = try SharedTabletop.environment()
    let arm = try #require(environment.catalog.robots["widowx"]).arm
    for x in stride(from: 0.15, through: 0.42, by: 0.03) {
      for y in stride(from: -0.19, through: 0.19, by: 0.038) {
        for z in [0.012, 0.06, Expert.travelHeight] {
          for yaw in [-1.2, 0, 1.2] {
            let pose = RigidTransform.topDownGripper(at: Vector3(x, y, z), yaw: yaw)
            #expect(
              arm.inverseKinematics(baseFromGripper: pose, near: arm.rest) != nil,
              "(\(x), \(y), \(z)) at \(yaw)")
          }
        }
      }
    }
    #expect(environment.training.region.max.x <= 0.42)
  }
}
