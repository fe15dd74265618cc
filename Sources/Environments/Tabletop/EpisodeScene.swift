import EnvironmentInterface
import Geometry
import RandomNumbers
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
  /// Whether it belongs to the arena.
  var isFixture = false
  /// Whether it is drawn with the arena, since it never moves.
  var isDrawnWithArena: Bool { isFixture && model.joint == nil }
}

/// A cloth of an episode: where it starts and how it is drawn.
struct SceneCloth: Sendable {
  var kind: ClothKind
  var first: Cloth
  var looks: ClothLooks
}

/// The grains of an episode: how many each body starts with and how they are drawn.
struct SceneGrains: Sendable {
  var counts: [Int]
  var looks: GrainLooks
}

/// Everything of an episode that stays as it is: who is there, what is asked, what it looks like.
///
/// Bodies are numbered as in `tabletop.bodies`; the arena's fixtures are the last.
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
  /// In the order of `tabletop.cloths`.
  let cloths: [SceneCloth]
  /// Nil where there are none.
  let grains: SceneGrains?
  let sensing: Sensing

  /// What stands between the world and the policy: each ideal where no factor acts.
  struct Sensing: Sendable {
    var sensor = Sensor.ideal
    /// Of the noise in the episode's pictures.
    var stream = RandomStream(seed: 0)
    /// By how many control steps actions are late.
    var latency = 0
  }

  init(
    objects: [SceneObject], setup: Setup, tabletop: TabletopModel,
    views: CameraViews, digests: [String], goal: Goal, hold: Int,
    firstPoses: [RigidTransform],
    firstGripper: RigidTransform, cloths: [SceneCloth] = [], grains: SceneGrains? = nil,
    sensing: Sensing = Sensing()
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
    self.cloths = cloths
    self.grains = grains
    self.sensing = sensing
  }

  /// The world in which the episode starts, with open fingers.
  func firstWorld() throws -> World {
    try World(
      model: tabletop, worldFromBody: firstPoses, baseFromGripper: firstGripper,
      gripperOpening: tabletop.gripper.maximumOpening, grainCounts: grains?.counts ?? [],
      cloths: cloths.map(\.first))
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
    for (index, object) in objects.enumerated() where !object.isDrawnWithArena {
      instances.append(
        Instance(
          model: object.drawn, worldFromModel: world.worldFromBody[index],
          label: UInt16(index + 1)))
    }
    instances += grainInstances(of: world) + clothInstances(of: world)
    return Frame(
      staticScene: view.staticScene, moving: instances,
      camera: view.camera.link == nil ? nil : setup.camera(view.camera, in: world))
  }

  /// Heaps in containers, under the containers' labels, and piles on the table.
  private func grainInstances(of world: World) -> [Instance] {
    guard let grains else { return [] }
    var instances: [Instance] = []
    for (body, count) in world.grainCounts.enumerated() where count > 0 {
      guard let cavity = tabletop.bodies[body].cavity,
        let model = grains.looks.heap(
          in: cavity, level: world.grainLevel(of: body, in: tabletop))
      else { continue }
      instances.append(
        Instance(
          model: model, worldFromModel: world.worldFromBody[body], label: UInt16(body + 1)))
    }
    return instances
      + world.spilledGrains.compactMap { pile in
        grains.looks.pile(of: pile.count).map {
          Instance(
            model: $0, worldFromModel: RigidTransform(translation: Vector3(pile.position, z: 0)))
        }
      }
  }

  private func clothInstances(of world: World) -> [Instance] {
    cloths.enumerated().compactMap { index, cloth in
      cloth.looks.model(
        of: world.drape(index, in: tabletop), thickness: cloth.kind.model.thickness
      ).map { Instance(model: $0) }
    }
  }
}

extension EpisodeScene {
  /// A rendered picture as the policy gets it.
  func picture(_ rendered: RenderedImage, camera: String, step: Int) -> Image {
    sensing.sensor.picture(
      of: Image(rendered), stream: sensing.stream.named("sensor", camera).numbered(step))
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
