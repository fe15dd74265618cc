import Geometry

/// What lies under and around a body that is let go: how far it falls, whether it stays, where it tips.
struct Landscape {
  /// The way down (negative) to what carries it [m].
  private(set) var drop = 0.0
  /// The way out of something that stands where the body is; nil where nothing does.
  private(set) var escape: Vector2?
  /// Whether the body's center of mass is over the hull of its contacts.
  private(set) var isStable = true
  /// The shortest way off what does not carry it [m].
  private(set) var tipping = Vector2.zero

  /// Outlines that overlap by less than this pass each other in falling [m].
  private static let passing = 2e-4

  /// - Parameters:
  ///   - pose: where the body is, upright.
  ///   - container: one whose hollow the body is in, clear of its walls.
  init(
    under body: Int, at pose: RigidTransform, placed: [RigidTransform], ignored: BodySet,
    container: Int?, model: TabletopModel
  ) {
    let shape = model.shapes[body]
    let tolerance = model.rules.penetrationTolerance
    let placement = Placement(pose)
    let solids = shape.prisms.map { Solid($0, at: placement) }
    let column = shape.bounds(at: pose)

    // How high each of the body's solids would have to be, as a change of the whole body's height.
    var highest = -Double.infinity
    for solid in solids {
      highest = max(highest, model.ground(under: solid, placed) - solid.bottom)
    }
    let isOnGround: Bool
    var carriers: [(own: Solid, other: Solid, drop: Double)] = []
    var deepest = Self.passing
    for other in model.bodies.indices where !ignored.contains(other) {
      var above = model.shapes[other].bounds(at: placed[other])
      above.min.z = -.infinity
      above.max.z = .infinity
      guard column.overlaps(above) else { continue }
      let floor = (model.bodies[other].cavity?.floor).map { placed[other].translation.z + $0 }
      if other == container, let floor {
        // A lying body's column reaches lower than the body.
        let lowest =
          model.rules.tumbles ? solids.lazy.map(\.bottom).min() ?? column.min.z : column.min.z
        highest = max(highest, floor - lowest)
      }
      let otherPlacement = Placement(placed[other])
      for prism in model.shapes[other].prisms {
        let obstacle = Solid(prism, at: otherPlacement)
        if other == container, let floor, obstacle.top > floor + tolerance { continue }
        for solid in solids {
          guard let overlap = obstacle.overlap(with: solid), overlap.depth > Self.passing else {
            continue
          }
          if obstacle.top <= solid.bottom + tolerance {
            carriers.append((solid, obstacle, obstacle.top - solid.bottom))
            highest = max(highest, obstacle.top - solid.bottom)
          } else if obstacle.bottom < solid.top - tolerance, overlap.depth > deepest {
            deepest = overlap.depth
            escape = (overlap.depth + 1e-6) * overlap.normal
          }
        }
      }
    }
    drop = highest
    // What is thinner than the tolerance, such as a dustpan's lip, lifts nothing off the ground.
    isOnGround = solids.contains {
      model.ground(under: $0, placed) - $0.bottom >= highest - tolerance
    }
    guard !isOnGround, container == nil else { return }

    carriers.removeAll { $0.drop < highest - tolerance }
    let contacts = carriers.flatMap {
      $0.own.shadow.intersection(with: $0.other.shadow).vertices
    }
    let support = ConvexPolygon(hullOf: contacts)
    let center = (pose * model.bodies[body].centerOfMass).xy
    isStable = support.contains(center, margin: 1e-6)
    guard !isStable else { return }
    var direction = (center - support.nearestPoint(to: center)).normalized
    if direction == .zero { direction = Vector2(1, 0) }
    let exit = carriers.map { $0.other.exitDistance(of: $0.own, along: direction) }.max() ?? 0
    tipping = (exit + 1e-4) * direction
  }
}
