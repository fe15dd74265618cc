import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation

/// Any objects, unseen ones too, anywhere on a table of any looks, with the hand anywhere.
///
/// Surroundings cost most to draw and are shared: of `framesPerGroup` frames in a row, every
/// `surroundingsPerGroup`-th has the same.
///
/// These pictures stand for the images and texts of the web that OpenVLA's vision and language parts were trained on
/// before they saw a robot: they teach what things look like and are called, and no action.
struct VisionScene {
  let catalog: Catalog
  let training: TrainingDistribution
  /// The names of what patch labels tell apart, in the order of their numbers; what lies free of it is shown.
  let kinds: [String]

  private static let objectCount = 2...7
  private static let holdChance = 0.3
  private static let textures: [Texture] = [
    .plain, .wood, .checker, .stripes, .speckle, .noise, .cloth, .tiles, .marble, .brushedMetal,
  ]

  static let framesPerGroup = 128
  static let surroundingsPerGroup = 8

  /// Which surroundings a frame has.
  static func surroundings(ofFrame number: Int) -> Int {
    number / framesPerGroup * surroundingsPerGroup + number % surroundingsPerGroup
  }

  /// Surroundings as drawn, with the arena they were made of.
  struct Surroundings: Sendable {
    var setup: Setup
    var staticScene: StaticScene

    /// The same with soft shadows.
    func softened() throws -> Self {
      var light = staticScene.light
      light.shading = .soft
      return try lit(light)
    }

    /// The same under a lamp of another color.
    func tinted(_ color: Color) throws -> Self {
      var light = staticScene.light
      light.color = color
      return try lit(light)
    }

    private func lit(_ light: Light) throws -> Self {
      let scene = staticScene
      return Surroundings(
        setup: setup,
        staticScene: try StaticScene(
          instances: scene.instances, light: light, background: scene.background,
          camera: scene.camera, height: scene.height, width: scene.width))
    }
  }

  /// How much of a strong lamp's color is not white.
  private static let tint = 0.15...0.65
  /// No strong lamp is nearer than this, in every component, to one of an evaluation.
  static let lampDistance = 0.15

  /// A lamp of a strong color, which no evaluation has; nil where they have nearly all.
  static func lamp(besides heldOut: [Color], source: inout RandomStream) -> Color? {
    Color.drawn(besides: heldOut, distance: lampDistance) {
      let hue = Color(source.uniform(), source.uniform(), source.uniform())
      return Color.white.mixed(with: hue, fraction: source.uniform(in: tint))
    }
  }

  /// The training set-up's camera above any arena that is pictured.
  ///
  /// - Parameter cameraShift: How far camera and aim are moved at most, along each axis [m].
  func surroundings(_ stream: RandomStream, cameraShift: Double) throws -> Surroundings {
    var source = stream.named("surroundings")
    guard let arena = source.element(of: training.pictured.arenas).flatMap({ catalog.arenas[$0] })
    else { throw SceneDrawError.noneLeft(task: "vision", role: "arena") }
    guard var setup = catalog.setups[training.setup]
    else { throw SceneDrawError.noneLeft(task: "vision", role: "set-up") }
    setup.arena = arena
    return try surroundings(of: setup, cameraShift: cameraShift, source: &source)
  }

  /// A set-up's own arena and camera.
  func surroundings(
    _ stream: RandomStream, of setup: Setup, cameraShift: Double
  ) throws -> Surroundings {
    var source = stream.named("surroundings")
    return try surroundings(of: setup, cameraShift: cameraShift, source: &source)
  }

  private func surroundings(
    of setup: Setup, cameraShift: Double, source: inout RandomStream
  ) throws -> Surroundings {
    Surroundings(
      setup: setup,
      staticScene: try staticScene(
        of: setup.arena, camera: setup.primary, cameraShift: cameraShift, source: &source))
  }

  /// - Parameter paint: What things are painted with, at random.
  func view(
    _ stream: RandomStream, surroundings: Surroundings,
    paint: ([SceneObject]) throws -> [SceneObject] = { $0 }
  ) throws -> View {
    var source = stream.named("vision")
    let robot = surroundings.setup.robot
    let model = try TabletopModel(
      arm: robot.arm, gripper: robot.gripper, worldFromBase: robot.worldFromBase, bodies: [],
      table: surroundings.setup.arena.table, workspace: robot.workspace)
    let world = try hand(in: model, source: &source)
    var (objects, poses) = try objects(source: &source)
    let worldFromGripper = world.worldFromGripper(in: model)
    var held: Int?
    if let last = objects.indices.last, objects[last].model.body.isGraspable,
      source.chance(Self.holdChance)
    {
      held = last
      let body = objects[last].model.body
      poses[last] = RigidTransform(
        rotation: Rotation(about: .unitZ, byRadians: source.uniform(in: -.pi ... .pi)),
        translation: worldFromGripper.translation - body.graspPoint)
    }
    objects = try paint(objects)
    let instances = zip(objects, poses).enumerated().map { index, placed in
      Instance(
        model: placed.0.drawn, worldFromModel: placed.1, label: UInt16(index + 1))
    }
    return View(
      frame: Frame(
        staticScene: surroundings.staticScene,
        moving: robot.instances(of: world) + instances),
      proprioception: Proprioception(
        baseFromGripper: world.baseFromGripper, gripperWidth: world.gripperOpening,
        jointAngles: world.jointAngles),
      objects: objects, worldFromObject: poses, held: held,
      worldFromGripper: worldFromGripper,
      opening: world.gripperOpening / model.gripper.maximumOpening)
  }

  /// A world with nothing but the arm, its hand at random.
  private func hand(in model: TabletopModel, source: inout RandomStream) throws -> World {
    let low = Vector3(0.14, -0.20, 0.02)
    let high = Vector3(0.42, 0.20, 0.20)
    for _ in 0..<100 {
      let pose = RigidTransform.topDownGripper(
        at: source.point(from: low, to: high), yaw: source.uniform(in: -1.5...1.5))
      let opening = source.uniform(in: 0...model.gripper.maximumOpening)
      if let world = try? World(
        model: model, worldFromBody: [], baseFromGripper: pose, gripperOpening: opening)
      {
        return world
      }
    }
    throw SceneDrawError.crowded(task: "vision")
  }

  private func objects(
    source: inout RandomStream
  ) throws -> ([SceneObject], [RigidTransform]) {
    let region = Region(
      min: training.region.min - Vector2(0.05, 0.05), max: training.region.max + Vector2(0.05, 0.05)
    )
    let count =
      Self.objectCount.lowerBound + source.integer(below: Self.objectCount.count)
    var objects: [SceneObject] = []
    var poses: [RigidTransform] = []
    var outlines: [ConvexPolygon] = []
    var phrases: Set<String> = []
    for name in source.shuffled(kinds) where objects.count < count {
      guard let model = catalog.objects[name], model.joint == nil,
        let drawn = catalog.drawnObjects[name], phrases.insert(model.words.phrase).inserted
      else { continue }
      for _ in 0..<20 {
        let position = source.point(in: region)
        let yaw = source.uniform(in: -.pi ... .pi)
        let outline = model.outline.turned(by: yaw, movedBy: position)
        guard outlines.allSatisfy({ $0.isClear(of: outline, by: 0.008) }) else { continue }
        objects.append(
          SceneObject(
            model: model, drawn: drawn.model,
            kind: kinds.firstIndex(of: name), digest: drawn.digest))
        poses.append(
          RigidTransform(
            rotation: Rotation(about: .unitZ, byRadians: yaw),
            translation: Vector3(position, z: 0)))
        outlines.append(outline)
        break
      }
    }
    return (objects, poses)
  }

  /// The arena in random paint and light, three times in ten in its own, seen by a camera that is a little off.
  private func staticScene(
    of arena: Arena, camera: SetupCamera, cameraShift: Double, source: inout RandomStream
  ) throws -> StaticScene {
    var arena = arena
    if source.chance(0.7) {
      for index in arena.surfaces.indices {
        let material = Material(
          color: color(&source), secondColor: color(&source),
          texture: source.element(of: Self.textures) ?? .plain,
          textureScale: source.uniform(in: 0.04...0.30), gloss: source.uniform(in: 0...0.6))
        arena.surfaces[index].parts = arena.surfaces[index].parts.map { part in
          var part = part
          part.material = material
          return part
        }
      }
      // Never from behind the wall, whose shadow would hide the table.
      arena.light.direction = Vector3(
        source.uniform(in: -0.8...0.1), source.uniform(in: -0.8...0.8), -1)
      arena.light.intensity = source.uniform(in: 0.7...1.2)
      arena.light.ambient = source.uniform(in: 0.7...1.3)
      arena.light.color = Color.white.mixed(with: color(&source), fraction: 0.25)
    }
    func shift() -> Vector3 {
      source.point(
        from: Vector3(repeating: -cameraShift), to: Vector3(repeating: cameraShift))
    }
    let pose = camera.camera.worldFromCamera
    let target = pose * Vector3(0, 0, -camera.camera.viewDistance) + shift()
    return try StaticScene(
      instances: arena.instances, light: arena.light, background: arena.background,
      camera: Camera(
        position: pose.translation + shift(), lookingAt: target,
        verticalFieldOfView: camera.camera.verticalFieldOfView),
      height: camera.height, width: camera.width)
  }

  private func color(_ source: inout RandomStream) -> Color {
    Color(source.uniform(), source.uniform(), source.uniform())
  }
}

extension Camera {
  /// From the camera to the table along the line of sight [m].
  fileprivate var viewDistance: Double {
    let forward = worldFromCamera.rotation * Vector3(0, 0, -1)
    return forward.z < -0.1 ? worldFromCamera.translation.z / -forward.z : 1
  }
}
