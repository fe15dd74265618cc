import Geometry

/// A body that closing fingers would hold.
struct GraspCandidate {
  var body: Int
  /// The body's size between the fingers [m].
  var width: Double
  /// The horizontal way to the middle between the fingers, where both touch it [m].
  var centering: Vector2
  /// How far its section is from the middle of the fingers, in both directions [m].
  var offset: Double
  /// 0 where the grasp is good, up to 1 where it hardly holds.
  var insecurity = 0.0
}

extension World {
  /// Of the bodies that a grasp would hold, the one nearest the middle of the fingers.
  ///
  /// An antipodal grasp (Nguyen 1988): the closing direction lies in the friction cones of both
  /// contacts. Besides, the section between the fingers must fit and be near their middle, and the
  /// fingers must reach far enough below the body's top; else the body slips.
  ///
  /// - Parameter closed: the opening the fingers are told to close to [m].
  func graspCandidate(closingTo closed: Double, in model: TabletopModel) -> GraspCandidate? {
    let worldFromGripper = worldFromGripper(in: model)
    guard let pads = FingerPads(worldFromGripper, model.gripper, model.rules) else { return nil }
    let near = Bounds(min: worldFromGripper.translation, max: worldFromGripper.translation)
      .grown(by: model.gripper.maximumOpening + model.gripper.fingerLength)
    var best: GraspCandidate?
    for body in model.bodies.indices {
      guard model.bodies[body].isGraspable, !model.bodies[body].isFixed,
        near.overlaps(model.shapes[body].bounds(at: worldFromBody[body])),
        let candidate = candidate(body, between: pads, in: model),
        candidate.width >= closed, candidate.offset < best?.offset ?? .infinity
      else { continue }
      best = candidate
    }
    return best
  }

  private func candidate(
    _ body: Int, between pads: FingerPads, in model: TabletopModel
  ) -> GraspCandidate? {
    let rules = model.rules
    let placement = Placement(worldFromBody[body])
    let halfOpening = gripperOpening / 2 + rules.penetrationTolerance
    var section = GraspSection()
    var (bottom, top) = (Double.infinity, -Double.infinity)
    var (moment, area) = (0.0, 0.0)
    for prism in model.shapes[body].prisms {
      let solid = Solid(prism, at: placement)
      (bottom, top) = (min(bottom, solid.bottom), max(top, solid.top))
      guard solid.bottom < pads.heights.upperBound, solid.top > pads.heights.lowerBound else {
        continue
      }
      let shadow = solid.shadow
      let part = GraspSection(shadow, pads)
      // The far wall of a pot held by its rim is not between the fingers.
      guard part.width > 0, -part.right.position < halfOpening, -part.left.position < halfOpening
      else { continue }
      section.formUnion(part)
      moment += shadow.area * (shadow.centroid - pads.origin).dot(pads.across)
      area += shadow.area
    }
    let cosine = rules.frictionCosine - 1e-9
    guard area > 0, max(section.left.position, section.right.position) <= halfOpening,
      min(section.left.alignment, section.right.alignment) * pads.level >= cosine
    else { return nil }

    let aside = abs(moment / area - pads.middle)
    let depth = min(top, pads.heights.upperBound) - max(bottom, pads.heights.lowerBound)
    let farthest = rules.graspLateralTolerance + pads.halfExtent - model.gripper.fingerHalfWidth
    let least = min(rules.graspDepth, (top - bottom) / 2) - 1e-6
    let isGood = aside <= farthest && depth >= least
    let badness = isGood ? 0 : max(aside / farthest - 1, 1 - depth / least)
    guard isGood || (rules.insecureSteps > 0 && badness <= rules.insecureShare) else { return nil }
    return GraspCandidate(
      body: body, width: section.width, centering: -section.middle * pads.closing,
      offset: aside + abs(section.middle), insecurity: badness / rules.insecureShare)
  }
}
