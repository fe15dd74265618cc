import EnvironmentInterface
import Geometry
import RandomNumbers
import Rendering
import Simulation

extension TabletopEnvironment {
  public func contentHash(of episode: Episode, startingIn state: TabletopState) -> String {
    var hash = StableHash()
    hash.combine(episode.instruction)
    hash.combine(episode.stepLimit)
    hash.combine(catalog.filesHash)
    for object in state.scene.objects {
      hash.combine(object.model.name)
      for part in object.model.parts {
        hash.combine("\(part.shape)")
        hash.combine(part.material)
        hash.combine(part.bodyFromShape)
      }
    }
    let view = state.scene.views.primary.staticScene
    for instance in view.instances {
      for part in instance.model.parts { hash.combine(part.material) }
    }
    hash.combine(view.camera.worldFromCamera)
    hash.combine(view.camera.verticalFieldOfView)
    hash.combine(view.light.direction)
    hash.combine(view.light.color)
    hash.combine(view.light.intensity)
    hash.combine(view.light.ambient)
    hash.combine(state.world)
    return hash.hexadecimal
  }

  public func stateHash(of state: TabletopState) -> String {
    var hash = StableHash()
    hash.combine(state.world)
    hash.combine(state.goalSteps)
    hash.combine(state.progress)
    return hash.hexadecimal
  }
}

extension StableHash {
  fileprivate mutating func combine(_ color: Color) {
    combine(Vector3(color.red, color.green, color.blue))
  }

  fileprivate mutating func combine(_ material: Material) {
    combine(material.color)
    combine(material.secondColor)
    combine(material.texture.name)
    combine(material.textureScale)
    combine(Vector3(material.gloss, material.metallic, material.emission))
  }

  /// Everything that moves.
  fileprivate mutating func combine(_ world: World) {
    for angle in world.jointAngles { combine(angle) }
    combine(world.baseFromGripper)
    combine(world.gripperOpening)
    for pose in world.worldFromBody { combine(pose) }
    combine(world.grasp.map(\.body) ?? -1)
    if let grasp = world.grasp { combine(grasp.gripperFromBody) }
    combine(world.firstTouched ?? -1)
    combine(world.step)
  }
}
