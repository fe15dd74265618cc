import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation

/// Makes an episode's scene from a task, its factors and a random stream.
///
/// Chance is drawn by name (cast, place, factor), and the perturbed and the clean form of everything are drawn
/// together; the strengths only choose between them. An episode and its clean twin therefore differ in nothing but
/// what the factor changes.
struct SceneBuilder {
  let catalog: Catalog
  let training: TrainingDistribution
  /// What the cameras of each set-up see without factors, made once.
  let views: [String: CameraViews]
  /// What the contents of each set-up and of its arena are known by.
  private let digests: [String: (setup: String, arena: String)]
  let grainLooks = GrainLooksLibrary()

  init(catalog: Catalog, training: TrainingDistribution) throws {
    self.catalog = catalog
    self.training = training
    views = try catalog.setups.mapValues { try $0.views(of: $0.arena) }
    digests = try catalog.setups.mapValues { (try $0.contentDigest, try $0.arena.contentDigest) }
  }

  /// The scene of one draw.
  ///
  /// - Parameters:
  ///   - factors: what may perturb the scene.
  ///   - strengths: how much each does: 0 for the clean scene, 1 for the perturbed one.
  func scene(
    of task: TaskDefinition, factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) throws -> EpisodeScene {
    let cast = try SceneCast(of: task, factors: factors, catalog: catalog, stream: stream)
    let layout = try layout(of: cast, task: task, factors: factors, stream: stream)
    let shown = cast.members.indices.filter { index in
      cast.members[index].distractor.map {
        $0.number <= Int((strengths[$0.factor] * Double($0.of)).rounded())
      } ?? true
    }
    var objects: [SceneObject] = []
    var poses: [RigidTransform] = []
    var blocks: [(SceneObject, RigidTransform)] = []
    var staged: [SceneCast.Member] = []
    for index in shown {
      let member = cast.members[index]
      let place = layout.places[index]
      let object = try sceneObject(member, factors: factors, strengths: strengths, stream: stream)
      let position = place.position(strengths)
      let block = try block(under: member.role, factors: factors, strengths: strengths)
      if let block {
        blocks.append((block, RigidTransform(translation: Vector3(position, z: 0))))
      }
      objects.append(object)
      staged.append(member)
      let yaw = Rotation(
        about: .unitZ, byRadians: place.yaw(strengths) + task.staging.facing(of: member))
      let height = block?.model.top ?? 0
      guard let turn = task.staging.turn(of: member) else {
        poses.append(RigidTransform(rotation: yaw, translation: Vector3(position, z: height)))
        continue
      }
      // Turned over, its center of mass over the place.
      let rotation = yaw * turn
      poses.append(
        RigidTransform(
          rotation: rotation,
          translation: Vector3(position, z: height) - rotation * object.model.body.centerOfMass))
    }
    objects += blocks.map(\.0)
    poses += blocks.map(\.1)
    return try episodeScene(
      objects: objects, poses: poses, staged: staged, task: task, factors: factors,
      strengths: strengths,
      stream: stream)
  }

  /// The turn that lays a thing on its side.
  static let onItsSide = Rotation(about: .unitY, byRadians: .pi / 2)
  /// The turn that sets a thing on its head.
  static let upsideDown = Rotation(about: .unitX, byRadians: .pi)

  private func episodeScene(
    objects: [SceneObject], poses: [RigidTransform], staged: [SceneCast.Member],
    task: TaskDefinition, factors: [Factor],
    strengths: FactorStrengths, stream: RandomStream
  ) throws -> EpisodeScene {
    guard var setup = catalog.setups[task.setup], let plain = views[task.setup],
      let digests = digests[task.setup]
    else {
      throw SceneDrawError.noneLeft(task: task.name, role: "set-up")
    }
    let changesSetup = factors.contains { $0.changesSetup && strengths[$0] > 0 }
    if changesSetup {
      setup = setup.perturbed(by: factors, strengths: strengths, stream: stream)
    }
    let robot = setup.robot
    let fixtures = setup.arena.fixtures
    let objects = try objects + fixtures.map(Self.sceneObject)
    var poses = poses + fixtures.map(\.worldFromFixture)
    let grains = try grains(of: objects, task: task)
    let cloth = task.staging.cloth.flatMap { catalog.cloths[$0.name] }
    let tabletop = try TabletopModel(
      arm: robot.arm, gripper: robot.gripper, worldFromBase: robot.worldFromBase,
      bodies: objects.map(\.model.body), table: setup.arena.table, rules: setup.rules,
      workspace: robot.workspace,
      articulations: fixtures.enumerated().compactMap { number, fixture in
        fixture.object.joint?.articulation(
          of: objects.count - fixtures.count + number, at: fixture.worldFromFixture)
      }, grains: grains?.model, cloths: cloth.map { [$0.model] } ?? [])
    if !fixtures.isEmpty || !task.staging.isPlain {
      poses = rested(poses, staged: staged, fixtures: fixtures.count, task: task, in: tabletop)
    }
    var gripper = stream.named("gripper")
    var position = gripper.point(from: setup.start.min, to: setup.start.max)
    if task.staging.startsOverObject {
      let object = robot.worldFromBase.inverse * poses[0].translation
      position = Vector3(object.xy, z: position.z)
      // At the edge of its reach the hand starts lower.
      while position.z > object.z + Self.leastStartHeight, !robot.reaches(position) {
        position.z -= 0.01
      }
    }
    position = factors.start(from: position, in: setup, strengths: strengths, stream: stream)
    let sensing = EpisodeScene.Sensing(
      sensor: Sensor(factors, strengths: strengths, stream: stream),
      stream: stream.named("sensing"), latency: factors.latency(strengths))
    let changesArena = factors.contains { $0.changesArena && strengths[$0] > 0 }
    let arena =
      changesArena
      ? setup.arena.perturbed(by: factors, strengths: strengths, stream: stream) : setup.arena
    return EpisodeScene(
      objects: objects, setup: setup, tabletop: tabletop,
      views: changesArena || changesSetup ? try setup.views(of: arena) : plain,
      digests: [
        changesSetup ? try setup.contentDigest : digests.setup,
        changesArena ? try arena.contentDigest : digests.arena,
      ] + objects.map(\.digest) + (cloth.map { [$0.digest] } ?? []) + (try sensing.digests),
      goal: Goal(
        family: task.family,
        object: number(of: .object, in: task, fixtures: fixtures, of: objects),
        target: task.family.hasTarget
          ? number(of: .target, in: task, fixtures: fixtures, of: objects) : nil,
        companions: task.family.ending == .swept
          ? staged.indices.filter { staged[$0].isCompanion } : []),
      hold: task.hold, firstPoses: poses,
      firstGripper: .topDownGripper(at: position, yaw: 0),
      cloths: try cloth.map {
        [try self.cloth($0, among: objects, at: poses, task: task, stream: stream)]
      } ?? [],
      grains: grains?.scene, sensing: sensing)
  }

  /// The number of a role's body: the members come first, the object before the target, and the fixtures last.
  private func number(
    of role: Factor.Role, in task: TaskDefinition, fixtures: [Arena.Fixture],
    of objects: [SceneObject]
  ) -> Int {
    if let fixture = task.fixture(as: role, in: catalog),
      let place = fixtures.firstIndex(where: { $0.name == fixture.name })
    {
      return objects.count - fixtures.count + place
    }
    return role == .target && task.fixture(as: .object, in: catalog) == nil ? 1 : 0
  }

  /// How far over an object a hand starts that starts over it, at least [m].
  private static let leastStartHeight = 0.12

  // MARK: - Members

  private static func sceneObject(_ fixture: Arena.Fixture) throws -> SceneObject {
    SceneObject(
      model: fixture.object, drawn: try Model(parts: fixture.object.parts), kind: nil,
      digest: try fixture.object.contentDigest, isFixture: true)
  }

  /// A member as the strengths show it.
  func sceneObject(
    _ member: SceneCast.Member, factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) throws -> SceneObject {
    let replaced = member.replacement.flatMap {
      strengths[$0.factor] > $0.threshold ? $0.name : nil
    }
    let name = replaced ?? member.name
    guard let plain = catalog.objects[name], let drawn = catalog.drawnObjects[name] else {
      throw SceneDrawError.noneLeft(task: name, role: member.key)
    }
    let model = plain.perturbed(
      as: member.role, by: factors, strengths: strengths, stream: stream)
    let kind = training.pictured.objects.firstIndex(of: name)
    if model.parts == plain.parts {
      return SceneObject(model: plain, drawn: drawn.model, kind: kind, digest: drawn.digest)
    }
    return SceneObject(
      model: model, drawn: try Model(parts: model.parts), kind: kind,
      digest: try model.contentDigest)
  }

  private func block(
    under role: Factor.Role?, factors: [Factor], strengths: FactorStrengths
  ) throws -> SceneObject? {
    for factor in factors {
      guard case .raise(let raised, var size, let material) = factor.effect, raised == role
      else { continue }
      size.z *= strengths[factor]
      guard size.z > 1e-3 else { return nil }
      let part = Part(
        shape: .box(size: size), material: material,
        bodyFromShape: RigidTransform(translation: Vector3(0, 0, size.z / 2)))
      let body = BodyModel(
        name: "block", prisms: ObjectModel.prisms(around: [part], cavity: nil), isFixed: true,
        isGraspable: false, centerOfMass: Vector3(0, 0, size.z / 2))
      let words = ObjectWords(
        noun: "block", plural: "blocks", phrase: "block", variants: [], unseen: [], color: "gray")
      let model = ObjectModel(name: "block", words: words, parts: [part], body: body)
      return SceneObject(
        model: model, drawn: try Model(parts: [part]), kind: nil, digest: try model.contentDigest)
    }
    return nil
  }
}
