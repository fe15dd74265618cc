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
  private let goalDigests: [String: String]

  init(catalog: Catalog, training: TrainingDistribution) throws {
    self.catalog = catalog
    self.training = training
    views = try catalog.setups.mapValues { try $0.views(of: $0.arena) }
    goalDigests = try catalog.families.mapValues { try $0.contentDigest }
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
      poses.append(
        RigidTransform(
          rotation: Rotation(about: .unitZ, byRadians: place.yaw(strengths)),
          translation: Vector3(position, z: block?.model.top ?? 0)))
    }
    objects += blocks.map(\.0)
    poses += blocks.map(\.1)
    return try episodeScene(
      objects: objects, poses: poses, task: task, factors: factors, strengths: strengths,
      stream: stream)
  }

  private func episodeScene(
    objects: [SceneObject], poses: [RigidTransform], task: TaskDefinition, factors: [Factor],
    strengths: FactorStrengths, stream: RandomStream
  ) throws -> EpisodeScene {
    guard let setup = catalog.setups[task.setup], let plain = views[task.setup],
      let digests = digests[task.setup]
    else {
      throw SceneDrawError.noneLeft(task: task.name, role: "set-up")
    }
    let robot = setup.robot
    let tabletop = try TabletopModel(
      arm: robot.arm, gripper: robot.gripper, worldFromBase: robot.worldFromBase,
      bodies: objects.map(\.model.body), table: setup.arena.table, workspace: robot.workspace)
    var gripper = stream.named("gripper")
    let position = gripper.point(from: setup.start.min, to: setup.start.max)
    let changesArena = factors.contains { $0.changesArena && strengths[$0] > 0 }
    let arena =
      changesArena
      ? setup.arena.perturbed(by: factors, strengths: strengths, stream: stream) : setup.arena
    return EpisodeScene(
      objects: objects, setup: setup, tabletop: tabletop,
      views: changesArena ? try setup.views(of: arena) : plain,
      digests: [digests.setup, changesArena ? try arena.contentDigest : digests.arena]
        + objects.map(\.digest),
      goal: Goal(family: task.family, object: 0, target: task.family.hasTarget ? 1 : nil),
      goalDigest: goalDigests[task.family.name] ?? "",
      hold: task.hold, firstPoses: poses,
      firstGripper: .topDownGripper(at: position, yaw: 0))
  }

  // MARK: - Members

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

  // MARK: - Places

  func layout(
    of cast: SceneCast, task: TaskDefinition, factors: [Factor], stream: RandomStream
  ) throws -> SceneLayout {
    let demands = cast.members.map { demand(of: $0, task: task, factors: factors, stream: stream) }
    guard
      let layout = SceneLayout(
        of: demands, order: cast.placingOrder, region: training.region,
        largestYaw: training.largestYaw,
        stream: stream)
    else { throw SceneDrawError.crowded(task: task.name) }
    return layout
  }

  /// How far an object starts from what it shall be moved near to [m].
  private static let farFromNear = 0.09

  /// What is left between an open finger and a neighbor [m].
  private static let fingerRoom = 0.004

  private func demand(
    of member: SceneCast.Member, task: TaskDefinition, factors: [Factor], stream: RandomStream
  ) -> SceneLayout.Demand {
    let names = [member.name] + [member.replacement?.name].compactMap(\.self)
    let models = names.compactMap { catalog.objects[$0] }
    let role = member.role
    // An open finger reaches this far from the middle of what it closes on.
    let gripper = catalog.setups[task.setup]?.robot.gripper
    let fingers =
      (gripper.map { $0.maximumOpening / 2 + 2 * $0.fingerHalfThickness } ?? 0) + Self.fingerRoom
    let narrowest = models.filter(\.body.isGraspable).map(\.graspWidth).min() ?? .infinity
    let clearance = max(training.clearance, fingers - narrowest / 2)
    let changing = factors.filter { $0.changedRole == role && role != nil && $0.changesOutline }
    var demand = SceneLayout.Demand(
      key: member.name, clearance: clearance, changingFactors: changing.map(\.name)
    ) { strengths in
      var points: [Vector2] = []
      for model in models {
        points +=
          model.perturbed(as: role, by: factors, strengths: strengths, stream: stream)
          .outline.vertices
      }
      for factor in factors {
        if case .raise(let raised, let size, _) = factor.effect, raised == role {
          points += [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map {
            Vector2($0.0 * size.x / 2, $0.1 * size.y / 2)
          }
        }
      }
      return ConvexPolygon(hullOf: points)
    }
    demand.fixed = task.places[member.name]
    for factor in factors where role != nil {
      switch factor.effect {
      case .relocate(let moved, let outer) where moved == role:
        demand.farRegion = (outer, factor.name)
      case .turn(let turned, let angle) where turned == role:
        demand.turn = (angle, factor.name)
      default: break
      }
    }
    if task.family.ending == .besideTarget, role == .object {
      demand.distance[1] = Self.farFromNear
    }
    return demand
  }
}
