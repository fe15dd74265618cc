import Geometry
import Simulation

extension SceneBuilder {
  /// From how high things are let down [m].
  private static let dropHeight = 0.15

  /// Where the members of a staged scene come to rest: in a sink, on one another, on their sides.
  ///
  /// Those that stand by themselves are let down first, then those that start in or on others.
  ///
  /// - Parameters:
  ///   - poses: above the places of the members, then those of blocks and of as many fixtures, which stay.
  func rested(
    _ poses: [RigidTransform], staged: [SceneCast.Member], fixtures: Int, task: TaskDefinition,
    in model: TabletopModel
  ) -> [RigidTransform] {
    var placed: [RigidTransform?] = poses.indices.map { $0 < staged.count ? nil : poses[$0] }
    let waits = staged.map { task.staging.support(of: $0) != nil }
    for index in staged.indices.filter({ !waits[$0] }) + staged.indices.filter({ waits[$0] }) {
      var above = poses[index]
      above.translation.z += Self.dropHeight
      placed[index] = model.restingPose(of: index, near: above, among: placed)
    }
    return placed.enumerated().map { $1 ?? poses[$0] }
  }
}

extension SceneCast.Member {
  /// Whether a task means it by a role or a name.
  func isCalled(_ name: String) -> Bool { role?.rawValue == name || self.name == name }
}

extension ObjectModel {
  /// Its outline seen from above when it lies on its side, about its center of mass.
  var outlineOnItsSide: [Vector2] {
    body.prisms.flatMap { prism in
      prism.footprint.flatMap { corner in
        [prism.bottom, prism.top].map { height in
          (SceneBuilder.onItsSide * (Vector3(corner, z: height) - body.centerOfMass)).xy
        }
      }
    }
  }
}
