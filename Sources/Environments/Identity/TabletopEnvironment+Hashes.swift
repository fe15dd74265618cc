import EnvironmentInterface
import Geometry
import RandomNumbers
import Simulation

extension TabletopEnvironment {
  /// Covers what the episode depends on and nothing else: instruction, step limit, goal and for how long it must hold,
  /// set-up, arena, light and objects as the factors have them, and the first state.
  public func contentHash(of episode: Episode, startingIn state: TabletopState) -> String {
    let scene = state.scene
    var hash = StableHash()
    hash.combine(episode.instruction)
    hash.combine(episode.stepLimit)
    hash.combine(scene.goal.family.digest)
    hash.combine(scene.goal.object)
    hash.combine(scene.goal.target ?? -1)
    for companion in scene.goal.companions { hash.combine(companion) }
    hash.combine(scene.hold)
    for digest in scene.digests { hash.combine(digest) }
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
  /// Everything that moves.
  fileprivate mutating func combine(_ world: World) {
    for angle in world.jointAngles { combine(angle) }
    combine(world.baseFromGripper)
    combine(world.gripperOpening)
    for pose in world.worldFromBody { combine(pose) }
    combine(world.grasp.map(\.body) ?? -1)
    if let grasp = world.grasp { combine(grasp.gripperFromBody) }
    for count in world.grainCounts { combine(count) }
    for pile in world.spilledGrains {
      for number in [pile.position.x, pile.position.y, Double(pile.count)] { combine(number) }
    }
    for cloth in world.cloths {
      for number in [cloth.position.x, cloth.position.y, cloth.yaw] { combine(number) }
      for body in cloth.covered { combine(body) }
      combine(cloth.held == nil ? 0 : 1)
    }
    combine(world.firstTouched ?? -1)
    combine(world.step)
  }
}
