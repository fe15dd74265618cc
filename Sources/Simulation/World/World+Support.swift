import Geometry

extension World {
  /// Surfaces nearer than this touch [m].
  static var touchTolerance: Double { 1.5e-3 }

  /// Whether a body's underside lies on an upper side, or on the hollow's floor, of another.
  func rests(_ body: Int, on other: Int, in model: TabletopModel) -> Bool {
    model.isResting(
      body, at: worldFromBody[body], on: other, at: worldFromBody[other],
      tolerance: Self.touchTolerance)
  }

  /// All that moves along when a body is moved: what lies on it or in it, and what lies on that.
  ///
  /// - Parameter excluded: bodies that go with the gripper instead.
  func bodies(carriedBy body: Int, besides excluded: BodySet, in model: TabletopModel) -> BodySet {
    var group = BodySet(body)
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for other in model.bodies.indices
      where !group.contains(other) && !excluded.contains(other) && !model.bodies[other].isFixed
        && model.articulation(of: other) == nil
      {
        let isCarried =
          group.contains { rests(other, on: $0, in: model) }
          || group.contains { isInside(other, cavityOf: $0, in: model) }
        if isCarried {
          group.insert(other)
          hasGrown = true
        }
      }
    }
    group.subtract(BodySet(body))
    return group
  }
}

extension TabletopModel {
  /// Whether one body's underside lies on another's upper side or hollow's floor.
  func isResting(
    _ body: Int, at worldFromBody: RigidTransform, on other: Int, at worldFromOther: RigidTransform,
    tolerance: Double
  ) -> Bool {
    let (shape, otherShape) = (shapes[body], shapes[other])
    let bounds = shape.bounds(at: worldFromBody).grown(by: tolerance)
    guard bounds.overlaps(otherShape.bounds(at: worldFromOther)) else { return false }
    let (placement, otherPlacement) = (Placement(worldFromBody), Placement(worldFromOther))
    for prism in shape.prisms {
      let solid = Solid(prism, at: placement)
      for otherPrism in otherShape.prisms {
        let support = Solid(otherPrism, at: otherPlacement)
        if abs(solid.bottom - support.top) <= tolerance, solid.overlap(with: support) != nil {
          return true
        }
      }
    }
    guard let cavity = bodies[other].cavity,
      isOverCavity(body, at: worldFromBody, of: other, at: worldFromOther)
    else { return false }
    let floor = worldFromOther.translation.z + cavity.floor
    let lowest =
      rules.tumbles
      ? lowestPoint(of: body, at: worldFromBody) : worldFromBody.translation.z + shape.bottom
    return abs(lowest - floor) <= tolerance
  }

  /// Whether a container in a pose has its hollow above its floor: only where bodies tumble may it not.
  func isOpenUpward(_ worldFromContainer: RigidTransform) -> Bool {
    !rules.tumbles || (worldFromContainer.rotation * Vector3.unitZ).z > 0.7
  }

  /// Whether a body's center of mass is over the opening of another's hollow.
  func isOverCavity(
    _ body: Int, at worldFromBody: RigidTransform, of other: Int, at worldFromOther: RigidTransform
  ) -> Bool {
    guard let outline = shapes[other].cavity, isOpenUpward(worldFromOther) else { return false }
    let center = worldFromBody * bodies[body].centerOfMass
    return outline.contains((worldFromOther.inverse * center).xy)
  }
}
