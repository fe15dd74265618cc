import Foundation
import Geometry
import Simulation

/// The scripted expert: a pure function of the world and a goal, without memory.
///
/// It shows what a policy that sees one image can do: what it asks for depends on where things are now and on nothing
/// that happened before, so that from any state, also one that noise led to, it goes on sensibly. Every target height
/// is a funnel over the distance that is left sideways: far away it is the travel height, near the target it is the
/// target's. One continuous rule therefore rises, travels and descends, and no two phases can disagree.
///
/// It servoes with gain 1, clipped; it keeps servoing while the fingers close or open.
public struct Expert: Sendable {
  let scene: EpisodeScene

  public init(scene: EpisodeScene) { self.scene = scene }

  // MARK: - Constants

  /// The fingertips travel at this height over the table [m].
  static let travelHeight = 0.13
  /// Sideways and up or down, this close is close enough to close or open the fingers [m].
  static let zone = 0.012
  /// The funnel starts to open at this distance [m] and widens by one in this many.
  static let funnelThroat = 0.010
  static let funnelSlope = 2.5
  /// The hand descends only when turned to within this of the closing direction [rad].
  static let turnTolerance = 0.3
  /// Fingers narrower than an object by more than this cannot have it between them [m].
  static let widthToSpare = 0.004
  /// How far above what will carry it an object is let go [m].
  static let releaseGap = 0.008

  /// What the expert does, and the point of the world it is heading for.
  public struct Choice: Sendable {
    public var command: ArmCommand
    public var subgoal: Vector3
  }

  /// What to do in a world for a goal.
  public func choice(in world: World, for goal: Goal) -> Choice {
    if let grasp = world.grasp {
      if grasp.body != goal.object { return putDown(grasp.body, in: world) }
      switch goal.family.ending {
      case .tipped: return putDown(grasp.body, in: world)
      case .jointMoved: return pull(goal.object, in: world, goal: goal)
      case .stoodUp: return standUp(goal.object, in: world)
      case .poured: return pour(in: world, goal: goal)
      case .swept: return sweep(in: world, goal: goal)
      case .covered: return putDown(grasp.body, in: world)
      case .held: return raise(in: world, goal: goal)
      case .onTarget, .besideTarget: return carry(in: world, goal: goal)
      }
    }
    if goal.holds(in: world, model: scene.tabletop, first: scene.firstPoses) {
      switch goal.family.ending {
      case .tipped: return retreat(in: world, from: goal.object, gripper: 0)
      case .jointMoved, .stoodUp: return backAway(from: goal.object, in: world)
      case .held, .onTarget, .besideTarget, .poured, .swept, .covered:
        return retreat(in: world, from: goal.object, gripper: 1)
      }
    }
    switch goal.family.ending {
    case .tipped: return tip(goal.object, in: world, goal: goal)
    case .jointMoved: return reachHandle(of: goal.object, in: world)
    case .covered: return cover(goal.object, in: world)
    case .held, .onTarget, .besideTarget, .stoodUp, .poured, .swept:
      return reach(goal.object, in: world)
    }
  }

  // MARK: - Hand empty

  private func reach(_ body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let graspPoint = world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint
    let closing = closingDirection(for: body, in: world, hand: hand)
    let distance = (graspPoint - hand.translation).xy.length
    let height =
      graspPoint.z
      + min(
        max(0, Self.travelHeight - graspPoint.z),
        funnel(distance) + 0.15 * max(0, abs(closing.turn) - Self.turnTolerance / 2))
    let isThere =
      distance < Self.zone && abs(graspPoint.z - hand.translation.z) < Self.zone
      && abs(closing.turn) < Self.turnTolerance
    // Fingers that already are narrower than the object closed on nothing: open them first.
    let canClose = world.gripperOpening > closing.width - Self.widthToSpare
    let opening = FingerRoom(scene: scene, world: world, around: body, at: graspPoint)
      .opening(width: closing.width, hand: hand, turn: closing.turn)
    return Choice(
      command: servo(
        hand, to: Vector3(graspPoint.xy, z: height), turn: closing.turn,
        gripper: isThere && canClose ? 0 : opening),
      subgoal: graspPoint)
  }

  func retreat(in world: World, from body: Int, gripper: Double) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let target = Vector3(
      hand.translation.xy, z: max(Self.travelHeight, hand.translation.z))
    return Choice(
      command: servo(hand, to: target, turn: 0, gripper: gripper),
      subgoal: world.worldFromBody[body] * scene.tabletop.bodies[body].graspPoint)
  }

  /// The turn of the hand to the nearest direction in which it can close on a body [rad], and the width there [m].
  func closingDirection(
    for body: Int, in world: World, hand: RigidTransform
  ) -> (turn: Double, width: Double) {
    let (angles, width) = scene.objects[body].model.closing(at: world.worldFromBody[body])
    let axis = hand.rotation.columns.y
    let present = atan2(axis.y, axis.x)
    let turns = angles.map { Self.wrapped($0 - present) }
    return (turns.min { abs($0) < abs($1) } ?? 0, width)
  }

  /// The same direction of a line, as an angle in [−π/2, π/2].
  private static func wrapped(_ angle: Double) -> Double {
    angle - .pi * (angle / .pi).rounded()
  }

  // MARK: - Hand full

  private func raise(in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let rise =
      world.worldFromBody[goal.object].translation.z
      - scene.firstPoses[goal.object].translation.z
    let height = max(Self.travelHeight, hand.translation.z + goal.family.liftHeight + 0.02 - rise)
    let target = Vector3(hand.translation.xy, z: max(height, hand.translation.z))
    return Choice(command: servo(hand, to: target, turn: 0, gripper: 0), subgoal: target)
  }

  private func carry(in world: World, goal: Goal) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let destination = Destination(of: goal, in: world, scene: scene)
    let object = Self.lowest(of: goal.object, in: world, scene: scene)
    let center =
      world.worldFromBody[goal.object] * scene.tabletop.bodies[goal.object].centerOfMass
    let reach = hand.translation.z - object
    let release = destination.supportHeight + Self.releaseGap + reach
    let travel = max(Self.travelHeight, release + 0.02)
    let offset = destination.position - center.xy
    let height = release + min(travel - release, funnel(offset.length))
    let isThere =
      offset.length < Self.zone && hand.translation.z - release < Self.zone
    return Choice(
      command: servo(
        hand, to: Vector3(hand.translation.xy + offset, z: height), turn: 0,
        gripper: isThere ? 1 : 0),
      subgoal: Vector3(destination.position, z: destination.supportHeight))
  }

  /// Lowers something that should not be held to what is below it, and lets go.
  private func putDown(_ body: Int, in world: World) -> Choice {
    let hand = world.worldFromGripper(in: scene.tabletop)
    let lowest = Self.lowest(of: body, in: world, scene: scene)
    let support = Self.highest(below: body, in: world, scene: scene)
    let drop = lowest - support - Self.releaseGap
    let target = hand.translation - Vector3(0, 0, max(0, drop))
    return Choice(
      command: servo(hand, to: target, turn: 0, gripper: drop < Self.zone ? 1 : 0),
      subgoal: Vector3(hand.translation.xy, z: support))
  }

  // MARK: - Servoing

  /// How far above the target the hand may be at a distance sideways [m].
  func funnel(_ distance: Double) -> Double {
    max(0, distance - Self.funnelThroat) * Self.funnelSlope
  }

  /// One clipped step towards a position, upright, turning by `turn`.
  func servo(
    _ hand: RigidTransform, to target: Vector3, turn: Double, gripper: Double
  ) -> ArmCommand {
    var step = target - hand.translation
    // Well below the height that the funnel asks for, rise first: what is beside the hand stays where it is.
    let missing = step.z - 0.01
    if missing > 0 {
      let share = max(0, 1 - missing / 0.04)
      step.x *= share
      step.y *= share
    }
    let axis = hand.rotation.columns.y
    let yaw = atan2(-axis.x, axis.y) + turn
    let upright = RigidTransform.topDownGripper(at: .zero, yaw: yaw).rotation
    return move(hand, by: step, turningTo: upright, gripper: gripper)
  }

  /// One clipped step along a way and towards a rotation of the hand, world frame.
  func move(
    _ hand: RigidTransform, by way: Vector3, turningTo worldFromHand: Rotation, gripper: Double
  ) -> ArmCommand {
    let worldStep = Self.clipped(way, to: scene.setup.step.translation)
    let baseFromWorld = scene.tabletop.worldFromBase.inverse.rotation
    let vector = baseFromWorld * (worldFromHand * hand.rotation.inverse).rotationVector
    let turning = Rotation(
      about: vector, byRadians: min(scene.setup.step.rotation, vector.length))
    let angles = turning.rollPitchYaw
    return ArmCommand(
      translation: baseFromWorld * worldStep,
      rotation: Vector3(angles.roll, angles.pitch, angles.yaw), gripper: gripper)
  }

  private static func clipped(_ vector: Vector3, to length: Double) -> Vector3 {
    vector.length > length ? vector * (length / vector.length) : vector
  }

  // MARK: - Heights

  /// The lowest point of a body [m].
  static func lowest(of body: Int, in world: World, scene: EpisodeScene) -> Double {
    let pose = world.worldFromBody[body]
    var lowest = Double.infinity
    for prism in scene.tabletop.bodies[body].prisms {
      for corner in prism.footprint {
        lowest = min(
          lowest, (pose * Vector3(corner, z: prism.bottom)).z,
          (pose * Vector3(corner, z: prism.top)).z)
      }
    }
    return lowest
  }

  /// The top of what stands under a body, 0 for the table [m].
  static func highest(below body: Int, in world: World, scene: EpisodeScene) -> Double {
    let outline = scene.outline(of: body, in: world)
    var highest = 0.0
    for other in scene.objects.indices where other != body {
      guard !scene.outline(of: other, in: world).isClear(of: outline, by: 1e-4) else { continue }
      highest = max(highest, scene.top(of: other, in: world))
    }
    return highest
  }
}
