import EnvironmentInterface
import Geometry
import StrictYAML
import Testing

@testable import Environments

/// Goals are read from files, and worlds answer them.
struct GoalTests {
  private func expression(_ text: String) throws -> GoalExpression {
    try YAMLDocument(text: text, named: "goal.yaml").read { try $0.goalExpression() }
  }

  @Test func familiesEndAsTheirGoalsDemand() throws {
    let families = try SharedTabletop.environment().catalog.families
    let endings = families.mapValues(\.ending)
    #expect(
      endings == [
        "lift": .held, "put-on": .onTarget, "put-in": .onTarget, "stack": .onTarget,
        "move-near": .besideTarget, "take-out": .held, "flip-upright": .tipped,
        "open": .jointMoved, "shut": .jointMoved, "stand-up": .stoodUp,
        "flip-by-hand": .stoodUp, "knock-over": .tipped, "pour": .poured, "cover": .covered,
        "sweep": .swept,
      ])
    #expect(families.values.filter(\.hasTarget).count == 7)
    #expect(
      families.values.filter(\.needsHollowTarget).map(\.name).sorted() == [
        "pour", "put-in", "sweep",
      ])
    #expect(families["lift"]?.liftHeight == 0.06 && families["move-near"]?.nearClearance == 0.05)
  }

  @Test func recordsCanSayWhichPartHolds() throws {
    let environment = try SharedTabletop.environment()
    let episode = try environment.episode(
      suite: "in-distribution", task: "lift", index: 0, seed: 1, strength: 1)
    let trajectory = try environment.expertTrajectory(of: episode)
    let parts = trajectory.statuses.map(\.parts)
    #expect(parts[0] == ["held": false, "high": false])
    #expect(parts.contains(["held": true, "high": false]))
    #expect(parts.last == ["held": true, "high": true])
    // Half a point for touching, by the paper; one for the goal.
    #expect(trajectory.statuses[0].paperCredit == 0)
    #expect(trajectory.statuses.contains { $0.paperCredit == 0.5 && $0.progress < 1 })
    #expect(trajectory.statuses.last?.paperCredit == 1)
  }

  @Test func expressionsCombine() throws {
    let environment = try SharedTabletop.environment()
    let state = try environment.start(
      TaskCase(suite: "in-distribution", task: "put-on-plate").episode(0))
    let scene = state.scene
    func holds(_ text: String) throws -> Bool {
      try expression(text).holds(
        for: scene.goal, in: state.world, model: scene.tabletop, first: scene.firstPoses)
    }
    for truth in [
      "on: [object, table]", "on: [target, table]", "upright: object", "not: {held: object}",
      "not: {toppled: target}", "any: [{held: object}, {upright: target}]",
      "all: [{upright: object}, {not: {touched: object}}]",
      "near: {what: [object, target], within: 1}",
      "not: {moved: {what: object, by: 0.001}}",
    ] {
      #expect(try holds(truth), "\(truth)")
    }
    for falsehood in [
      "on: [object, target]", "in: [object, target]", "held: target", "toppled: object",
      "lifted: {what: object, by: 0.01}", "all: [{upright: object}, {held: object}]",
      "any: [{held: object}, {touched: target}]", "not: {upright: object}",
      "over: {what: [object, target], within: 0.001}", "reached: object",
    ] {
      #expect(try !holds(falsehood), "\(falsehood)")
    }
    // What a task does not have is in no state.
    let alone = Goal(family: scene.goal.family, object: 0)
    #expect(
      try !expression("on: [object, target]").holds(
        for: alone, in: state.world, model: scene.tabletop, first: scene.firstPoses))
  }

  @Test(arguments: [
    ("held: bowl", "unknown role 'bowl'"), ("hovering: object", "unknown fact 'hovering'"),
    ("on: [object, object]", "both are the object"), ("on: [object]", "1 items"),
    ("lifted: {what: object, by: 7}", "out of range"), ("all: []", "0 items"),
    ("{held: object, upright: object}", "expected one fact"),
    (
      String(repeating: "not: {", count: 9) + "held: object" + String(repeating: "}", count: 9),
      "too deep"
    ),
  ])
  func aMistakeIsExplained(_ text: String, _ problem: String) {
    let error = #expect(throws: YAMLError.self) { try expression(text) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }

  @Test func aFamilyIsAFile() throws {
    let root = try SceneRoot()
    try root.write(
      """
      name: touch
      about: Touch an object and leave it upright.
      goal:
        touched: {touched: object}
        upright: {upright: object}
      credit:
        - {worth: 0.5, when: {reached: object}}
      """, to: "Scenes/goals/touch.yaml")
    try root.edit(
      "Benchmarks/in-distribution.yaml", replacing: "  wording:\n",
      by: "  wording:\n    touch: [\"touch the {object}\"]\n")
    try root.edit(
      "Benchmarks/language-grounding.yaml", replacing: "tasks:\n",
      by: "tasks:\n  - {name: touch-can, family: touch, object: can, steps: 30}\n")
    let environment = try TabletopEnvironment(root: root.path)
    let episode = try environment.episode(
      suite: "language-grounding", task: "touch-can", index: 0, seed: 1, strength: 1)
    #expect(episode.instruction == "touch the can")
    let trajectory = try environment.expertTrajectory(of: episode)
    #expect(trajectory.firstSuccessStep != nil)
  }
}
