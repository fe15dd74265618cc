import Foundation
import Geometry
import Testing

@testable import Simulation

/// What sub-steps of pushing add up to [m].
private let railTolerance = 1e-6

/// A drawer that runs along −x out of nothing, with a bar across as its handle in front.
private enum Furniture {
  static let drawer: BodyModel = {
    func block(_ size: Vector2, _ center: Vector2, _ bottom: Double, _ top: Double) -> Prism {
      Prism(
        footprint: ConvexPolygon.rectangle(size: size, center: center).vertices, bottom: bottom,
        top: top)
    }
    return BodyModel(
      name: "drawer",
      prisms: [
        block(Vector2(0.12, 0.16), Vector2(0, 0), 0, 0.006),
        block(Vector2(0.006, 0.16), Vector2(0.057, 0), 0.006, 0.05),
        block(Vector2(0.006, 0.16), Vector2(-0.057, 0), 0.006, 0.05),
        block(Vector2(0.108, 0.006), Vector2(0, 0.077), 0.006, 0.05),
        block(Vector2(0.108, 0.006), Vector2(0, -0.077), 0.006, 0.05),
        // The handle stands 5 cm before the front.
        block(Vector2(0.012, 0.06), Vector2(-0.11, 0), 0.02, 0.05),
        block(Vector2(0.044, 0.01), Vector2(-0.082, 0), 0.02, 0.03),
      ],
      cavity: Cavity(
        footprint: ConvexPolygon.rectangle(size: Vector2(0.108, 0.148)).vertices, floor: 0.006,
        rim: 0.05),
      centerOfMass: Vector3(0, 0, 0.02), graspPoint: Vector3(-0.11, 0, 0.035))
  }()

  static let egg = TestBodies.block("egg", size: Vector3(0.03, 0.03, 0.03))
  static let shut = at(0.40, 0, 0.01)

  static func model(_ joint: Articulation.Joint = .slide(along: -.unitX)) throws -> TabletopModel {
    try TabletopModel(
      arm: .widowX250, gripper: .widowX, worldFromBase: .identity, bodies: [drawer, egg],
      table: (min: Vector2(-0.05, -0.4), max: Vector2(0.6, 0.4)),
      workspace: Workspace(min: Vector3(0.1, -0.3, -0.06), max: Vector3(0.45, 0.3, 0.35)),
      articulations: [
        Articulation(body: 0, joint: joint, worldFromShut: shut, limits: 0...0.10)
      ])
  }

  /// Turned by a quarter so that the fingers close along x, across the handle.
  static let acrossHandle = Rotation(about: .unitZ, byRadians: .pi / 2) * handDown

  static func opened(by way: Double) throws -> (TabletopModel, World) {
    let model = try model()
    var state = try world(
      model, [shut, at(0.40, 0.03, 0.016)], hand: Vector3(0.29, 0, 0.15), rotation: acrossHandle)
    state.send(to: Vector3(0.29, 0, 0.045), gripper: 1, in: model)
    state.grip(0, in: model)
    #expect(state.grasp?.body == 0)
    state.send(to: Vector3(0.29 - way, 0.0, 0.045), gripper: 0, in: model)
    return (model, state)
  }
}

@Suite struct Articulations {
  @Test func `a drawer is pulled by its handle along its rail and carries its content`() throws {
    let (model, world) = try Furniture.opened(by: 0.06)
    let way = 0.40 - world.position(of: 0).x
    #expect(abs(way - 0.06) < 1e-4)
    #expect(abs(world.position(of: 0).y) < railTolerance)
    #expect(abs(world.position(of: 0).z - 0.01) < railTolerance)
    #expect(abs(0.40 - world.position(of: 1).x - way) < railTolerance)
    #expect(world.isInside(1, cavityOf: 0, in: model))
    #expect(abs(try #require(world.openFraction(of: 0, in: model)) - way / 0.10) < 1e-9)
    #expect(world.isOpen(0, in: model))
    #expect(world.restingOverlap(in: model) < 1e-3)
  }

  @Test func `a drawer stops at its limits`() throws {
    let (model, world) = try Furniture.opened(by: 0.15)
    #expect(abs(0.40 - world.position(of: 0).x - 0.10) < railTolerance)
    #expect(world.openFraction(of: 0, in: model) == 1)
  }

  @Test func `a pull across the rail moves nothing`() throws {
    let (_, opened) = try Furniture.opened(by: 0.04)
    var world = opened
    for _ in 0..<5 {
      world.advance(
        applying: ArmCommand(translation: Vector3(0, 0.02, 0.02), gripper: 0))
    }
    #expect(world.worldFromBody == opened.worldFromBody)
    #expect((world.baseFromGripper.translation - opened.baseFromGripper.translation).length < 1e-9)
  }

  @Test func `a drawer stays open when it is let go and is pushed shut by its front`() throws {
    let (model, opened) = try Furniture.opened(by: 0.06)
    var world = opened
    world.grip(1, in: model)
    world.send(to: world.baseFromGripper.translation + Vector3(0, 0, 0.1), gripper: 1, in: model)
    #expect(world.worldFromBody[0] == opened.worldFromBody[0])
    world.grip(0, in: model)
    world.send(to: Vector3(0.15, 0, 0.15), gripper: 0, in: model)
    world.send(to: Vector3(0.15, 0, 0.04), gripper: 0, in: model)
    world.send(to: Vector3(0.30, 0, 0.04), gripper: 0, in: model)
    #expect(try #require(world.openFraction(of: 0, in: model)) < 0.06)
    #expect(world.isInside(1, cavityOf: 0, in: model))
    #expect(world.restingOverlap(in: model) < 1e-3)
  }

  @Test func `a push from the side does not move a drawer`() throws {
    let model = try Furniture.model()
    var world = try world(
      model, [Furniture.shut, at(0.40, 0.03, 0.016)], hand: Vector3(0.38, 0.15, 0.1), opening: 0)
    world.send(to: Vector3(0.38, 0.15, 0.03), gripper: 0, in: model)
    world.send(to: Vector3(0.38, 0.0, 0.03), gripper: 0, in: model)
    #expect(world.worldFromBody[0] == Furniture.shut)
    #expect(world.baseFromGripper.translation.y > 0.08)
  }

  @Test func `a hinge keeps every point at its distance from the axis`() throws {
    let axis = Vector3(0.46, 0.08, 0)
    let joint = Articulation(
      body: 0, joint: .hinge(about: .unitZ, through: axis), worldFromShut: Furniture.shut,
      limits: 0...1.5)
    let corner = Vector3(-0.06, -0.08, 0.05)
    let radius = (Furniture.shut * corner - axis).xy.length
    for position in stride(from: 0, through: 1.5, by: 0.3) {
      let moved = joint.worldFromBody(at: position) * corner
      #expect(abs((moved - axis).xy.length - radius) < 1e-12)
      #expect(abs(moved.z - 0.06) < 1e-12)
    }
  }

  @Test func `joints of fixed bodies are refused`() {
    var drawer = Furniture.drawer
    drawer.isFixed = true
    #expect(throws: SimulationError.invalidArticulation(body: 0, count: 1)) {
      try TabletopModel(
        arm: .widowX250, gripper: .widowX, worldFromBase: .identity, bodies: [drawer],
        table: (min: Vector2(-1, -1), max: Vector2(1, 1)),
        workspace: Workspace(min: Vector3(repeating: -1), max: Vector3(repeating: 1)),
        articulations: [
          Articulation(
            body: 0, joint: .slide(along: .unitX), worldFromShut: .identity, limits: 0...0.1)
        ])
    }
  }
}
