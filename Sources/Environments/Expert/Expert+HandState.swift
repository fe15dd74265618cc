import EnvironmentInterface
import Geometry
import Simulation

extension Expert {
  /// How the hand stands to what the expert chose to do.
  func handState(in world: World, for goal: Goal, choice: Choice) -> HandState {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let offset = choice.subgoal - hand.translation
    var state = HandState(
      turn: 0, height: -offset.z, distance: offset.xy.length,
      fingers: world.grasp != nil || world.cloths.contains { $0.held != nil } ? .holding : .open)
    if reaches(for: goal, in: world) {
      let closing = closingDirection(for: goal.object, in: world, hand: hand)
      state.turn = closing.turn
      if world.gripperOpening <= closing.width - Self.widthToSpare { state.fingers = .shut }
    }
    return state
  }

  /// Whether the empty hand is on its way to an object from above.
  private func reaches(for goal: Goal, in world: World) -> Bool {
    guard world.grasp == nil,
      !goal.holds(in: world, model: scene.tabletop, first: scene.firstPoses)
    else { return false }
    switch goal.family.ending {
    case .held, .onTarget, .besideTarget, .stoodUp, .poured, .swept: return true
    case .tipped, .jointMoved, .covered: return false
    }
  }
}
