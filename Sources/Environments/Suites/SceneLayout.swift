import Foundation
import Geometry
import RandomNumbers

/// Where the members of a cast stand, drawn by rejection.
struct SceneLayout {
  /// A member's place when clean, and how it moves with the strengths of factors.
  struct Place {
    var position: Vector2
    var yaw: Double
    /// Where a `relocate` factor puts it at full strength.
    var farPosition: Vector2
    /// What a `turn` factor adds to the yaw at full strength [rad].
    var turn: Double
    /// The names of these two factors.
    var relocatingFactor: String?
    var turningFactor: String?

    func position(_ strengths: FactorStrengths) -> Vector2 {
      position + (farPosition - position) * (relocatingFactor.map { strengths[$0] } ?? 0)
    }

    func yaw(_ strengths: FactorStrengths) -> Double {
      yaw + turn * (turningFactor.map { strengths[$0] } ?? 0)
    }
  }

  var places: [Place]

  /// What a member needs of its place.
  struct Demand {
    var key: String
    /// The room it needs around it [m].
    var clearance: Double
    /// The factors that change its outline or its place.
    var changingFactors: [String]
    /// Its outline under factors, body frame, blocks underneath included.
    var outline: @Sendable (_ strengths: FactorStrengths) -> ConvexPolygon
    /// Where it must stand, and how turned; nil for anywhere.
    var fixed: (position: Vector2, yaw: Double)?
    /// The rectangle that its outline must lie in; nil where its origin must lie in the layout's region.
    var room: Region?
    /// Whether it starts in or on another, and takes no room of its own.
    var isElsewhere = false
    /// The outer rectangle of a `relocate` factor, and its name.
    var farRegion: (region: Region, factor: String)?
    /// What a `turn` factor adds, and its name.
    var turn: (angle: ClosedRange<Double>, factor: String)?
    /// The members it must keep further away from than the rest, and how far.
    var distance: [Int: Double] = [:]
  }

  /// Strengths of the factors that move a member at which places are checked against each other.
  private static let strengths = [0, 0.25, 0.5, 0.75, 1]
  private static let triesPerMember = 40
  private static let restarts = 200

  /// Places members in the given order; nil where they do not fit after many tries.
  init?(
    of demands: [Demand], order: [Int], region: Region, largestYaw: Double, stream: RandomStream
  ) {
    for restart in 0..<Self.restarts {
      var placed: [Int: (place: Place, outlines: [ConvexPolygon])] = [:]
      for index in order {
        let demand = demands[index]
        var source = stream.named("place", demand.key).numbered(restart)
        let found = Self.place(
          demand, index: index, among: placed.mapValues(\.outlines), demands: demands,
          region: region, largestYaw: largestYaw, source: &source)
        guard let found else { break }
        placed[index] = found
      }
      if placed.count == demands.count {
        places = demands.indices.compactMap { placed[$0]?.place }
        return
      }
    }
    return nil
  }

  private static func place(
    _ demand: Demand, index: Int, among placed: [Int: [ConvexPolygon]], demands: [Demand],
    region: Region, largestYaw: Double, source: inout RandomStream
  ) -> (Place, [ConvexPolygon])? {
    let moves = demand.farRegion != nil || demand.turn != nil
    let region = demand.room ?? region
    let combinations = FactorStrengths.combinations(
      of: demand.changingFactors, levels: moves ? strengths : [0, 1])
    for _ in 0..<triesPerMember {
      var place = Place(
        position: source.point(in: region), yaw: source.uniform(in: -largestYaw...largestYaw),
        farPosition: .zero, turn: 0, relocatingFactor: demand.farRegion?.factor,
        turningFactor: demand.turn?.factor)
      if let fixed = demand.fixed { (place.position, place.yaw) = fixed }
      place.farPosition = place.position
      if let outer = demand.farRegion {
        guard let position = source.point(in: outer.region, outside: region) else { return nil }
        place.farPosition = position
      }
      if let turn = demand.turn {
        place.turn = source.uniform(in: turn.angle) * (source.chance(0.5) ? 1 : -1)
        // The other way where this one would end among the angles of training.
        if abs(place.yaw + place.turn) <= largestYaw { place.turn = -place.turn }
      }
      let outlines = combinations.map { strengths in
        demand.outline(strengths).turned(
          by: place.yaw(strengths), movedBy: place.position(strengths))
      }
      if demand.isElsewhere { return (place, []) }
      if let room = demand.room, demand.fixed == nil {
        guard outlines.allSatisfy({ $0.vertices.allSatisfy(room.contains) }) else { continue }
      }
      let isFree = placed.allSatisfy { other, others in
        let least =
          demand.distance[other] ?? demands[other].distance[index]
          ?? max(demand.clearance, demands[other].clearance)
        return others.allSatisfy { placed in
          outlines.allSatisfy { $0.isClear(of: placed, by: least) }
        }
      }
      if isFree { return (place, outlines) }
    }
    return nil
  }
}

extension RandomStream {
  /// A point of a rectangle that does not lie in another; nil where there is next to no room for one.
  fileprivate mutating func point(in outer: Region, outside region: Region) -> Vector2? {
    for _ in 0..<1000 {
      let point = point(in: outer)
      if !region.contains(point) { return point }
    }
    return nil
  }

  mutating func point(in region: Region) -> Vector2 {
    Vector2(
      uniform(in: region.min.x...region.max.x), uniform(in: region.min.y...region.max.y))
  }

  mutating func point(from low: Vector3, to high: Vector3) -> Vector3 {
    Vector3(
      uniform(in: low.x...max(low.x, high.x)), uniform(in: low.y...max(low.y, high.y)),
      uniform(in: low.z...max(low.z, high.z)))
  }
}
