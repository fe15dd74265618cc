import Foundation
import Geometry
import Testing

@testable import Simulation

/// Rounding of a dozen products [m].
private let tumbleTolerance = 1e-6

private func tumbling(_ bodies: [BodyModel]) throws -> TabletopModel {
  var rules = ContactRules()
  rules.tumbles = true
  return try tabletop(bodies, rules: rules)
}

@Suite struct Tumbling {
  private let brick = TestBodies.block("brick", size: Vector3(0.10, 0.06, 0.04))
  /// 10 cm high: the palm passes over it when the fingertips are at half its height.
  private let bottle = TestBodies.cylinder("bottle", radius: 0.03, height: 0.10)

  @Test func `a brick rests on each of its six faces`() throws {
    let poses = try #require(StablePoses(of: brick))
    #expect(poses.downDirections.count == 6)
  }

  @Test func `a top-heavy cone of steps does not rest on its tip`() throws {
    let top = BodyModel(
      name: "top",
      prisms: [
        Prism(
          footprint: ConvexPolygon.regular(sides: 8, radius: 0.01).vertices, bottom: 0, top: 0.1),
        Prism(
          footprint: ConvexPolygon.regular(sides: 8, radius: 0.05).vertices, bottom: 0.09, top: 0.1),
      ], centerOfMass: Vector3(0.02, 0, 0.09))
    let poses = try #require(StablePoses(of: top))
    #expect(!poses.downDirections.contains { $0.z < -0.99 })
    #expect(poses.downDirections.contains { $0.z > 0.99 })
  }

  @Test(arguments: [0.3, 0.6])
  func `a leaning brick falls back on its side or over its edge`(_ lean: Double) throws {
    // Stood on its 4 × 6 cm end, the center of mass is 5 cm up and 2 cm from the edge it is tipped over.
    let poses = try #require(StablePoses(of: brick))
    let stood = RigidTransform(rotation: Rotation(about: .unitY, byRadians: .pi / 2))
    let leaning = RigidTransform(
      rotation: Rotation(about: .unitY, byRadians: lean) * stood.rotation)
    let rested = poses.rested(leaning)
    let down = rested.rotation.inverse * -Vector3.unitZ
    let critical = atan2(0.02, 0.05)
    #expect(abs(abs(lean < critical ? down.x : down.z) - 1) < 1e-9)
  }

  @Test func `what rests is left where it is, to the bit`() throws {
    let poses = try #require(StablePoses(of: brick))
    let pose = at(0.3, 0.1, 0, yaw: 0.7)
    #expect(poses.rested(pose) == pose)
  }

  @Test func `a bottle pushed above its center of mass topples, and below it slides`() throws {
    let model = try tumbling([bottle])
    for (height, topples) in [(0.08, true), (0.045, false)] {
      var world = try world(model, [at(0.28, 0)], hand: Vector3(0.2, 0, height), opening: 0)
      world.send(to: Vector3(0.25, 0, height), gripper: 0, in: model)
      #expect(world.isToppled(0) == topples, "pushed at \(height) m")
      #expect(world.isUpright(0) != topples)
      #expect(world.position(of: 0).x > 0.28 - tumbleTolerance)
      #expect(world.restingOverlap(in: model) < 1e-3)
      #expect(world.supporter(of: 0, in: model) == .table)
      #expect(abs(model.lowestPoint(of: 0, at: world.worldFromBody[0])) < tumbleTolerance)
    }
  }

  @Test func `a low wide body slides wherever it is pushed`() throws {
    let model = try tumbling([TestBodies.block("book", size: Vector3(0.12, 0.10, 0.05))])
    var world = try world(model, [at(0.30, 0)], hand: Vector3(0.2, 0, 0.035), opening: 0)
    world.send(to: Vector3(0.27, 0, 0.035), gripper: 0, in: model)
    #expect(world.isUpright(0))
    #expect(world.position(of: 0).x > 0.31)
  }

  @Test func `a body let go on its side stays there and can be taken again`() throws {
    let model = try tumbling([brick])
    var world = try world(model, [at(0.25, 0)])
    world.pick(at: Vector3(0.25, 0, 0.02), in: model)
    #expect(world.grasp?.body == 0)
    for _ in 0..<8 {
      world.advance(
        applying: ArmCommand(rotation: Vector3(0, -.pi / 16, 0), gripper: 0))
    }
    world.grip(1, in: model)
    #expect(!world.isUpright(0))
    let down = world.worldFromBody[0].rotation.inverse * -Vector3.unitZ
    #expect(abs(abs(down.x) - 1) < 1e-6)
    #expect(world.restingOverlap(in: model) < 1e-3)
    #expect(abs(model.lowestPoint(of: 0, at: world.worldFromBody[0])) < tumbleTolerance)
  }

  @Test func `today's rules set upright what is let go`() throws {
    let model = try tabletop([brick])
    #expect(model.stablePoses == [nil])
  }
}

@Suite struct TurningPushes {
  private let block = TestBodies.block("block", size: Vector3(0.06, 0.06, 0.05))

  private func pushed(from aside: Double) throws -> World {
    var rules = ContactRules()
    rules.turnsPushedBodies = true
    let model = try tabletop([block], rules: rules)
    var world = try world(model, [at(0.28, 0)], hand: Vector3(0.2, aside, 0.02), opening: 0)
    world.send(to: Vector3(0.26, aside, 0.02), gripper: 0, in: model)
    #expect(world.restingOverlap(in: model) < 1e-3)
    return world
  }

  /// Mason 1986: a push that passes the center of friction on one side turns the body to the other.
  @Test func `an off-center push turns the block the way Mason's rule says`() throws {
    let left = try pushed(from: 0.025).worldFromBody[0].rotation.rollPitchYaw.yaw
    let right = try pushed(from: -0.025).worldFromBody[0].rotation.rollPitchYaw.yaw
    // Pushed along +x with the finger at +y, the moment about the center points down.
    #expect(left < -0.05)
    #expect(right > 0.05)
    #expect(abs(left + right) < 1e-3)
  }

  @Test func `a push through the center does not turn it`() throws {
    let world = try pushed(from: 0)
    #expect(abs(world.worldFromBody[0].rotation.rollPitchYaw.yaw) < 1e-6)
    #expect(world.position(of: 0).x > 0.29)
  }

  @Test func `the friction radius of a disk is two thirds of its radius`() {
    var disk = TestBodies.cylinder("disk", radius: 0.05, height: 0.02)
    disk.prisms[0].footprint = ConvexPolygon.regular(sides: 180, radius: 0.05).vertices
    #expect(abs(disk.frictionRadius - 0.05 * 2 / 3) < 1e-4)
  }
}

@Suite struct SlippingGrasps {
  private let bar = TestBodies.block("bar", size: Vector3(0.16, 0.03, 0.04))

  private func lifted(aside: Double, steps: Int) throws -> (TabletopModel, World) {
    var rules = ContactRules()
    rules.insecureSteps = 12
    let model = try tabletop([bar], rules: rules)
    var world = try world(model, [at(0.28, 0)], hand: Vector3(0.28 + aside, 0, 0.1))
    world.send(to: Vector3(0.28 + aside, 0, 0.02), gripper: 1, in: model)
    world.grip(0, in: model)
    #expect(world.grasp?.body == 0)
    for _ in 0..<steps {
      world.advance(
        applying: ArmCommand(translation: Vector3(0, 0, 0.01), gripper: 0))
    }
    return (model, world)
  }

  @Test func `a grasp far off the middle slips after a while`() throws {
    let (model, early) = try lifted(aside: 0.03, steps: 2)
    #expect(early.grasp?.body == 0)
    #expect(early.insecureHold != nil)
    let (_, late) = try lifted(aside: 0.03, steps: 14)
    #expect(late.grasp == nil)
    #expect(late.supporter(of: 0, in: model) == .table)
    #expect(late.restingOverlap(in: model) < 1e-3)
  }

  @Test func `a grasp at the middle holds`() throws {
    let (_, world) = try lifted(aside: 0, steps: 14)
    #expect(world.grasp?.body == 0)
    #expect(world.insecureHold == nil)
  }

  @Test func `the worse the grasp, the sooner it slips`() throws {
    let (_, slight) = try lifted(aside: 0.023, steps: 2)
    let (_, bad) = try lifted(aside: 0.03, steps: 2)
    let (first, second) = (slight.insecureHold?.stepsLeft ?? 99, bad.insecureHold?.stepsLeft ?? 99)
    #expect(first > second)
  }
}
