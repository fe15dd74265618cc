import Geometry

/// Pouring: grains move from lip to container or table and are conserved one by one.
extension World {
  /// All grains, in containers and on the table: the same through an episode.
  public var totalGrains: Int {
    grainCounts.reduce(0, +) + spilledGrains.reduce(0) { $0 + $1.count }
  }

  /// How many grains are in a container.
  public func grains(in body: Int) -> Int {
    grainCounts.indices.contains(body) ? grainCounts[body] : 0
  }

  /// The share of all grains that is in a container.
  public func pouredShare(into body: Int) -> Double {
    totalGrains > 0 ? Double(grains(in: body)) / Double(totalGrains) : 0
  }

  /// How high the grains stand over a container's floor, leveled out [m].
  public func grainLevel(of body: Int, in model: TabletopModel) -> Double {
    guard let grains = model.grains, let outline = model.shapes[body].cavity else { return 0 }
    return Double(self.grains(in: body)) * grains.volume / outline.area
  }

  /// Lets run over the lips what containers in their poses do not hold.
  mutating func pour(in model: TabletopModel) {
    guard let grains = model.grains else { return }
    for body in grainCounts.indices where grainCounts[body] > 0 {
      let pose = worldFromBody[body]
      let surplus = grainCounts[body] - model.grainCapacity(of: body, at: pose)
      guard surplus > 0 else { continue }
      let running = min(surplus, grains.flow)
      grainCounts[body] -= running
      drop(running, from: model.lipPoint(of: body, at: pose), besides: body, in: model)
    }
  }

  /// Lets grains fall straight down: into the highest container below with room, the rest onto the table.
  private mutating func drop(
    _ count: Int, from point: Vector3, besides source: Int, in model: TabletopModel
  ) {
    var left = count
    let below = model.bodies.indices.filter { body in
      guard body != source, let cavity = model.bodies[body].cavity,
        let outline = model.shapes[body].cavity,
        model.isOpenUpward(worldFromBody[body])
      else { return false }
      let local = worldFromBody[body].inverse * point
      return outline.contains(local.xy) && local.z >= cavity.floor
    }
    for body in below.sorted(by: { floor(of: $0, model) > floor(of: $1, model) }) where left > 0 {
      let room = model.grainCapacity(of: body, at: worldFromBody[body]) - grainCounts[body]
      let taken = min(left, max(room, 0))
      grainCounts[body] += taken
      left -= taken
    }
    guard left > 0 else { return }
    let place = pointwiseMin(pointwiseMax(point.xy, model.table.min), model.table.max)
    if let pile = spilledGrains.firstIndex(where: { ($0.position - place).length < Self.pileReach })
    {
      spilledGrains[pile].count += left
    } else {
      spilledGrains.append(GrainPile(position: place, count: left))
    }
  }

  /// Grains that fall nearer than this to a pile join it [m].
  private static var pileReach: Double { 0.015 }

  private func floor(of body: Int, _ model: TabletopModel) -> Double {
    worldFromBody[body].translation.z + (model.bodies[body].cavity?.floor ?? 0)
  }
}
