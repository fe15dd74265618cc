import EnvironmentInterface
import Testing

@testable import Environments

/// A new object, arena, robot, camera, set-up, task, suite and factor of a kind that exists is a new file and nothing else.
///
/// The files are those of `Docs/add-a-task.md`.
struct FilesOverCodeTests {
  /// The package's files with one more of everything.
  private func extended() throws -> (root: SceneRoot, environment: TabletopEnvironment) {
    let root = try SceneRoot()
    try root.write(
      """
      name: dice
      words: {noun: dice, color: white}
      parts:
        - {shape: {roundedBox: {size: [0.034, 0.034, 0.034], radius: 0.005}}, material: {color: "#f4f1e8", gloss: 0.4}, at: [0, 0, 0.017]}

      """, to: "Scenes/objects/dice.yaml")
    try root.write(
      """
      name: desk
      table: {min: [-0.10, -0.45], max: [0.62, 0.45]}
      surfaces:
        table:
          - {shape: {box: {size: [0.80, 1.20, 0.040]}}, material: {color: "#4f6f5a", gloss: 0.1}, at: [0.30, 0, -0.020]}
      light: {direction: [-0.3, 0.2, -1], shadowCenter: [0.26, 0, 0.05], shadowRadius: 0.42}
      background: {top: "#dfe4e8", bottom: "#b9c0c7"}

      """, to: "Scenes/arenas/desk.yaml")
    try root.copy("Scenes/robots/widowx.yaml", to: "Scenes/robots/long-fingers.yaml")
    try root.edit(
      "Scenes/robots/long-fingers.yaml", replacing: "name: widowx", by: "name: long-fingers")
    try root.edit(
      "Scenes/robots/long-fingers.yaml", replacing: "length: 0.060", by: "length: 0.070")
    try root.write(
      """
      name: desk-robot
      about: An arm with long fingers at a desk, seen from the front and from the hand.
      robot: long-fingers
      arena: desk
      rate: 5
      start: {min: [0.20, -0.06, 0.13], max: [0.28, 0.06, 0.17]}
      step: {translation: 0.03, rotation: 0.25}
      limits: {translation: 0.05, rotation: 0.5}
      regions:
        table: {min: [0.20, -0.12], max: [0.36, 0.12]}
      cameras:
        primary: {position: [0.772, 0, 0.677], lookingAt: [0.220, 0, 0.020], verticalFieldOfView: 30, size: [224, 224]}
        wrist: {link: hand, position: [0.00, 0, 0.08], lookingAt: [0.15, 0, 0], verticalFieldOfView: 70, size: [96, 128]}

      """, to: "Scenes/setups/desk-robot.yaml")
    try root.write(
      """
      name: jar
      words: {noun: jar, color: gray}
      parts:
        - {shape: {lathe: {profile: [[0, 0], [0.028, 0], [0.028, 0.05], [0.025, 0.05]]}}, material: {color: "#c9d4d8", gloss: 0.8}}
      cavity: {radius: 0.024, floor: 0.004, rim: 0.05}
      filling: {count: 40, diameter: 0.008, material: {color: "#7a4a26"}}

      """, to: "Scenes/objects/jar.yaml")
    try root.write(
      """
      name: napkin
      words: {noun: napkin, color: pink}
      size: [0.12, 0.12]
      material: {color: "#e7a9bd", texture: cloth, textureScale: 0.02}

      """, to: "Scenes/cloths/napkin.yaml")
    try root.write(
      """
      name: hide-and-hold
      about: Let a cloth lie over an object that nobody holds.
      goal:
        covered: {covered: object}
        released: {not: {held: object}}

      """, to: "Scenes/goals/hide-and-hold.yaml")
    try root.write(
      """
      name: desk
      title: At the desk
      about: A cube at a desk.
      setup: desk-robot
      all: false
      episodes: 3
      factors:
        pink-desk:
          about: The desk is pink.
          surface: {name: table, materials: [{color: "#e58fb1"}]}
      tasks:
        - {name: lift-dice, family: lift, object: dice, instruction: lift the dice, factors: [pink-desk], steps: 30}
        - {name: hide-dice, family: hide-and-hold, object: dice, instruction: hide the dice, cloth: {name: napkin, in: table}, steps: 40, episodes: 2}
        - {name: pour-beans, family: pour, object: jar, target: pot, instruction: pour the beans into the pot, steps: 60}

      """, to: "Benchmarks/desk.yaml")
    return (root, try TabletopEnvironment(root: root.path))
  }

  @Test func oneFileEachAndAnEpisodeRuns() throws {
    let (root, environment) = try extended()
    defer { withExtendedLifetime(root) {} }
    #expect(environment.suites.map(\.name).contains("desk"))
    let interface = try environment.interface(suite: "desk", task: "lift-dice")
    #expect(interface.cameras.map(\.name) == ["primary", "wrist"])
    for index in 0..<3 {
      let episode = try environment.episode(
        suite: "desk", task: "lift-dice", index: index, seed: 1, strength: 1)
      #expect(episode.instruction == "lift the dice")
      let trajectory = try environment.expertTrajectory(of: episode)
      #expect(trajectory.firstSuccessStep != nil)
      let twin = try #require(try environment.cleanTwin(of: episode))
      let images = try environment.observations(
        of: [environment.start(episode), environment.start(twin)],
        needs: [.image, .camera("wrist")])
      #expect(images[0].primaryImage != images[1].primaryImage)
      #expect(images[0].images["wrist"]?.width == 128)
    }
    let state = try environment.start(
      environment.episode(suite: "desk", task: "lift-dice", index: 0, seed: 1, strength: 1))
    #expect(state.scene.setup.robot.name == "long-fingers")
    #expect(state.scene.setup.robot.gripper.fingerLength == 0.070)
  }

  @Test func aClothAGoalAndAFillingAreFilesToo() throws {
    let (root, environment) = try extended()
    defer { withExtendedLifetime(root) {} }
    let suite = try #require(environment.suites.first { $0.name == "desk" })
    #expect(suite.defaultEpisodes(of: "hide-dice") == 2)
    for task in ["hide-dice", "pour-beans"] {
      let episode = try environment.episode(
        suite: "desk", task: task, index: 0, seed: 1, strength: 1)
      #expect(try environment.expertTrajectory(of: episode).firstSuccessStep != nil, "\(task)")
    }
  }

  @Test func aTaskElsewhereNeedsARegionThere() throws {
    let (root, _) = try extended()
    try root.edit(
      "Scenes/setups/desk-robot.yaml",
      replacing: "regions:\n  table: {min: [0.20, -0.12], max: [0.36, 0.12]}\n", by: "")
    try root.edit(
      "Benchmarks/desk.yaml", replacing: "cloth: {name: napkin, in: table}, ", by: "")
    try root.edit(
      "Benchmarks/desk.yaml", replacing: "family: hide-and-hold", by: "family: lift")
    let error = try #require(throws: (any Error).self) {
      try TabletopEnvironment(root: root.path)
    }
    #expect("\(error)".contains("nobody says where the objects of task 'lift-dice' stand"))
    #expect("\(error)".contains("Benchmarks/desk.yaml:12"))
  }
}
