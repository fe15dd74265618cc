import Foundation
import Geometry
import Simulation

/// What shall hold in a world, over the parts that bodies play in a task.
///
/// A small algebra: facts about bodies, and `all`, `any` and `not` of them. Goal files write it
/// (`Scenes/goals/`), and a world answers it.
indirect enum GoalExpression: Hashable, Sendable, Codable {
  typealias Role = Factor.Role

  case all([GoalExpression])
  case any([GoalExpression])
  case not(GoalExpression)
  /// The body is in the fingers.
  case held(Role)
  /// The body's origin is this far above where it was at first [m].
  case lifted(Role, by: Double)
  /// The body is this far from where it was at first [m].
  case moved(Role, by: Double)
  /// The body rests on another; nil for the table.
  case on(Role, Role?)
  /// The body is in the hollow of another.
  case inside(Role, Role)
  /// The outlines seen from above are this close [m].
  case near(Role, Role, within: Double)
  /// The body's origin is this close to being over the other's [m].
  case over(Role, Role, within: Double)
  /// The body's own up is up.
  case upright(Role)
  /// The body leans from how it first stood.
  case toppled(Role)
  /// The hand has met the body.
  case touched(Role)
  /// The body's joint is at least this far open, of 1.
  case open(Role, by: Double)
  /// The body's joint is at most this far open, of 1.
  case shut(Role, by: Double)
  /// The first body, in the fingers, has met the second.
  case met(Role, Role)
  /// The fingertips are at the body's grasp point, or the body is the first that they met.
  case reached(Role)
  /// The body is the first that the hand met.
  case touchedFirst(Role)
  /// The body has been in the fingers.
  case handled(Role)
  /// A cloth that is not held lies over the body.
  case covered(Role)
  /// The body is the first that a held cloth came to lie over.
  case coveredFirst(Role)
  /// At least this share of all grains is in the body.
  case poured(into: Role, share: Double)
  /// At least this share of the task's companions is in the body.
  case swept(into: Role, share: Double)

  /// A body that leans further than this has toppled, or is not upright [rad].
  static let toppleAngle = 0.5
  /// Fingertips that are closer than this to a grasp point have reached it [m].
  private static let reach = 0.035
}

extension GoalExpression {
  /// Whether it holds in a world.
  ///
  /// A fact about a body that the task does not have is false.
  func holds(for goal: Goal, in world: World, model: TabletopModel, first: [RigidTransform]) -> Bool
  {
    func holds(_ expression: GoalExpression) -> Bool {
      expression.holds(for: goal, in: world, model: model, first: first)
    }
    switch self {
    case .all(let parts): return parts.allSatisfy(holds)
    case .any(let parts): return parts.contains(where: holds)
    case .not(let part): return !holds(part)
    case .held(let role):
      return goal[role].map { world.grasp?.body == $0 } ?? false
    case .lifted(let role, let height):
      return goal[role].map {
        world.worldFromBody[$0].translation.z - first[$0].translation.z >= height
      } ?? false
    case .moved(let role, let distance):
      return goal[role].map {
        (world.worldFromBody[$0].translation - first[$0].translation).length >= distance
      } ?? false
    case .on(let role, nil):
      return goal[role].map { world.supporter(of: $0, in: model) == .table } ?? false
    case .on(let role, let support?):
      return goal.pair(role, support).map { world.isOnTop($0, of: $1, in: model) } ?? false
    case .inside(let role, let container):
      return goal.pair(role, container).map { world.isInside($0, cavityOf: $1, in: model) } ?? false
    case .near(let role, let other, let distance):
      return goal.pair(role, other).map {
        world.clearance(between: $0, and: $1, in: model) <= distance
      } ?? false
    case .over(let role, let other, let distance):
      return goal.pair(role, other).map {
        (world.worldFromBody[$1].translation - world.worldFromBody[$0].translation).xy.length
          < distance
      } ?? false
    case .upright(let role):
      return goal[role].map {
        (world.worldFromBody[$0].rotation * Vector3.unitZ).z >= cos(Self.toppleAngle)
      } ?? false
    case .toppled(let role):
      return goal[role].map { body in
        let now = world.worldFromBody[body].rotation * Vector3.unitZ
        let then = first[body].rotation * Vector3.unitZ
        return now.dot(then) < cos(Self.toppleAngle)
      } ?? false
    case .touched(let role):
      return goal[role].map(world.touchedByHand.contains) ?? false
    case .open(let role, let share):
      return goal[role].map { (world.openFraction(of: $0, in: model) ?? 0) >= share } ?? false
    case .shut(let role, let share):
      return goal[role].map { (world.openFraction(of: $0, in: model) ?? 1) <= share } ?? false
    case .met(let role, let other):
      return goal.pair(role, other).map {
        world.grasp?.body == $0 && world.touchedByHeldBody.contains($1)
      } ?? false
    case .reached(let role):
      return goal[role].map { body in
        let graspPoint = world.worldFromBody[body] * model.bodies[body].graspPoint
        let fingertips = world.worldFromGripper(in: model).translation
        return (graspPoint - fingertips).length < Self.reach || world.firstTouched == body
      } ?? false
    case .touchedFirst(let role):
      return goal[role].map { world.firstTouched == $0 } ?? false
    case .handled(let role):
      return goal[role].map(world.heldByHand.contains) ?? false
    case .covered(let role):
      return goal[role].map { body in world.cloths.indices.contains { world.covers($0, body) } }
        ?? false
    case .coveredFirst(let role):
      return goal[role].map { body in world.cloths.contains { $0.firstMet == body } } ?? false
    case .poured(let role, let share):
      return goal[role].map { world.pouredShare(into: $0) >= share } ?? false
    case .swept(let role, let share):
      return goal[role].map { container in
        let inside = goal.companions.count {
          world.isInside($0, cavityOf: container, in: model)
        }
        return !goal.companions.isEmpty && Double(inside) >= share * Double(goal.companions.count)
      } ?? false
    }
  }

  /// The facts that must be true wherever the expression holds: those that no `any` or `not` is around.
  var demands: [GoalExpression] {
    switch self {
    case .all(let parts): parts.flatMap(\.demands)
    case .any, .not: []
    default: [self]
    }
  }

  /// Every role that it speaks of.
  var roles: Set<Role> {
    switch self {
    case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.roles) }
    case .not(let part): part.roles
    case .held(let role), .lifted(let role, _), .moved(let role, _), .upright(let role),
      .toppled(let role), .touched(let role), .reached(let role), .on(let role, nil),
      .open(let role, _), .shut(let role, _), .touchedFirst(let role), .handled(let role),
      .covered(let role), .coveredFirst(let role), .poured(let role, _), .swept(let role, _):
      [role]
    case .on(let role, let other?), .inside(let role, let other), .near(let role, let other, _),
      .over(let role, let other, _), .met(let role, let other):
      [role, other]
    }
  }
}
