import EnvironmentInterface
import Geometry
import Rendering
import Simulation

/// Where an episode stands: a value, apart from the scene it shares with its copies.
public struct TabletopState: Sendable {
  public let scene: EpisodeScene
  public let instruction: String
  public internal(set) var world: World
  /// For how many control steps on end the goal has held.
  public internal(set) var goalSteps: Int
  /// The most progress so far: a milestone that was met stays met.
  public internal(set) var progress: Double

  init(scene: EpisodeScene, instruction: String) throws {
    self.scene = scene
    self.instruction = instruction
    world = try scene.firstWorld()
    goalSteps = 0
    progress = 0
  }

  /// The farthest and the widest turn that the arm makes in one control step, whatever is asked [m, rad].
  private static let speedLimit = (translation: 0.05, rotation: 0.5)

  /// The picture of this state, before anyone draws it: for a window that looks from elsewhere.
  public var frame: Frame { scene.frame(of: world) }

  mutating func advance(applying action: Action) {
    world.advance(applying: Self.command(of: action), in: scene.tabletop)
    let holds = scene.goal.holds(
      in: world, model: scene.tabletop, first: scene.firstPoses)
    goalSteps = holds ? goalSteps + 1 : 0
    progress = max(
      progress,
      scene.goal.progress(in: world, model: scene.tabletop, first: scene.firstPoses))
  }

  static func command(of action: Action) -> ArmCommand {
    func limited(_ vector: Vector3, to most: Double) -> Vector3 {
      vector.length > most ? vector * (most / vector.length) : vector
    }
    return ArmCommand(
      translation: limited(action.translation, to: speedLimit.translation),
      rotation: limited(action.rotation, to: speedLimit.rotation),
      gripper: min(1, max(0, action.gripper)))
  }

  var status: EpisodeStatus {
    let isSuccess = goalSteps >= scene.hold
    return EpisodeStatus(
      isSuccess: isSuccess, progress: isSuccess ? 1 : progress, contact: contact)
  }

  /// What the robot feels of itself.
  var proprioception: Proprioception {
    Proprioception(
      baseFromGripper: world.baseFromGripper, gripperWidth: world.gripperOpening,
      jointAngles: world.jointAngles)
  }
}

extension Action {
  init(_ command: ArmCommand) {
    self.init(
      translation: command.translation, rotation: command.rotation, gripper: command.gripper)
  }
}
