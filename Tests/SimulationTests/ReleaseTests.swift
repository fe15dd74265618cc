import Foundation
import Geometry
import Testing

@testable import Simulation

/// A nanometer or two from parting solids, and rounding [m].
private let restTolerance = 1e-6

@Suite struct Releasing {
  private let carrot = TestBodies.block("carrot", size: Vector3(0.08, 0.03, 0.03))

  /// Picks up body 0 at (0.25, 0), carries it over a place and lets it go there.
  private func placed(
    _ bodies: [BodyModel], others: [RigidTransform], at place: Vector2, from height: Double = 0.1,
    turned yaw: Double = 0
  ) throws -> (World, TabletopModel) {
    let model = try tabletop(bodies)
    var world = try world(model, [at(0.25, 0)] + others)
    world.pick(at: Vector3(0.25, 0, 0.012), in: model)
    #expect(world.grasp?.body == 0)
    world.send(to: Vector3(place, z: 0.16), gripper: 0, in: model)
    if yaw != 0 {
      world.advance(applying: ArmCommand(rotation: Vector3(0, 0, yaw), gripper: 0))
    }
    world.send(to: Vector3(place, z: height), gripper: 0, in: model)
    world.grip(1, in: model)
    #expect(world.grasp == nil)
    #expect(world.restingOverlap(in: model) <= 1e-3)
    return (world, model)
  }

  @Test func `a released body falls to the table and keeps its heading`() throws {
    let (world, model) = try placed([carrot], others: [], at: Vector2(0.3, 0.1), turned: 0.5)
    #expect(abs(world.position(of: 0).z) < restTolerance)
    #expect((world.position(of: 0).xy - Vector2(0.3, 0.1)).length < restTolerance)
    #expect(abs(world.worldFromBody[0].rotation.rollPitchYaw.yaw - 0.5) < 1e-9)
    #expect(world.supporter(of: 0, in: model) == .table)
  }

  @Test func `a body comes to rest on a plate`() throws {
    let (world, model) = try placed(
      [carrot, TestBodies.plate("plate")], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.14))
    #expect(abs(world.position(of: 0).z - 0.012) < restTolerance)
    #expect(world.isOnTop(0, of: 1, in: model))
    #expect(!world.isInside(0, cavityOf: 1, in: model))
  }

  @Test func `a body over a plate's edge stays while its center of mass is on the plate`() throws {
    let plate = TestBodies.plate("plate")
    let (inside, model) = try placed(
      [carrot, plate], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.15 - 0.075))
    #expect(inside.isOnTop(0, of: 1, in: model))
    let (outside, _) = try placed(
      [carrot, plate], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.15 - 0.085))
    #expect(outside.supporter(of: 0, in: model) == .table)
    #expect(outside.clearance(between: 0, and: 1, in: model) >= 0)
  }

  @Test func `what is thinner than a millimeter tips nothing off`() throws {
    let sheet = TestBodies.block("sheet", size: Vector3(0.1, 0.1, 0.0008), isFixed: true)
    let (world, _) = try placed([carrot, sheet], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.09))
    #expect((world.position(of: 0).xy - Vector2(0.3, 0.09)).length < restTolerance)
    #expect(world.position(of: 0).z <= 0.0008 + restTolerance)
  }

  @Test func `a body falls into a pot and slides off its wall`() throws {
    let pot = TestBodies.pot("pot", width: 0.12, height: 0.05)
    // The carrot reaches 15 mm to either side in y: at 10 mm from the wall it must slide inward by 5.
    let (world, model) = try placed(
      [carrot, pot], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.15 - 0.05), from: 0.14)
    #expect(world.isInside(0, cavityOf: 1, in: model))
    #expect(world.supporter(of: 0, in: model) == .body(1))
    #expect((world.position(of: 0) - Vector3(0.3, 0.15 - 0.045, 0.005)).length < 1e-5)
  }

  @Test func `a body larger than the hollow rests on the rim`() throws {
    let pot = TestBodies.pot("pot", width: 0.07, height: 0.05)
    let (world, model) = try placed(
      [carrot, pot], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.15), from: 0.14)
    #expect(abs(world.position(of: 0).z - 0.05) < restTolerance)
    #expect(!world.isInside(0, cavityOf: 1, in: model))
    #expect(world.isOnTop(0, of: 1, in: model))
  }

  @Test func `a body slides into a sink below the table`() throws {
    let (world, model) = try placed(
      [carrot, TestBodies.sink], others: [at(0.25, 0.2)], at: Vector2(0.25, 0.12), from: 0.05)
    #expect(abs(world.position(of: 0).z + 0.08) < restTolerance)
    #expect(world.isInside(0, cavityOf: 1, in: model))
    #expect(abs(world.position(of: 0).y - 0.12) < restTolerance)
  }

  @Test func `a cup stands on a cup`() throws {
    let cup = TestBodies.cylinder("cup", radius: 0.03, height: 0.07)
    let model = try tabletop([cup, cup])
    var world = try world(model, [at(0.25, -0.1), at(0.25, 0.1)])
    world.pick(at: Vector3(0.25, -0.1, 0.04), in: model)
    world.send(to: Vector3(0.25, 0.11, 0.16), gripper: 0, in: model)
    // Down until the cups touch: the hand stops by itself.
    world.send(to: Vector3(0.25, 0.11, 0.05), gripper: 0, in: model)
    #expect(abs(world.baseFromGripper.translation.z - 0.11) < 1e-6)
    #expect(world.touchedByHeldBody.contains(1))
    world.grip(1, in: model)
    #expect(world.isOnTop(0, of: 1, in: model))
    #expect(abs(world.position(of: 0).z - 0.07) < restTolerance)
  }

  @Test func `what is not carried tips off and finds a free place`() throws {
    let post = TestBodies.block("post", size: Vector3(0.03, 0.03, 0.06), isGraspable: false)
    let (world, model) = try placed(
      [carrot, post], others: [at(0.3, 0.15)], at: Vector2(0.3, 0.15 - 0.02), from: 0.15)
    #expect(world.supporter(of: 0, in: model) == .table)
    #expect(world.position(of: 0).y < 0.15 - 0.03 + 1e-3)
  }

  @Test func `a tilted body is set upright`() throws {
    let model = try tabletop([carrot])
    var world = try world(model, [at(0.25, 0)])
    world.pick(at: Vector3(0.25, 0, 0.012), in: model)
    for _ in 0..<4 {
      world.advance(applying: ArmCommand(rotation: Vector3(0.1, 0, 0), gripper: 0))
    }
    #expect(abs(world.worldFromBody[0].rotation.rollPitchYaw.roll - 0.4) < 1e-6)
    world.grip(1, in: model)
    #expect(abs(world.worldFromBody[0].rotation.rollPitchYaw.roll) < 1e-9)
    #expect(abs(world.position(of: 0).z) < restTolerance)
  }

  @Test func `a load goes with the body that carries it`() throws {
    let tray = TestBodies.block("tray", size: Vector3(0.10, 0.05, 0.03))
    let egg = TestBodies.block("egg", size: Vector3(0.02, 0.02, 0.02))
    let model = try tabletop([tray, egg])
    var world = try world(model, [at(0.25, 0), at(0.28, 0, 0.03)], hand: Vector3(0.25, 0, 0.1))
    world.send(to: Vector3(0.25, 0, 0.015), gripper: 1, in: model)
    world.grip(0, in: model)
    #expect(world.grasp?.body == 0)
    #expect(world.cargo.contains(1))
    world.send(to: Vector3(0.25, 0.1, 0.1), gripper: 0, in: model)
    #expect((world.position(of: 1) - world.position(of: 0) - Vector3(0.03, 0, 0.03)).length < 1e-6)
    world.grip(1, in: model)
    #expect(abs(world.position(of: 1).z - 0.03) < restTolerance)
  }
}
