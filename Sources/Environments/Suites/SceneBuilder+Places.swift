import Geometry
import RandomNumbers

/// Where the members of a cast stand.
extension SceneBuilder {
  func layout(
    of cast: SceneCast, task: TaskDefinition, factors: [Factor], stream: RandomStream
  ) throws -> SceneLayout {
    let demands = cast.members.map { demand(of: $0, task: task, factors: factors, stream: stream) }
    // In its own set-up things stand where demonstrations have them, elsewhere on that set-up's table.
    let elsewhere =
      task.setup == training.setup ? nil : catalog.setups[task.setup]?.regions["table"]
    guard
      var layout = SceneLayout(
        of: demands, order: cast.placingOrder, region: elsewhere?.region ?? training.region,
        largestYaw: training.largestYaw,
        stream: stream)
    else { throw SceneDrawError.crowded(task: task.name) }
    for (index, member) in cast.members.enumerated() {
      guard let support = task.staging.support(of: member) else { continue }
      let place = cast.members.firstIndex { $0.isCalled(support) }.map { layout.places[$0] }
      layout.places[index].position = place?.position ?? layout.places[index].position
    }
    return layout
  }

  /// How far an object starts from what it shall be moved near to [m].
  private static let farFromNear = 0.09

  /// What is left between an open finger and a neighbor [m].
  private static let fingerRoom = 0.004

  private func demand(
    of member: SceneCast.Member, task: TaskDefinition, factors: [Factor], stream: RandomStream
  ) -> SceneLayout.Demand {
    let names = [member.name] + [member.replacement?.name].compactMap(\.self)
    let models = names.compactMap { catalog.objects[$0] }
    let role = member.role
    // An open finger reaches this far from the middle of what it closes on.
    let gripper = catalog.setups[task.setup]?.robot.gripper
    let fingers =
      (gripper.map { $0.maximumOpening / 2 + 2 * $0.fingerHalfThickness } ?? 0) + Self.fingerRoom
    let narrowest = models.filter(\.body.isGraspable).map(\.graspWidth).min() ?? .infinity
    let clearance = max(training.clearance, fingers - narrowest / 2)
    let lies = task.staging.lies(member)
    let facing = task.staging.facing(of: member)
    let changing = factors.filter { $0.changedRole == role && role != nil && $0.changesOutline }
    var demand = SceneLayout.Demand(
      key: member.name, clearance: clearance, changingFactors: changing.map(\.name)
    ) { strengths in
      var points: [Vector2] = []
      for model in models {
        if lies {
          points += model.outlineOnItsSide
          continue
        }
        points +=
          model.perturbed(as: role, by: factors, strengths: strengths, stream: stream)
          .outline.vertices
      }
      for factor in factors {
        if case .raise(let raised, let size, _) = factor.effect, raised == role {
          points += [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map {
            Vector2($0.0 * size.x / 2, $0.1 * size.y / 2)
          }
        }
      }
      let outline = ConvexPolygon(hullOf: points)
      return facing == 0 ? outline : outline.turned(by: facing, movedBy: .zero)
    }
    demand.fixed = task.places[member.name]
    if let name = task.staging.region(of: member) {
      demand.room = catalog.setups[task.setup]?.regions[name]?.region
    }
    demand.isElsewhere = task.staging.support(of: member) != nil
    for factor in factors where role != nil {
      switch factor.effect {
      case .relocate(let moved, let outer) where moved == role:
        demand.farRegion = (outer, factor.name)
      case .turn(let turned, let angle) where turned == role:
        demand.turn = (angle, factor.name)
      default: break
      }
    }
    if task.family.ending == .besideTarget, role == .object {
      demand.distance[1] = Self.farFromNear
    }
    return demand
  }
}
