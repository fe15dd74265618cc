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
