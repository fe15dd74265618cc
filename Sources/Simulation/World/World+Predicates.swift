import Foundation
import Geometry

/// What carries a body.
public enum Support: Sendable, Hashable {
  case table
  case body(Int)
  case gripper
  /// Nothing: only where a world was begun with a body in the air.
  case none
}

extension World {
  /// What carries a body: of several, the one under its center of mass.
  public func supporter(of body: Int, in model: TabletopModel) -> Support {
    if grasp?.body == body { return .gripper }
    let center = (worldFromBody[body] * model.bodies[body].centerOfMass).xy
    var support = Support.none
    for other in model.bodies.indices where other != body && rests(body, on: other, in: model) {
      if support == .none { support = .body(other) }
      if model.isUnder(center, other, at: worldFromBody[other]) { return .body(other) }
    }
    if support == .none, model.lowestPoint(of: body, at: worldFromBody[body]) <= Self.touchTolerance
    {
      return .table
    }
    return support
  }

  /// Whether a body's center of mass is over the hollow of a container and its underside below the rim.
  public func isInside(_ body: Int, cavityOf container: Int, in model: TabletopModel) -> Bool {
    guard body != container, let cavity = model.bodies[container].cavity,
      model.isOverCavity(
        body, at: worldFromBody[body], of: container, at: worldFromBody[container])
    else { return false }
    let lowest =
      model.lowestPoint(of: body, at: worldFromBody[body]) - worldFromBody[container].translation.z
    return lowest >= cavity.floor - Self.touchTolerance
      && lowest < cavity.rim - model.rules.penetrationTolerance
  }

  /// Whether a body stands as its model does, up to a lean [rad].
  public func isUpright(_ body: Int, within lean: Double = 0.2) -> Bool {
    (worldFromBody[body].rotation * Vector3.unitZ).z >= cos(lean)
  }

  /// Whether a body lies on another side than it was modeled on, not held.
  public func isToppled(_ body: Int) -> Bool {
    grasp?.body != body && !isUpright(body, within: .pi / 4)
  }

  /// Whether a body rests on another, not held.
  public func isOnTop(_ body: Int, of other: Int, in model: TabletopModel) -> Bool {
    supporter(of: body, in: model) == .body(other)
  }

  /// The horizontal distance between two bodies' outlines, zero where they overlap [m].
  public func clearance(between first: Int, and second: Int, in model: TabletopModel) -> Double {
    model.clearance(
      of: first, at: worldFromBody[first], with: second, at: worldFromBody[second])
  }

  /// The deepest overlap of two bodies, or of one with the table; bodies held or carried are left out [m].
  public func restingOverlap(in model: TabletopModel) -> Double {
    let carried = carriedByGripper
    var deepest = 0.0
    for body in model.bodies.indices where !carried.contains(body) {
      let pose = worldFromBody[body]
      for other in 0..<body where !carried.contains(other) {
        let depth = model.overlapDepth(of: body, at: pose, with: other, at: worldFromBody[other])
        deepest = max(deepest, depth)
      }
      deepest = max(deepest, model.depthInTable(of: body, worldFromBody))
    }
    return deepest
  }
}

extension TabletopModel {
  /// The height of a body's lowest point [m].
  public func lowestPoint(of body: Int, at worldFromBody: RigidTransform) -> Double {
    let placement = Placement(worldFromBody)
    return shapes[body].prisms.lazy.map { Solid($0, at: placement).bottom }.min() ?? 0
  }

  /// Whether a point of the plane lies in a body's outline.
  func isUnder(_ point: Vector2, _ body: Int, at worldFromBody: RigidTransform) -> Bool {
    let placement = Placement(worldFromBody)
    return shapes[body].prisms.contains { Solid($0, at: placement).shadow.contains(point) }
  }
}
