import Geometry
import RandomNumbers
import Simulation
import Synchronization

/// What a scene holds beside bodies: grains in its containers, a cloth on its table.
extension SceneBuilder {
  /// The grains of the containers that start full; nil where none does.
  func grains(
    of objects: [SceneObject], task: TaskDefinition
  ) throws(SceneDrawError) -> (model: GrainModel, scene: SceneGrains)? {
    let fillings = objects.map(\.model.filling)
    guard let filling = fillings.compactMap(\.self).first else { return nil }
    guard fillings.allSatisfy({ $0?.isLike(filling) ?? true }) else {
      throw .twoKindsOfGrains(task: task.name)
    }
    return (
      filling.model,
      SceneGrains(
        counts: fillings.map { $0?.count ?? 0 }, looks: grainLooks.looks(of: filling))
    )
  }

  private static let triesForCloth = 200

  /// A cloth that lies flat in its region, over nothing.
  func cloth(
    _ kind: ClothKind, among objects: [SceneObject], at poses: [RigidTransform],
    task: TaskDefinition, stream: RandomStream
  ) throws(SceneDrawError) -> SceneCloth {
    guard let name = task.staging.cloth?.region,
      let region = catalog.setups[task.setup]?.regions[name]?.region
    else { throw .noneLeft(task: task.name, role: "cloth") }
    let outlines = zip(objects, poses).map { object, pose in
      ConvexPolygon(
        hullOf: object.model.body.prisms.flatMap { prism in
          prism.footprint.flatMap { corner in
            [prism.bottom, prism.top].map { (pose * Vector3(corner, z: $0)).xy }
          }
        })
    }
    var source = stream.named("place", "cloth")
    for _ in 0..<Self.triesForCloth {
      let position = source.point(in: region)
      let yaw = source.uniform(in: -training.largestYaw...training.largestYaw)
      let flat = ConvexPolygon.rectangle(size: kind.model.size).turned(by: yaw, movedBy: position)
      guard outlines.allSatisfy({ $0.isClear(of: flat, by: 1e-3) }) else { continue }
      return SceneCloth(
        kind: kind, first: Cloth(position: position, yaw: yaw), looks: ClothLooks(kind.material))
    }
    throw .crowded(task: task.name)
  }
}

/// The looks of each kind of grains, made once.
final class GrainLooksLibrary: Sendable {
  private let known = Mutex<[Filling: GrainLooks]>([:])

  func looks(of filling: Filling) -> GrainLooks {
    known.withLock { known in
      var kind = filling
      kind.count = 0
      if let looks = known[kind] { return looks }
      let looks = GrainLooks(kind)
      known[kind] = looks
      return looks
    }
  }
}
