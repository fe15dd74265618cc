import Foundation
import Geometry
import RandomNumbers
import Simulation

/// A wrong belief that the expert acts on at first: that the thing lies a little beside where it does, and that fingers which
/// shut there hold it.
///
/// Noise of single steps leads to states around the right way; what a policy does wrong lasts. It says a place wrongly, shuts its
/// hand beside the thing, rises and carries nothing to the target, and must see there that it holds nothing.
struct Misjudgement {
  /// The thing is believed to be so far off [m].
  private static let distances = 0.015...0.060
  /// After closing, so many control steps are made before the hand sees that it is empty.
  private static let carrying = 1...10
  /// It sees where the thing lies after so many control steps at the latest.
  private static let longest = 30

  /// A hand lower than this above a thing beside which it goes down is on no right way [m].
  static let lowHand = 0.080

  private var worldOffset: Vector3
  private var stepsLeft = Self.longest
  private var carryingLeft: Int
  /// How the thing is believed to be held, once the fingers were shut.
  private var gripperFromBody: RigidTransform?

  /// - Parameter source: The demonstration's own chance of it.
  init(source: inout RandomStream) {
    let angle = source.uniform(in: 0...(2 * .pi))
    let distance = source.uniform(in: Self.distances)
    worldOffset = Vector3(cos(angle), sin(angle), 0) * distance
    carryingLeft = Self.carrying.lowerBound + source.integer(below: Self.carrying.count)
  }

  /// Whether a task begins with something that is grasped where it lies.
  static func isPossible(in family: TaskFamily) -> Bool {
    switch family.ending {
    case .held, .onTarget, .besideTarget, .stoodUp, .poured, .swept: true
    case .tipped, .jointMoved, .covered: false
    }
  }

  /// What the expert does while it is wrong; nil once it sees how things are.
  mutating func command(in world: World, for goal: Goal, _ expert: Expert) -> ArmCommand? {
    guard world.grasp == nil, stepsLeft > 0, carryingLeft > 0 else { return nil }
    stepsLeft -= 1
    let model = expert.scene.tabletop
    let hand = world.worldFromGripper(in: model)
    guard let gripperFromBody else {
      let pose = RigidTransform(
        rotation: world.worldFromBody[goal.object].rotation,
        translation: world.worldFromBody[goal.object].translation + worldOffset)
      let believed = world.believing(goal.object, at: pose, isHeld: false, in: model)
      let command = expert.choice(in: believed, for: goal).command
      if command.gripper == 0 { self.gripperFromBody = hand.inverse * pose }
      return command
    }
    carryingLeft -= 1
    let believed = world.believing(
      goal.object, at: hand * gripperFromBody, isHeld: true, in: model)
    let command = expert.choice(in: believed, for: goal).command
    if command.gripper > 0 { carryingLeft = 0 }
    return command
  }
}
