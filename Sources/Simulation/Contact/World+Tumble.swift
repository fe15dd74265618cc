import Geometry

/// Bodies that tip over and turn: in force where the rules ask for it.
extension World {
  /// Tips a body over that is pushed too high up to slide; false where it would slide.
  ///
  /// The push exceeds friction before it exceeds weight where the contact is lower than the footing over the friction
  /// coefficient, and the body slides; higher up it tips (Lynch 1999, "Toppling manipulation"). A push below the
  /// center of mass always slides, since the hand's whole side holds the body upright.
  mutating func topple(
    _ push: LateralContact, besides carried: BodySet, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) -> Bool {
    let body = push.body
    // A joint holds its body.
    guard model.rules.tumbles, !model.bodies[body].isFixed,
      model.articulation(of: body) == nil, let poses = model.stablePoses[body]
    else { return false }
    let pose = worldFromBody[body]
    let ground = model.lowestPoint(of: body, at: pose)
    let height = push.lowest - ground
    let center = (pose * model.bodies[body].centerOfMass).z - ground
    let footing = poses.footing(of: pose, along: push.overlap.normal)
    guard height > center, height * model.rules.tableFriction > footing,
      let fallen = poses.toppled(pose, along: push.overlap.normal),
      model.isOnTable(body, at: fallen)
    else { return false }
    disturbed.formUnion(bodies(carriedBy: body, besides: carried, in: model))
    disturbed.insert(body)
    worldFromBody[body] = fallen
    return true
  }

  /// Turns a body that is pushed off its center, and answers the way that is left for it to go.
  ///
  /// The sense is that of the push's moment about the center of friction (Mason 1986, the voting theorem for a contact
  /// without friction), the amount that of an ellipsoidal limit surface (Lynch, Maekawa and Tanie 1992): a push
  /// along n with the lever m moves the center by d / (1 + m²/c²) and turns by m / c² times that.
  mutating func pivot(
    _ push: LateralContact, besides carried: BodySet, in model: TabletopModel
  ) -> Vector2 {
    guard model.rules.turnsPushedBodies, let point = push.patch?.centroid,
      !model.bodies[push.body].isFixed,
      model.articulation(of: push.body) == nil
    else { return push.displacement }
    let center = worldFromBody[push.body] * model.bodies[push.body].centerOfMass
    let normal = push.overlap.normal
    let lever = (point - center.xy).cross(normal)
    let radius = model.frictionRadii[push.body]
    let way = (push.overlap.depth + 1e-9) / (1 + lever * lever / (radius * radius))
    let turn = Rotation(about: .unitZ, byRadians: way * lever / (radius * radius))
    var group = bodies(carriedBy: push.body, besides: carried, in: model)
    group.insert(push.body)
    for member in group {
      let pose = worldFromBody[member]
      worldFromBody[member] = RigidTransform(
        rotation: turn * pose.rotation,
        translation: center + turn * (pose.translation - center))
    }
    return way * normal
  }
}

extension BodyModel {
  /// The mean distance of the outline's area from the center of mass [m]: the ratio of the largest moment to the
  /// largest force of friction under an even pressure.
  var frictionRadius: Double {
    let outline = ConvexPolygon(hullOf: prisms.flatMap(\.footprint))
    var (moment, area) = (0.0, 0.0)
    let center = outline.contains(centerOfMass.xy) ? centerOfMass.xy : outline.centroid
    for (index, vertex) in outline.vertices.enumerated() {
      let next = outline.vertices[(index + 1) % outline.vertices.count]
      // Fans of thin triangles with their tip at the center: two thirds of the way out, on average.
      let slices = 16
      for slice in 0..<slices {
        let from = vertex + Double(slice) / Double(slices) * (next - vertex) - center
        let to = vertex + Double(slice + 1) / Double(slices) * (next - vertex) - center
        let part = from.cross(to) / 2
        area += part
        moment += part * ((from + to) / 2).length * 2 / 3
      }
    }
    return area > 0 ? max(moment / area, 1e-3) : 1e-3
  }
}
