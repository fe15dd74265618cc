import Geometry
import Rendering
import Simulation

/// One object of an episode: its model, how it is drawn, and what it is called.
struct SceneObject: Sendable {
  var model: ObjectModel
  var drawn: Model
  /// Its number among `TrainingDistribution.pictured`; nil for what is not pictured, such as a block under an object.
  var kind: Int?
  /// What its contents are known by: contact and looks.
  var digest: String
  /// Whether it belongs to the arena and is drawn with it.
  var isFixture = false
}

/// Everything of an episode that stays as it is: who is there, what is asked, what it looks like.
///
/// Bodies are numbered as in `tabletop.bodies`; the object of the goal is the first, the arena's fixtures are the last.
public final class EpisodeScene: Sendable {
  let objects: [SceneObject]
  public let setup: Setup
  public let tabletop: TabletopModel
  let views: CameraViews
  /// What set-up, arena and objects are known by, in this order.
  let digests: [String]
  public let goal: Goal
  /// For how many control steps on end the goal must hold.
  let hold: Int
  /// `worldFromBody` of every body at the start.
  public let firstPoses: [RigidTransform]
  let firstGripper: RigidTransform

  init(
    objects: [SceneObject], setup: Setup, tabletop: TabletopModel,
    views: CameraViews, digests: [String], goal: Goal, hold: Int,
    firstPoses: [RigidTransform],
    firstGripper: RigidTransform
  ) {
    self.objects = objects
    self.setup = setup
    self.tabletop = tabletop
    self.views = views
    self.digests = digests
    self.goal = goal
    self.hold = hold
    self.firstPoses = firstPoses
    self.firstGripper = firstGripper
  }

  /// The world in which the episode starts, with open fingers.
  func firstWorld() throws -> World {
    try World(
      model: tabletop, worldFromBody: firstPoses, baseFromGripper: firstGripper,
      gripperOpening: tabletop.gripper.maximumOpening)
  }

  /// The picture that a camera takes of a world, with what moves over the static scene.
  ///
  /// Body n has label n + 1.
  ///
  /// - Throws: `SceneDrawError.unknownCamera` where the set-up has no such camera.
  func frame(of world: World, camera: String) throws(SceneDrawError) -> Frame {
    frame(of: world, view: try views.view(camera))
  }

  /// The picture that the primary camera takes of a world.
  func frame(of world: World) -> Frame { frame(of: world, view: views.primary) }

  private func frame(of world: World, view: CameraView) -> Frame {
    var instances = setup.robot.instances(of: world)
    for (index, object) in objects.enumerated() where !object.isFixture {
      instances.append(
        Instance(
          model: object.drawn, worldFromModel: world.worldFromBody[index],
          label: UInt16(index + 1)))
    }
    return Frame(
      staticScene: view.staticScene, moving: instances,
      camera: view.camera.link == nil ? nil : setup.camera(view.camera, in: world))
  }
}

extension RigidTransform {
  /// A gripper that points straight down, closing across the table where `yaw` is 0.
  static func topDownGripper(at position: Vector3, yaw: Double) -> RigidTransform {
    let down = Rotation(columns: -Vector3.unitZ, .unitY, .unitX)
    return RigidTransform(
      rotation: Rotation(about: .unitZ, byRadians: yaw) * down, translation: position)
  }
}
