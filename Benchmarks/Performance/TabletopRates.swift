import EnvironmentInterface
import Environments
import Foundation
import Geometry
import RandomNumbers
import Simulation

/// `performance simulation`: rates of the tabletop by kind of task, and what inverse kinematics reaches.
enum TabletopRates {
  /// A task for each kind: name of the figure, suite, task.
  private static let tasks = [
    ("widowx_pick_and_place", "in-distribution", "put-on-plate"),
    ("bridge_pick_and_place", "bridge", "put-eggplant-into-pot"),
    ("franka_pick_and_place", "franka-tabletop", "put-carrot-in-bowl"),
    ("franka_grains", "franka-tabletop", "pour-corn-into-pot"),
    ("franka_cloth", "franka-tabletop", "cover-object-with-towel"),
    ("franka_sweeping", "franka-droid", "wipe-table"),
  ]
  /// Poses drawn in each robot's workspace.
  private static let poses = 10_000

  static func measure(root: String) throws {
    let environment = try TabletopEnvironment(root: root, contexts: 1)
    var figures: [String: Double] = [:]
    for (name, suite, task) in tasks {
      figures["\(name)_steps_per_core"] = try steps(suite, task, in: environment)
      figures["\(name)_resets_per_core"] = try resets(suite, task, in: environment)
    }
    for (name, suite) in [("widowx", "in-distribution"), ("bridge", "bridge")] {
      let (plain, soft) = try ShadedRoot.rates(of: root) { try observations(suite, in: $0) }
      figures["\(name)_plain_observations_on_1_core"] = plain
      figures["\(name)_soft_observations_on_1_core"] = soft
    }
    for (name, robot) in environment.catalog.robots {
      figures["\(name)_poses_reached_of_10000"] = Double(reached(by: robot))
    }
    try Performance.printJSON(
      figures.mapValues { $0.rounded() }, [.prettyPrinted, .sortedKeys])
  }

  /// Control steps a second: the expert's own episodes, replayed without the expert and without drawing.
  static func steps(
    _ suite: String, _ task: String, in environment: TabletopEnvironment
  ) throws -> Double {
    var recorded: [(TabletopState, [Action])] = []
    for index in 0..<10 {
      let episode = try environment.episode(
        suite: suite, task: task, index: index, seed: 1, strength: 1)
      let first = try environment.start(episode)
      var state = first
      var actions: [Action] = []
      while actions.count < episode.stepLimit, !environment.status(of: state).isSuccess {
        let action = environment.expertAction(in: state)
        actions.append(action)
        environment.step(&state, applying: action)
      }
      recorded.append((first, actions))
    }
    return Performance.ratePerSecond(atLeast: 1.5) {
      recorded.reduce(0) { count, episode in
        var state = episode.0
        for action in episode.1 { environment.step(&state, applying: action) }
        return count + episode.1.count
      }
    }
  }

  private static func resets(
    _ suite: String, _ task: String, in environment: TabletopEnvironment
  ) throws -> Double {
    let episodes = try (0..<50).map {
      try environment.episode(suite: suite, task: task, index: $0, seed: 1, strength: 1)
    }
    return try Performance.ratePerSecond(atLeast: 1) {
      for episode in episodes { _ = try environment.start(episode) }
      return episodes.count
    }
  }

  /// Observations of a suite's first states in a second of a core's time, the hand in motion.
  private static func observations(
    _ suite: String, in environment: TabletopEnvironment
  ) throws -> Double {
    let tasks = environment.suites.first { $0.name == suite }?.tasks.prefix(6) ?? []
    var states = try tasks.map { task in
      try environment.start(
        environment.episode(suite: suite, task: task, index: 0, seed: 2, strength: 1))
    }
    var stream = RandomStream(seed: 5)
    return try Performance.ratePerProcessorSecond(atLeast: 1) {
      for index in states.indices {
        let motion = (0..<3).map { _ in stream.uniform(in: -0.02...0.02) }
        let action = try Action(motion + [0, 0, stream.uniform(in: -0.1...0.1), 1])
        environment.step(&states[index], applying: action)
      }
      return try environment.observations(of: states, needs: [.image]).count
    }
  }

  /// How many poses of a hand that points down, drawn in what of its workspace a robot is to reach, it reaches.
  private static func reached(by robot: Robot) -> Int {
    var stream = RandomStream(seed: 13).named(robot.name)
    let (low, high) = (robot.workspace.min, robot.workspace.max)
    return (0..<poses).count { _ in
      var place = low
      repeat {
        place = Vector3(
          stream.uniform(in: low.x...high.x), stream.uniform(in: low.y...high.y),
          stream.uniform(in: low.z...high.z))
      } while !robot.mayReach(place)
      let turn = Rotation(about: .unitZ, byRadians: stream.uniform(in: -1.5...1.5))
      let down = Rotation(columns: -Vector3.unitZ, .unitY, .unitX)
      let pose = RigidTransform(rotation: turn * down, translation: place)
      return robot.arm.inverseKinematics(baseFromGripper: pose, near: robot.arm.rest) != nil
    }
  }
}
