import Foundation
import Geometry
import Testing

@testable import Simulation

private let pushTolerance = 1e-5

@Suite struct Pushing {
  private let block = TestBodies.block("block", size: Vector3(0.04, 0.04, 0.05))
  /// From the gripper's origin to the side of a closed hand's fingers along x [m].
  private let fingerFront = 0.010

  @Test func `closed fingers push a block before them`() throws {
    let model = try tabletop([block])
    var world = try world(model, [at(0.30, 0)], hand: Vector3(0.22, 0, 0.02), opening: 0)
    world.send(to: Vector3(0.32, 0, 0.02), gripper: 0, in: model)
    #expect(abs(world.position(of: 0).x - (0.32 + fingerFront + 0.02)) < pushTolerance)
    #expect(abs(world.position(of: 0).y) < pushTolerance)
    #expect(world.firstTouched == 0)
    #expect(world.touchedByHand.contains(0))
  }

  @Test func `a pushed block pushes the next one`() throws {
    let model = try tabletop([block, block])
    var world = try world(
      model, [at(0.28, 0), at(0.33, 0)], hand: Vector3(0.2, 0, 0.02), opening: 0)
    world.send(to: Vector3(0.3, 0, 0.02), gripper: 0, in: model)
    #expect(abs(world.position(of: 1).x - world.position(of: 0).x - 0.04) < pushTolerance)
    #expect(world.firstTouched == 0)
    #expect(!world.touchedByHand.contains(1))
  }

  /// How far aside a ball goes that is pushed off its middle by a pushed ball [m].
  private func drift(_ rules: ContactRules) throws -> Double {
    let ball = TestBodies.cylinder("ball", radius: 0.02, height: 0.03)
    let model = try tabletop([ball, ball], rules: rules)
    var world = try world(
      model, [at(0.27, 0), at(0.31, 0.012)], hand: Vector3(0.2, 0, 0.02), opening: 0)
    world.send(to: Vector3(0.27, 0, 0.02), gripper: 0, in: model)
    #expect(world.position(of: 1).x > 0.325)
    #expect(world.restingOverlap(in: model) <= 1e-3)
    return world.position(of: 1).y - 0.012
  }

  @Test func `friction takes what a pushed body pushes along the way of the push`() throws {
    var rules = ContactRules()
    let alongTheNormal = try drift(rules)
    rules.chainFrictionAngle = rules.frictionAngle
    let alongThePush = try drift(rules)
    #expect(alongTheNormal > 0.003)
    // What the hand's own push turns aside is left.
    #expect(abs(alongThePush) < 5e-4)
  }

  @Test func `a fixed body stops the hand`() throws {
    let model = try tabletop([
      TestBodies.block("rack", size: Vector3(0.04, 0.2, 0.05), isFixed: true)
    ])
    var world = try world(model, [at(0.30, 0)], hand: Vector3(0.22, 0, 0.02), opening: 0)
    world.send(to: Vector3(0.35, 0, 0.02), gripper: 0, in: model)
    #expect(world.position(of: 0) == Vector3(0.30, 0, 0))
    #expect(world.baseFromGripper.translation.x <= 0.28 - fingerFront + 1e-6)
    #expect(world.baseFromGripper.translation.x > 0.28 - fingerFront - 1e-6)
  }

  @Test func `a hand slides along what it cannot push`() throws {
    let model = try tabletop([
      TestBodies.block("rack", size: Vector3(0.04, 0.4, 0.1), isFixed: true)
    ])
    var world = try world(model, [at(0.30, 0)], hand: Vector3(0.25, 0, 0.02), opening: 0)
    for _ in 0..<5 {
      world.advance(
        applying: ArmCommand(translation: Vector3(0.01, 0.01, 0), gripper: 0))
    }
    #expect(abs(world.baseFromGripper.translation.y - 0.05) < 1e-6)
    #expect(world.baseFromGripper.translation.x <= 0.27 + 1e-6)
  }

  @Test func `what lies on a pushed plate moves along`() throws {
    let egg = TestBodies.block("egg", size: Vector3(0.02, 0.02, 0.02))
    let model = try tabletop([TestBodies.plate("plate"), egg])
    var world = try world(
      model, [at(0.33, 0), at(0.36, 0, 0.012)], hand: Vector3(0.2, 0, 0.004), opening: 0)
    world.send(to: Vector3(0.26, 0, 0.004), gripper: 0, in: model)
    let way = world.position(of: 0).x - 0.33
    #expect(way > 0.015)
    #expect(abs(world.position(of: 1).x - 0.36 - way) < pushTolerance)
    #expect(world.isOnTop(1, of: 0, in: model))
  }

  @Test func `a pot pushed from inside moves with its content`() throws {
    let egg = TestBodies.block("egg", size: Vector3(0.02, 0.02, 0.02))
    let model = try tabletop([TestBodies.pot("pot", width: 0.12, height: 0.05), egg])
    var world = try world(
      model, [at(0.3, 0), at(0.3, 0.045, 0.005)], hand: Vector3(0.3, 0, 0.02), opening: 0)
    world.send(to: Vector3(0.38, 0, 0.02), gripper: 0, in: model)
    // The fingers' front is at 0.39, the wall's inner side 60 mm from the pot's middle.
    #expect(abs(world.position(of: 0).x - 0.33) < pushTolerance)
    #expect(abs(world.position(of: 1).x - 0.33) < pushTolerance)
  }

  @Test func `the table's edge stops a push`() throws {
    let model = try tabletop([block])
    var world = try world(model, [at(0.4, 0.3)], hand: Vector3(0.35, 0.2, 0.02), opening: 0)
    world.send(to: Vector3(0.35, 0.3, 0.02), gripper: 0, in: model)
    world.send(to: Vector3(0.45, 0.3, 0.02), gripper: 0, in: model)
    #expect(model.isOnTable(0, at: world.worldFromBody[0]))
  }

  @Test func `the hand stops on the table and on bodies`() throws {
    let model = try tabletop([block])
    var world = try world(model, [at(0.3, 0)])
    world.send(to: Vector3(0.2, 0, -0.01), gripper: 0, in: model)
    #expect(abs(world.baseFromGripper.translation.z) < 1e-6)
    #expect(world.firstTouched == nil)
    world.send(to: Vector3(0.2, 0, 0.1), gripper: 0, in: model)
    world.send(to: Vector3(0.3, 0, 0.1), gripper: 0, in: model)
    world.send(to: Vector3(0.3, 0, 0.0), gripper: 0, in: model)
    #expect(abs(world.baseFromGripper.translation.z - 0.05) < 1e-6)
    #expect(world.firstTouched == 0)
    #expect(world.position(of: 0) == Vector3(0.3, 0, 0))
  }

  @Test func `a sunk basin lets the hand in and its sides stop it`() throws {
    let model = try tabletop([TestBodies.sink, block])
    var world = try world(model, [at(0.28, 0), at(0.3, 0, -0.08)], opening: 0)
    world.send(to: Vector3(0.22, 0, 0.05), gripper: 0, in: model)
    world.send(to: Vector3(0.22, 0, -0.05), gripper: 0, in: model)
    #expect(abs(world.baseFromGripper.translation.z + 0.05) < 1e-6)
    world.send(to: Vector3(0.35, 0, -0.05), gripper: 0, in: model)
    // The block meets the basin's side at 0.38; the fingers stop a sub-step or less before.
    #expect(world.position(of: 1).x <= 0.36 + 1e-6)
    #expect(world.position(of: 1).x > 0.36 - 0.0051)
    #expect(world.isInside(1, cavityOf: 0, in: model))
    #expect(world.restingOverlap(in: model) < 1e-3)
  }

  @Test func `a body pushed off a plate falls to the table`() throws {
    let egg = TestBodies.block("egg", size: Vector3(0.03, 0.03, 0.04), isGraspable: false)
    let model = try tabletop([TestBodies.plate("plate"), egg])
    var world = try world(
      model, [at(0.3, 0), at(0.34, 0, 0.012)], hand: Vector3(0.27, 0, 0.03), opening: 0)
    world.send(to: Vector3(0.40, 0, 0.03), gripper: 0, in: model)
    #expect(world.supporter(of: 1, in: model) == .table)
    #expect(abs(world.position(of: 1).z) < 1e-6)
    #expect(world.restingOverlap(in: model) < 1e-3)
  }

  @Test func `a held body pushes too`() throws {
    let model = try tabletop([block, block])
    var world = try world(model, [at(0.25, -0.1), at(0.25, 0.05)])
    world.pick(at: Vector3(0.25, -0.1, 0.02), in: model)
    world.send(to: Vector3(0.25, -0.1, 0.025), gripper: 0, in: model)
    world.send(to: Vector3(0.25, 0.05, 0.025), gripper: 0, in: model)
    // Fingers of 12 mm stand out on both sides of the held block.
    #expect(abs(world.position(of: 1).y - (0.05 + 0.02 + 0.012 + 0.02)) < pushTolerance)
    #expect(world.grasp?.body == 0)
  }
}
