import EnvironmentInterface
import Geometry
import Simulation

/// How a state looks to the expert: what it would do, and how far it is from doing it.
public struct ExpertView: Sendable {
  /// What the expert is about.
  public enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// To the object, with an empty hand.
    case reach
    /// At the object that is to be toppled, with shut fingers.
    case tip
    /// Up with the object.
    case raise
    /// To the target with the object.
    case carry
    /// Away with the wrong thing.
    case putDown = "put-down"
    /// Away from what is done.
    case retreat
  }

  public var phase: Phase
  public var action: Action
  public var hand: HandState
  /// Between the fingers [m].
  public var opening: Double
  /// The subgoal, then the gripper, in the primary camera's picture, as fractions of its width and height.
  public var places: [Vector2]
}

extension TabletopEnvironment {
  /// How a state looks to the expert.
  public func expertView(of state: TabletopState) -> ExpertView {
    let (scene, world) = (state.scene, state.world)
    let expert = Expert(scene: scene)
    let choice = expert.choice(in: world, for: scene.goal)
    let phase = scene.phase(of: world)
    let view = View(of: world, in: scene)
    return ExpertView(
      phase: phase, action: scene.setup.action(choice.command),
      hand: expert.handState(in: world, for: scene.goal, choice: choice),
      opening: world.gripperOpening,
      places: [view.imagePoint(of: choice.subgoal), view.imagePoint(of: view.fingertips)])
  }
}

extension EpisodeScene {
  fileprivate func phase(of world: World) -> ExpertView.Phase {
    if goal.family.ending == .covered, world.cloths.contains(where: { $0.held != nil }) {
      return .carry
    }
    guard let grasp = world.grasp else {
      if goal.holds(in: world, model: tabletop, first: firstPoses) { return .retreat }
      return goal.family.ending == .tipped ? .tip : .reach
    }
    if grasp.body != goal.object || goal.family.ending == .tipped { return .putDown }
    return goal.family.ending == .held ? .raise : .carry
  }
}
