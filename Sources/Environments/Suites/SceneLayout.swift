import Foundation
import Geometry
import RandomNumbers

/// Where the members of a cast stand, drawn by rejection.
struct SceneLayout {
  /// A member's place when clean, and how it moves with a factor's strength.
  struct Place {
    var position: Vector2
    var yaw: Double
    /// Where a `relocate` factor puts it at full strength.
    var farPosition: Vector2
    /// What a `turn` factor adds to the yaw at full strength [rad].
    var turn: Double

    func position(strength: Double) -> Vector2 { position + (farPosition - position) * strength }
    func yaw(strength: Double) -> Double { yaw + turn * strength }
  }

  var places: [Place]

  /// What a member needs of its place.
  struct Demand {
    var key: String
    /// The room it needs around it [m].
    var clearance: Double
    /// Its outline at a strength, body frame, blocks underneath included.
    var outline: @Sendable (_ strength: Double) -> ConvexPolygon
    /// Where it must stand, and how turned; nil for anywhere.
    var fixed: (position: Vector2, yaw: Double)?
    /// The outer rectangle of a `relocate` factor.
    var farRegion: Region?
    var turn: ClosedRange<Double>?
    /// The members it must keep further away from than the rest, and how far.
    var distance: [Int: Double] = [:]
  }

  /// Strengths at which places are checked against each other.
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
    let changes = demand.farRegion != nil || demand.turn != nil
    for _ in 0..<triesPerMember {
      var place = Place(
        position: source.point(in: region), yaw: source.uniform(in: -largestYaw...largestYaw),
        farPosition: .zero, turn: 0)
      if let fixed = demand.fixed { (place.position, place.yaw) = fixed }
      place.farPosition = place.position
      if let outer = demand.farRegion {
        guard let position = source.point(in: outer, outside: region) else { return nil }
        place.farPosition = position
      }
      if let turn = demand.turn {
        place.turn = source.uniform(in: turn) * (source.chance(0.5) ? 1 : -1)
        // The other way where this one would end among the angles of training.
        if abs(place.yaw + place.turn) <= largestYaw { place.turn = -place.turn }
      }
      let outlines = (changes ? strengths : [0, 1]).map { strength in
        demand.outline(strength).turned(
          by: place.yaw(strength: strength), movedBy: place.position(strength: strength))
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
