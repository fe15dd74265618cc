import EnvironmentInterface
import Geometry
import Rendering
import Simulation
import StrictYAML

/// Where and how a robot works: which robot in which arena, what looks on, how often it acts and what an action may ask.
///
/// A task names its set-up; nothing else in the program knows a rate, a camera or an image size.
public struct Setup: Sendable {
  public var name: String
  /// What it is, in a line.
  public var about: String
  public var robot: Robot
  public var arena: Arena
  /// The camera that policies of one image look through.
  public var primary: SetupCamera
  /// Further cameras, in the file's order.
  public var others: [SetupCamera]
  /// Control steps in a second [Hz].
  public var controlRate: Double
  /// The box in which the point between the fingertips starts, base frame [m].
  public var start: (min: Vector3, max: Vector3)
  /// Where the file says so.
  var startPlace: FilePlace
  /// The farthest and the widest turn that the expert asks for in a control step.
  public var step: MotionLimit
  /// The farthest and the widest turn that the arm makes in a control step, whatever is asked.
  public var limit: MotionLimit
  /// What the gripper's number in an action means.
  public var gripper: GripperLayout
  /// Which rules of contact hold.
  public var rules = ContactRules()
  /// Where things may stand, by name; those of the training distribution stand in its own region.
  public var regions: [String: SurfaceRegion] = [:]

  /// How far and how wide a motion is.
  public struct MotionLimit: Hashable, Sendable, Codable {
    /// [m]
    public var translation: Double
    /// [rad]
    public var rotation: Double
  }

  /// All cameras, the primary one first.
  public var cameras: [SetupCamera] { [primary] + others }

  /// What the set-up shows a policy and takes from it.
  public var interface: Interface {
    Interface(
      name: name,
      cameras: cameras.map { CameraInterface(name: $0.name, height: $0.height, width: $0.width) },
      state: StateLayout(
        [
          .position, .orientation(.rollPitchYaw), .gripperWidth,
          .jointAngles(count: robot.arm.jointCount),
        ], widestGripper: robot.gripper.maximumOpening),
      action: ActionLayout(gripper: gripper), controlRate: controlRate)
  }
}

/// A rectangle in which things stand wholly, and how high the surface is that carries them there [m].
public struct SurfaceRegion: Hashable, Sendable {
  public var region: Region
  public var height: Double
}

/// A camera of a set-up: fixed in the world, or mounted on a link of the arm.
public struct SetupCamera: Hashable, Sendable, Codable {
  public var name: String
  /// Pose and lens; the pose is that on the link where the camera is mounted on one.
  public var camera: Camera
  /// The link that it moves with; nil for a camera that stands.
  public var link: String?
  /// Of the image [pixels].
  public var height: Int
  public var width: Int
}

extension Setup {
  /// Where a camera is in a world.
  func camera(_ camera: SetupCamera, in world: World) -> Camera {
    guard let link = camera.link, let index = robot.arm.linkNames.firstIndex(of: link) else {
      return camera.camera
    }
    var result = camera.camera
    let baseFromLink = robot.arm.forwardKinematics(world.jointAngles)[index]
    result.worldFromCamera = robot.worldFromBase * baseFromLink * camera.camera.worldFromCamera
    return result
  }
}

extension Setup {
  /// The action that asks for a command.
  func action(_ command: ArmCommand) -> Action {
    Action(
      translation: command.translation, rotation: command.rotation,
      gripper: gripper.number(for: command.gripper))
  }
}
