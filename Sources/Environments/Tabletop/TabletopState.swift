import EnvironmentInterface
import Geometry
import Rendering
import Simulation

/// Where an episode stands: a value, apart from the scene it shares with its copies.
public struct TabletopState: Sendable {
  public let scene: EpisodeScene
  public let instruction: String
  public internal(set) var world: World
  /// What the gripper was last told where its command is sticky: 1 open, 0 closed.
  public internal(set) var gripperCommand: Double
  /// Actions that have been asked for and do not act yet, the oldest first; none where actions are not late.
  private(set) var waiting: [Action] = []
  /// For how many control steps on end the goal has held.
  public internal(set) var goalSteps: Int
  /// The most progress so far: a milestone that was met stays met.
  public internal(set) var progress: Double
  /// The most credit so far by the paper's rules.
  public internal(set) var paperCredit: Double
  /// Which parts of the goal hold, in the order of the family's.
  private(set) var parts: [Bool]

  init(scene: EpisodeScene, instruction: String) throws {
    self.scene = scene
    self.instruction = instruction
    world = try scene.firstWorld()
    gripperCommand = 1
    goalSteps = 0
    progress = 0
    paperCredit = 0
    parts = scene.goal.parts(in: world, model: scene.tabletop, first: scene.firstPoses)
  }

  /// The picture of this state through the primary camera, before anyone draws it: for a window that looks from
  /// elsewhere.
  public var frame: Frame { scene.frame(of: world) }

  /// One control step; where actions are late, an earlier one acts, or at first nothing does.
  mutating func advance(applying action: Action) {
    guard scene.sensing.latency > 0 else { return act(action) }
    waiting.append(action)
    act(waiting.count > scene.sensing.latency ? waiting.removeFirst() : stillness)
  }

  /// Asks for no motion and for what the gripper was last told.
  private var stillness: Action {
    Action(
      translation: .zero, rotation: .zero,
      gripper: scene.setup.gripper.number(for: gripperCommand))
  }

  /// The state in which an action that is asked for now will act.
  var whenItActs: TabletopState {
    guard scene.sensing.latency > 0 else { return self }
    var state = self
    state.waiting = []
    for _ in waiting.count..<max(waiting.count, scene.sensing.latency) {
      state.act(state.stillness)
    }
    for action in waiting { state.act(action) }
    return state
  }

  private mutating func act(_ action: Action) {
    let setup = scene.setup
    gripperCommand = setup.gripper.command(of: action.gripper, after: gripperCommand)
    world.advance(
      applying: Self.command(of: action, gripper: gripperCommand, limit: setup.limit))
    parts = scene.goal.parts(in: world, model: scene.tabletop, first: scene.firstPoses)
    let holds = parts.allSatisfy { $0 }
    goalSteps = holds ? goalSteps + 1 : 0
    let credit = scene.goal.credit(
      holding: holds, in: world, model: scene.tabletop, first: scene.firstPoses)
    progress = max(progress, credit.ours)
    paperCredit = max(paperCredit, credit.paper)
  }

  private static func command(
    of action: Action, gripper: Double, limit: Setup.MotionLimit
  ) -> ArmCommand {
    func limited(_ vector: Vector3, to most: Double) -> Vector3 {
      vector.length > most ? vector * (most / vector.length) : vector
    }
    return ArmCommand(
      translation: limited(action.translation, to: limit.translation),
      rotation: limited(action.rotation, to: limit.rotation),
      gripper: gripper)
  }

  var status: EpisodeStatus {
    let isSuccess = goalSteps >= scene.hold
    let names = scene.goal.family.parts.map(\.name)
    return EpisodeStatus(
      isSuccess: isSuccess, progress: isSuccess ? 1 : progress,
      paperCredit: scene.goal.family.paperCredit.isEmpty ? nil : isSuccess ? 1 : paperCredit,
      parts: Dictionary(zip(names, parts)) { first, _ in first }, contact: contact)
  }

  /// What the robot feels of itself.
  var proprioception: Proprioception {
    Proprioception(
      baseFromGripper: world.baseFromGripper, gripperWidth: world.gripperOpening,
      jointAngles: world.jointAngles)
  }
}

extension GripperLayout {
  /// Further than this from the middle, a sticky gripper's number opens or closes it.
  private static let stickiness = 0.25

  /// How far open the fingers shall be, 1 open and 0 closed.
  ///
  /// - Parameter last: what they were told before, which a sticky gripper keeps.
  func command(of number: Double, after last: Double) -> Double {
    let fraction = opening(of: number)
    switch semantics {
    case .absolute: return fraction
    case .relativeSticky:
      return abs(fraction - 0.5) > Self.stickiness ? fraction.rounded() : last
    }
  }
}
