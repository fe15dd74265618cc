import Geometry

/// A body beside a moving solid, and the way out.
struct LateralContact {
  var body: Int
  var overlap: Overlap
  /// The lowest height at which the two touch [m].
  var lowest = 0.0
  /// Where they overlap, seen from above; only where pushed bodies turn.
  var patch: ConvexPolygon?

  /// What parts the two, and a nanometer more so that rounding does not bring them together again.
  var displacement: Vector2 { (overlap.depth + 1e-9) * overlap.normal }

  /// Whether this would push the body back to where the last contact pushed it from: it is pinched.
  func opposes(_ last: LateralContact?) -> Bool {
    guard let last, last.body == body else { return false }
    return overlap.normal.dot(last.overlap.normal) < -0.5
  }
}

/// What the moving solids meet at a new place.
struct Contacts {
  /// How far up they must go to lie on what is below [m].
  var raise = 0.0
  /// How far down they must go to be under what is above [m].
  var lower = 0.0
  /// The deepest contact at the side.
  var lateral: LateralContact?
  var touchedByHand = BodySet()
  var touchedByHeldBody = BodySet()

  /// Keeps the deepest contact; two fingers flush against a body touch it as one.
  mutating func add(_ contact: LateralContact) {
    guard let deepest = lateral else {
      lateral = contact
      return
    }
    var kept = contact.overlap.depth > deepest.overlap.depth ? contact : deepest
    if let patch = contact.patch, let other = deepest.patch, contact.body == deepest.body,
      abs(contact.overlap.depth - deepest.overlap.depth) < Self.flush
    {
      kept.patch = ConvexPolygon(hullOf: patch.vertices + other.vertices)
    }
    lateral = kept
  }

  /// Contacts as deep as each other to within this are one [m].
  private static let flush = 1e-4
}

/// How a solid stood to an obstacle before it met it.
private struct Approach {
  /// Whether it met it from above or below; nil where both are as likely.
  let isVertical: Bool?
  let isFromAbove: Bool
  /// Whether it was in it already, and how deep [m].
  let isInside: Bool
  let depth: Double

  init(_ solid: Solid, _ prism: LocalPrism, at pose: RigidTransform, _ rules: ContactRules) {
    let obstacle = Solid(prism, at: Placement(pose))
    let height = solid.heightOverlap(with: obstacle)
    let width = solid.overlap(with: obstacle)?.depth ?? 0
    let isBesideIt = height > rules.penetrationTolerance
    let isOverOrUnderIt = width > 1e-4
    isVertical = isBesideIt == isOverOrUnderIt ? nil : isOverOrUnderIt
    isFromAbove = solid.bottom - obstacle.top >= obstacle.bottom - solid.top
    isInside = isBesideIt && isOverOrUnderIt
    depth = min(height, width)
  }
}

extension World {
  /// Less than this is rounding, not contact [m].
  private static var slop: Double { 1e-6 }

  /// What moving solids meet, told apart by where they come from.
  ///
  /// A solid that was over (or under) a body and now runs into it is stopped there; one that was beside
  /// it pushes. Where the solid was neither, the shorter way out decides. Where it was in the body, as a
  /// finger may be after a body has been set upright between them, it may go on as long as it gets no
  /// deeper: else the hand would be caught.
  ///
  /// - Parameters:
  ///   - before: the same solids before the sub-step.
  ///   - poses: where the bodies were then.
  ///   - carried: the bodies that move along.
  ///   - isHorizontal: the motion has no vertical part, so that every contact is at the side.
  func contacts(
    of moving: MovingSolids, after before: MovingSolids, _ poses: [RigidTransform],
    besides carried: BodySet, isHorizontal: Bool = false, in model: TabletopModel
  ) -> Contacts {
    var contacts = Contacts()
    if moving.bottom < 0, !isHorizontal {
      for solid in moving.solids where solid.bottom < 0 {
        contacts.raise = max(
          contacts.raise, model.ground(under: solid, worldFromBody) - solid.bottom)
      }
      if contacts.raise < Self.slop { contacts.raise = 0 }
    }
    for body in model.bodies.indices where !carried.contains(body) {
      let shape = model.shapes[body]
      guard moving.bounds.overlaps(shape.bounds(at: worldFromBody[body])) else { continue }
      let placement = Placement(worldFromBody[body])
      for prism in shape.prisms {
        let obstacle = Solid(prism, at: placement)
        for index in moving.solids.indices {
          let solid = moving.solids[index]
          let height = solid.heightOverlap(with: obstacle)
          guard height > Self.slop, let overlap = solid.overlap(with: obstacle),
            overlap.depth > Self.slop
          else { continue }
          let approach = Approach(before.solids[index], prism, at: poses[body], model.rules)
          if approach.isInside, min(height, overlap.depth) <= approach.depth + Self.slop {
            continue
          }
          if index < HandShape.solidCount {
            contacts.touchedByHand.insert(body)
          } else {
            contacts.touchedByHeldBody.insert(body)
          }
          if !isHorizontal, approach.isVertical ?? (height < overlap.depth) {
            if approach.isFromAbove {
              contacts.raise = max(contacts.raise, obstacle.top - solid.bottom)
            } else {
              contacts.lower = max(contacts.lower, solid.top - obstacle.bottom)
            }
          } else {
            contacts.add(
              LateralContact(
                body: body, overlap: overlap, lowest: max(solid.bottom, obstacle.bottom),
                patch: model.rules.turnsPushedBodies
                  ? solid.shadow.intersection(with: obstacle.shadow) : nil))
          }
        }
      }
    }
    return contacts
  }

  /// Keeps count of what has been touched.
  mutating func touch(_ contacts: Contacts) {
    touchedByHand.formUnion(contacts.touchedByHand)
    touchedByHeldBody.formUnion(contacts.touchedByHeldBody)
    guard firstTouched == nil else { return }
    if let lateral = contacts.lateral {
      firstTouched = lateral.body
    } else {
      firstTouched = contacts.touchedByHand.union(contacts.touchedByHeldBody).first { _ in true }
    }
  }
}
