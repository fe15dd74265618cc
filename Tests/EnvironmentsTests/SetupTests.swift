import EnvironmentInterface
import Geometry
import Rendering
import Testing

@testable import Environments

/// What a set-up's file says is what a policy meets.
struct SetupTests {
  /// The package's files in a folder of their own, with the training set-up changed.
  private func environment(_ changes: [(String, String)]) throws -> TabletopEnvironment {
    let root = try SceneRoot()
    for (old, new) in changes {
      try root.edit("Scenes/setups/widowx-kitchen.yaml", replacing: old, by: new)
    }
    return try TabletopEnvironment(root: root.path)
  }

  private func start(_ environment: TabletopEnvironment) throws -> TabletopState {
    try environment.start(
      environment.episode(
        suite: "in-distribution", task: "lift", index: 0, seed: 1, strength: 1))
  }

  private static let wrist = (
    "cameras:\n",
    """
    cameras:
      wrist: {link: hand, position: [0.00, 0, 0.08], lookingAt: [0.15, 0, 0], verticalFieldOfView: 70, size: [96, 128]}

    """
  )

  @Test func theInterfaceIsTheFiles() throws {
    let changed = try environment([("rate: 5", "rate: 3"), Self.wrist])
    let interface = try changed.interface(suite: "in-distribution", task: "lift")
    #expect(interface.name == "widowx-kitchen" && interface.controlRate == 3)
    #expect(
      interface.cameras == [
        CameraInterface(name: "primary", height: 224, width: 224),
        CameraInterface(name: "wrist", height: 96, width: 128),
      ])
    #expect(interface.action == .endEffectorDelta)
    let today = try SharedTabletop.environment().interface(
      suite: "visual", task: "lift-object-other-color")
    #expect(today.cameras.map(\.name) == ["primary"] && today.controlRate == 5)
  }

  @Test func aCameraOnTheHandMovesWithIt() throws {
    let environment = try environment([Self.wrist])
    var state = try start(environment)
    func look() throws -> Observation {
      try environment.observations(of: [state], needs: [.camera("wrist"), .image])[0]
    }
    let before = try look()
    let image = try #require(before.images["wrist"])
    #expect(image.height == 96 && image.width == 128)
    #expect(Set(image.pixels).count > 20)
    #expect(try look() == before)
    #expect(before.primaryImage?.height == 224)
    for _ in 0..<4 {
      environment.step(
        &state, applying: Action(translation: Vector3(0.03, 0.03, 0), gripper: 1))
    }
    #expect(try look().images["wrist"] != image)
    // It stays where it is on the hand: the gripper is at the same place of its image.
    let setup = state.scene.setup
    for world in [state.world, try start(environment).world] {
      let camera = setup.camera(setup.others[0], in: world)
      let seen = try #require(
        camera.project(world.worldFromGripper(in: state.scene.tabletop).translation))
      #expect(abs(seen.x - 0.5) < 1e-6)
      #expect(seen.y > 0.2 && seen.y < 0.8)
    }
    #expect(throws: SceneDrawError.unknownCamera("side")) {
      try environment.observations(of: [state], needs: [.camera("side")])
    }
  }

  @Test func anArmMovesNoFartherThanItsSetupSays() throws {
    let slow = try environment([
      ("step: {translation: 0.03", "step: {translation: 0.01"),
      ("limits: {translation: 0.05", "limits: {translation: 0.02"),
    ])
    var state = try start(slow)
    #expect(slow.expertAction(in: state).translation.length < 0.01 + 1e-9)
    let from = state.world.baseFromGripper.translation
    slow.step(&state, applying: Action(translation: Vector3(0, 0, 1), gripper: 1))
    #expect(abs((state.world.baseFromGripper.translation - from).length - 0.02) < 1e-6)
  }

  @Test func aStickyGripperKeepsWhatItWasTold() throws {
    let sticky = try environment([
      ("semantics: absolute, open: 1, closed: 0", "semantics: relative-sticky, open: -1, closed: 1")
    ])
    var state = try start(sticky)
    let widest = state.world.gripperOpening
    func step(_ number: Double) {
      sticky.step(&state, applying: Action(translation: .zero, gripper: number))
    }
    step(0)
    #expect(state.world.gripperOpening == widest)
    step(1)
    #expect(state.world.gripperOpening < widest)
    let closed = state.world.gripperOpening
    step(0.1)
    #expect(state.world.gripperOpening <= closed)
    step(-1)
    #expect(state.world.gripperOpening > closed)
    // The expert speaks the set-up's numbers, and still succeeds.
    let episode = try sticky.episode(
      suite: "in-distribution", task: "lift", index: 0, seed: 1, strength: 1)
    #expect(try sticky.expertTrajectory(of: episode).firstSuccessStep != nil)
  }
}
