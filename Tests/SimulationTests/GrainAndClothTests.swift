import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Simulation

@Suite struct Grains {
  private let corn = GrainModel(volume: 4e-7, angleOfRepose: 0.1)

  private func model() throws -> TabletopModel {
    var cup = TestBodies.pot("cup", width: 0.05, height: 0.06)
    cup.isGraspable = true
    var rules = ContactRules()
    rules.tumbles = true
    return try TabletopModel(
      arm: .widowX250, gripper: .widowX, worldFromBase: .identity,
      bodies: [cup, TestBodies.pot("bowl", width: 0.16, height: 0.05)],
      table: (min: Vector2(-0.05, -0.4), max: Vector2(0.6, 0.4)), rules: rules,
      workspace: Workspace(min: Vector3(0.1, -0.3, -0.06), max: Vector3(0.45, 0.3, 0.35)),
      grains: corn)
  }

  private func poured(over bowl: Bool) throws -> (World, TabletopModel) {
    let model = try model()
    var world = try World(
      model: model, worldFromBody: [at(0.28, -0.15), at(0.28, 0.12)],
      baseFromGripper: RigidTransform(rotation: handDown, translation: Vector3(0.28, -0.15, 0.2)),
      gripperOpening: 0.074, grainCounts: [340, 0])
    world.pick(at: Vector3(0.28, -0.15, 0.04), in: model)
    #expect(world.grasp?.body == 0)
    world.send(to: Vector3(0.30, bowl ? 0.12 : -0.1, 0.22), gripper: 0, in: model)
    for _ in 0..<30 {
      world.advance(
        applying: ArmCommand(rotation: Vector3(0, 0.06, 0), gripper: 0))
      #expect(world.totalGrains == 340)
    }
    return (world, model)
  }

  @Test func `run from a leaning cup into what is below, and none is lost`() throws {
    let (world, model) = try poured(over: true)
    #expect(world.grains(in: 1) > 30)
    #expect(world.grains(in: 0) + world.grains(in: 1) == 340)
    #expect(world.pouredShare(into: 1) == Double(world.grains(in: 1)) / 340)
    let level = world.grainLevel(of: 1, in: model)
    #expect(abs(level - Double(world.grains(in: 1)) * 4e-7 / (0.16 * 0.16)) < 1e-12)
  }

  @Test func `fall on the table where nothing is below`() throws {
    let (world, _) = try poured(over: false)
    #expect(world.grains(in: 1) == 0)
    #expect(world.spilledGrains.reduce(0) { $0 + $1.count } > 30)
  }

  @Test func `a container holds as many as its volume, and fewer the more it leans`() throws {
    let model = try model()
    func capacity(_ lean: Double) -> Int {
      model.grainCapacity(
        of: 0, at: RigidTransform(rotation: Rotation(about: .unitY, byRadians: lean)))
    }
    #expect(capacity(0) == Int(0.05 * 0.05 * 0.055 / 4e-7))
    #expect(capacity(0.08) == capacity(0))
    let leans = stride(from: 0.15, through: 2.0, by: 0.1).map(capacity)
    #expect(zip(leans, leans.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(leans.last ?? 1 < 40)
    #expect(capacity(.pi) == 0)
  }

  @Test func `a start with more than fits is refused`() throws {
    let model = try model()
    #expect(throws: SimulationError.self) {
      try World(
        model: model, worldFromBody: [at(0.28, -0.15), at(0.28, 0.12)],
        baseFromGripper: RigidTransform(rotation: handDown, translation: Vector3(0.28, 0, 0.2)),
        gripperOpening: 0.074, grainCounts: [10_000, 0])
    }
  }
}

@Suite struct Draping {
  private let towel = ClothModel(name: "towel", size: Vector2(0.24, 0.20))

  private func model(_ bodies: [BodyModel]) throws -> TabletopModel {
    try TabletopModel(
      arm: .widowX250, gripper: .widowX, worldFromBase: .identity, bodies: bodies,
      table: (min: Vector2(-0.05, -0.4), max: Vector2(0.6, 0.4)),
      workspace: Workspace(min: Vector3(0.1, -0.3, -0.06), max: Vector3(0.45, 0.3, 0.35)),
      cloths: [towel])
  }

  private func world(
    _ model: TabletopModel, _ poses: [RigidTransform], cloth: Cloth
  ) throws -> World {
    try World(
      model: model, worldFromBody: poses,
      baseFromGripper: RigidTransform(rotation: handDown, translation: Vector3(0.2, 0, 0.25)),
      gripperOpening: 0.074, cloths: [cloth])
  }

  /// Points of a sheet's triangles, with those between its corners.
  private func samples(_ sheet: ClothSheet) -> [Vector3] {
    var points: [Vector3] = []
    for row in 1..<sheet.rows {
      for column in 1..<sheet.columns {
        let corners = [
          sheet[row - 1, column - 1], sheet[row - 1, column], sheet[row, column - 1],
          sheet[row, column],
        ]
        for share in [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.25, 0.25)] {
          points.append(
            corners[0] + share.0 * (corners[1] - corners[0]) + share.1 * (corners[2] - corners[0]))
          points.append(
            corners[3] + share.0 * (corners[1] - corners[3]) + share.1 * (corners[2] - corners[3]))
        }
      }
    }
    return points
  }

  @Test func `a cloth never passes through what it covers`() throws {
    let bodies = [
      TestBodies.block("box", size: Vector3(0.07, 0.05, 0.06)),
      TestBodies.cylinder("can", radius: 0.03, height: 0.09),
    ]
    let model = try model(bodies)
    var stream = RandomStream(seed: 4)
    for _ in 0..<20 {
      let poses = [
        at(0.30, stream.uniform(in: -0.08 ... -0.05), yaw: stream.uniform(in: -3...3)),
        at(0.30, stream.uniform(in: 0.05...0.08)),
      ]
      let world = try world(
        model, poses, cloth: Cloth(position: Vector2(0.3, 0), yaw: stream.uniform(in: -3...3)))
      for point in samples(world.drape(0, in: model)) {
        #expect(point.z > 0)
        for body in bodies.indices where model.isUnder(point.xy, body, at: poses[body]) {
          #expect(point.z >= bodies[body].prisms[0].top)
        }
      }
    }
  }

  @Test func `lies flat on the table where nothing is under it`() throws {
    let model = try model([])
    let sheet = try world(model, [], cloth: Cloth(position: Vector2(0.3, 0))).drape(0, in: model)
    #expect(sheet.points.allSatisfy { abs($0.z - towel.thickness) < 1e-12 })
    let xs = sheet.points.map(\.x)
    #expect(abs((xs.max() ?? 0) - (xs.min() ?? 0) - towel.size.x) < 1e-6)
  }

  @Test func `draws its hem in where it covers something`() throws {
    let model = try model([TestBodies.block("box", size: Vector3(0.06, 0.06, 0.06))])
    let world = try world(model, [at(0.3, 0)], cloth: Cloth(position: Vector2(0.3, 0)))
    let sheet = world.drape(0, in: model)
    let middle = (0..<sheet.columns).map { sheet[sheet.rows / 2, $0] }
    let length = zip(middle, middle.dropFirst()).reduce(0) { $0 + ($1.0 - $1.1).length }
    #expect(abs(length - towel.size.x) < 2e-3)
    #expect((middle.last?.x ?? 0) - (middle.first?.x ?? 0) < towel.size.x - 0.03)
    #expect(world.covers(0, 0))
  }

  @Test func `lies over what it reaches in part, and not over what stands beside it`() throws {
    let model = try model([
      TestBodies.block("half", size: Vector3(0.05, 0.05, 0.04)),
      TestBodies.block("beside", size: Vector3(0.05, 0.05, 0.04)),
    ])
    let world = try world(
      model, [at(0.42, 0), at(0.30, 0.15)], cloth: Cloth(position: Vector2(0.3, 0)))
    #expect(world.covers(0, 0) && !world.covers(0, 1))
  }

  @Test func `is dragged by the fingers over a body, let go, and covers it`() throws {
    let model = try model([TestBodies.block("box", size: Vector3(0.05, 0.05, 0.04))])
    var world = try world(model, [at(0.30, 0.12)], cloth: Cloth(position: Vector2(0.30, -0.12)))
    #expect(!world.covers(0, 0))
    world.send(to: Vector3(0.30, -0.12, 0.008), gripper: 1, in: model)
    world.grip(0, in: model)
    #expect(world.cloths[0].held != nil)
    world.send(to: Vector3(0.30, -0.12, 0.12), gripper: 0, in: model)
    #expect(world.drape(0, in: model).points.map(\.z).max() ?? 0 > 0.11)
    world.send(to: Vector3(0.30, 0.12, 0.12), gripper: 0, in: model)
    #expect(!world.covers(0, 0))
    #expect(world.cloths[0].firstMet == 0)
    world.grip(1, in: model)
    #expect(world.covers(0, 0))
    #expect(world.position(of: 0) == Vector3(0.30, 0.12, 0))
  }
}
