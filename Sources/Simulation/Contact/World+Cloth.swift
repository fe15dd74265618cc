import Foundation
import Geometry

/// Sheets that are drawn over things.
///
/// The sheet is the least surface no steeper than it hangs that lies over what it covers, a lower envelope of cones like that
/// of grains at rest (Hadeler and Kuttler 1999); along its middle lines it is as long as when flat, so that its
/// hem draws in. A function of the world alone: nothing swings. It pushes nothing.
extension World {
  /// The sheet as it lies or hangs.
  public func drape(_ index: Int, in model: TabletopModel) -> ClothSheet {
    let cloth = model.cloths[index]
    let spacing = max(cloth.size.x, cloth.size.y) / Double(max(cloth.meshes, 2))
    let (across, along) = (
      max(1, Int((cloth.size.x / spacing / 2).rounded())),
      max(1, Int((cloth.size.y / spacing / 2).rounded()))
    )
    let place = cloths[index]
    let x = Vector2(cos(place.yaw), sin(place.yaw))
    let y = Vector2(-x.y, x.x)
    let relief = Relief(under: index, in: self, model, spacing: spacing)
    let (stepX, stepY) = (
      cloth.size.x / Double(2 * across), cloth.size.y / Double(2 * along)
    )
    let middle = relief.line(from: place.position, along: x, step: stepX, count: across)
    let columns = middle.map { relief.line(from: $0, along: y, step: stepY, count: along) }
    let points = (0...(2 * along)).flatMap { row in
      columns.map { Vector3($0[row], z: relief.height(at: $0[row])) }
    }
    return ClothSheet(rows: 2 * along + 1, columns: columns.count, points: points)
  }

  /// Whether a sheet that is not held lies over a body, in part at least.
  public func covers(_ index: Int, _ body: Int) -> Bool {
    cloths[index].held == nil && cloths[index].covered.contains(body)
  }

  /// Takes hold of a sheet where fingers closed on no body, lets go of it where they opened.
  mutating func holdCloth(closing: Bool, in model: TabletopModel) {
    guard !cloths.isEmpty else { return }
    let hand = worldFromGripper(in: model).translation
    for index in cloths.indices {
      if !closing {
        guard cloths[index].held != nil else { continue }
        cloths[index].held = nil
        cloths[index].covered = bodiesUnder(index, in: model)
      } else if grasp == nil, cloths.allSatisfy({ $0.held == nil }) {
        let local = cloths[index].local(hand.xy)
        let half = model.cloths[index].size / 2
        guard abs(local.x) <= half.x, abs(local.y) <= half.y,
          abs(hand.z - Relief(under: index, in: self, model, spacing: 0).height(at: hand.xy))
            <= Self.pinchReach
        else { continue }
        cloths[index].held = local
      }
    }
  }

  /// A held sheet goes along with the hand, over what it comes to.
  mutating func dragCloth(in model: TabletopModel) {
    let hand = worldFromGripper(in: model).translation.xy
    for index in cloths.indices {
      guard let held = cloths[index].held else { continue }
      let way = hand - cloths[index].world(held)
      cloths[index].position += way
      let covered = bodiesUnder(index, in: model)
      cloths[index].covered = covered
      if cloths[index].firstMet == nil {
        cloths[index].firstMet = covered.min {
          (worldFromBody[$0].translation.xy - hand).length
            < (worldFromBody[$1].translation.xy - hand).length
        }
      }
    }
  }

  /// The bodies that a sheet lies or hangs over by more than its hem.
  ///
  /// What hangs from the fingers falls as steeply as it can: of its reach that is left which the way down does not take.
  func bodiesUnder(_ index: Int, in model: TabletopModel) -> BodySet {
    let (cloth, place) = (model.cloths[index], cloths[index])
    let flat = cloth.size / 2
    var (half, hem) = (flat, 0.0)
    if place.held != nil {
      let height = max(0, worldFromGripper(in: model).translation.z)
      let x = cloth.hanging(flat.x, from: height)
      let y = cloth.hanging(flat.y, from: height)
      (half, hem) = (Vector2(x.reach, y.reach), min(x.hem, y.hem))
    }
    half -= Vector2(repeating: min(Self.hemWidth, half.min() / 2))
    let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map {
      place.world(Vector2($0.0 * half.x, $0.1 * half.y))
    }
    let sheet = ConvexPolygon(hullOf: corners)
    var under = BodySet()
    for body in model.bodies.indices where grasp?.body != body {
      let placement = Placement(worldFromBody[body])
      let isUnder = model.shapes[body].prisms.contains { prism in
        let solid = Solid(prism, at: placement)
        return solid.top > hem && sheet.distance(to: solid.shadow) == 0
      }
      if isUnder { under.insert(body) }
    }
    return under
  }

  /// So much of a sheet's edge holds nothing [m].
  private static var hemWidth: Double { 0.01 }

  /// Fingertips this near to a sheet can pinch it [m].
  private static var pinchReach: Double { 0.012 }
}

extension ClothModel {
  /// How far out half of a sheet reaches that hangs from a height, and how high its edge is then [m].
  fileprivate func hanging(_ half: Double, from height: Double) -> (reach: Double, hem: Double) {
    let length = (1 + steepness * steepness).squareRoot()
    let fall = half * steepness / length
    guard fall > height else { return (half / length, height - fall) }
    return (height / steepness + half - height * length / steepness, 0)
  }
}

extension Cloth {
  /// A point of the table seen from the sheet's middle, along its edges [m].
  func local(_ point: Vector2) -> Vector2 {
    let offset = point - position
    return Vector2(
      cos(yaw) * offset.x + sin(yaw) * offset.y, -sin(yaw) * offset.x + cos(yaw) * offset.y)
  }

  func world(_ local: Vector2) -> Vector2 {
    position
      + Vector2(cos(yaw) * local.x - sin(yaw) * local.y, sin(yaw) * local.x + cos(yaw) * local.y)
  }
}

/// How high a sheet lies over each point of the table.
private struct Relief {
  /// What holds it up: where, how high [m].
  private let supports: [(shadow: ConvexPolygon, top: Double)]
  private let thickness: Double
  private let steepness: Double
  /// Every point this near to a support is as high as the support, so that no mesh cuts its edge [m].
  private let margin: Double

  init(under index: Int, in world: World, _ model: TabletopModel, spacing: Double) {
    var supports: [(ConvexPolygon, Double)] = []
    for body in world.cloths[index].covered where body < model.bodies.count {
      let placement = Placement(world.worldFromBody[body])
      for prism in model.shapes[body].prisms {
        let solid = Solid(prism, at: placement)
        supports.append((solid.shadow, solid.top))
      }
    }
    if world.cloths[index].held != nil {
      let hand = world.worldFromGripper(in: model).translation
      supports.append((ConvexPolygon(hullOf: [hand.xy]), hand.z))
    }
    self.supports = supports.map { (shadow: $0.0, top: $0.1) }
    thickness = model.cloths[index].thickness
    steepness = model.cloths[index].steepness
    margin = 1.5 * spacing
  }

  func height(at point: Vector2) -> Double {
    thickness
      + supports.reduce(0) { highest, support in
        let away = (support.shadow.nearestPoint(to: point) - point).length
        return max(highest, support.top - steepness * max(0, away - margin))
      }
  }

  /// Points along a line through `start`, `step` of cloth apart in both directions, from one end to the other.
  func line(from start: Vector2, along way: Vector2, step: Double, count: Int) -> [Vector2] {
    func march(_ direction: Vector2) -> [Vector2] {
      var points: [Vector2] = []
      var (point, height) = (start, height(at: start))
      for _ in 0..<count {
        // As far out as the cloth between two points reaches: its length is the hypotenuse.
        var (near, far) = (0.0, step)
        for _ in 0..<24 {
          let middle = (near + far) / 2
          let rise = self.height(at: point + middle * direction) - height
          if middle * middle + rise * rise <= step * step { near = middle } else { far = middle }
        }
        point += near * direction
        height = self.height(at: point)
        points.append(point)
      }
      return points
    }
    return march(-way).reversed() + [start] + march(way)
  }
}
